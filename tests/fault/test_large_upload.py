"""A file far over the limit, sent in full to a real web process."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.urls import reverse

from applications.models import Application, Document
from tests.applicants import make_application
from tests.processes import WebServer
from tests.raw import answer, connect, head, session_of

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = bytes(1024 * 1024)
MEGABYTES = 60
KIND = "multipart/form-data; boundary=line"


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


def test_file_of_sixty_megabytes_is_refused_by_its_length_and_nothing_is_stored(web: WebServer):
    application: Application = make_application(filled=False)
    path = reverse("applications:upload", args=[application.key, "citizenship"])
    length = MEGABYTES * len(MEGABYTE)

    with connect(web) as line:
        cookies = session_of(application)
        line.sendall(head(web, path, length=length, kind=KIND, cookies=cookies))
        refused = answer(line)
        words = refused.read().decode()
        with suppress(OSError):  # nobody takes it in any more
            for _ in range(MEGABYTES):
                line.sendall(MEGABYTE)

    assert refused.status == 413
    assert "A document may have up to 10 MB" in words
    assert not Document.objects.exists()
