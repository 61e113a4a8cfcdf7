import io
import resource

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.client import MULTIPART_CONTENT

from jetportal.bodies import IN_MEMORY, PIECE, whole

TEXT = "application/x-www-form-urlencoded"


class Unread(io.RawIOBase):
    """A body that nobody may touch."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("The body was read.")


class Ends(io.RawIOBase):
    """A body that comes byte by byte, and after them an error."""

    def __init__(self, content: bytes, error: OSError) -> None:
        self.content = content
        self.error = error

    def read(self, size: int = -1) -> bytes:
        if not self.content:
            raise self.error
        piece, self.content = self.content[:1], self.content[1:]
        return piece


def request_of(content: io.IOBase, length: object, kind: str = TEXT) -> HttpRequest:
    request = RequestFactory().post("/", content_type=kind)
    request.META |= {"wsgi.input": content, "CONTENT_LENGTH": str(length)}
    return request


def test_form_is_read_as_ever_once_all_of_it_is_here():
    request = request_of(io.BytesIO(b"name=Ana&more"), len(b"name=Ana"))

    with whole(request) as unfit:
        assert (unfit, request.POST.dict()) == (None, {"name": "Ana"})


@pytest.mark.parametrize("size", [1, IN_MEMORY + 1])
def test_upload_is_read_as_ever_from_memory_and_from_a_file(size):
    content = b"x" * size
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.pdf", content)})

    with whole(request) as unfit:
        assert (unfit, request.FILES["file"].read()) == (None, content)


def test_body_can_be_read_raw():
    request = request_of(io.BytesIO(b"[1]"), 3, "application/json")

    with whole(request):
        assert request.body == b"[1]"


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        (TEXT, settings.MAX_FORM_BYTES),
        ("text/plain", settings.MAX_FORM_BYTES),
        (MULTIPART_CONTENT, settings.MAX_UPLOAD_BYTES),
    ],
)
def test_body_over_the_limit_is_refused_by_its_length_alone(kind, limit):
    with whole(request_of(io.BytesIO(bytes(limit)), limit, kind)) as fits:
        assert fits is None

    with whole(request_of(Unread(), limit + 1, kind)) as refused:
        assert refused == 413


@pytest.mark.parametrize("length", ["", "nonsense", "-1", "0"])
def test_length_that_is_nonsense_means_no_body(length):
    with whole(request_of(Unread(), length)) as unfit:
        assert unfit is None


def test_body_whose_length_is_not_told_is_refused_unread():
    request = request_of(Unread(), "")
    request.META["HTTP_TRANSFER_ENCODING"] = "chunked"

    with whole(request) as unfit:
        assert unfit == 411


@pytest.mark.parametrize(
    ("error", "status"), [(TimeoutError(), 408), (ConnectionResetError(), 400)]
)
def test_body_that_stops_is_refused_by_its_reason(error, status):
    with whole(request_of(Ends(b"name=", error), 8)) as unfit:
        assert unfit == status


def test_body_shorter_than_told_is_refused():
    with whole(request_of(io.BytesIO(b"name=An"), 8)) as unfit:
        assert unfit == 400


@pytest.mark.parametrize("more", [1, PIECE, 3 * PIECE + 1])
def test_body_that_finds_no_room_is_refused_by_that_and_breaks_nothing(more):
    """Whether the disk is full at the first piece that waits on it or at the last."""
    size = IN_MEMORY + more
    body = request_of(io.BytesIO(bytes(size)), size)
    most, highest = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size - 1, highest))
    try:
        with whole(body) as unfit:
            found = unfit
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, highest))

    assert found == 503
