"""A disk that is full and a storage that is away, beneath a real web process."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from applications.models import Application, SectionAnswers
from jetportal.bodies import IN_MEMORY
from tests.applicants import make_application, pdf
from tests.processes import WebServer
from tests.raw import TOKEN, answer, connect, head, session_of

pytestmark = pytest.mark.django_db(transaction=True)

SMALL = pdf() + b" " * 20_000
LARGE = SMALL + b" " * IN_MEMORY  # waits in a temporary file before anything reads it
HALF = 10_000  # bytes of a file that the full disk takes
NOT_STORED = "Our storage did not take the file, so nothing was stored."
NO_ROOM = "A disk on our side is full, so we could not take in what you sent. Nothing was changed"


@contextmanager
def full_disk(web: WebServer) -> Iterator[None]:
    """Let the web process write no file beyond HALF; the rest finds no room, its log neither."""
    limit_files(web, HALF)
    yield
    limit_files(web, resource.RLIM_INFINITY)


def limit_files(web: WebServer, most: int) -> None:
    assert web.process is not None
    first = web.process.pid
    children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    for process in (first, *map(int, children)):
        resource.prlimit(process, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


@contextmanager
def away(folder: Path) -> Iterator[None]:
    """Put something in the place of the folder, as a mount that has failed."""
    elsewhere = folder.with_name("elsewhere")
    folder.rename(elsewhere)
    folder.touch()
    yield
    folder.unlink()
    elsewhere.rename(folder)


@pytest.fixture
def draft() -> Application:
    application = make_application(filled=False)
    application.round.closes_at = datetime.now(UTC) + timedelta(hours=1)
    application.round.save()
    application.sections.create(
        section="purpose", answers={"statement": ["I coach."]}, saved_at=datetime.now(UTC)
    )
    return application


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path / "documents"
    settings.MEDIA_ROOT.mkdir()
    return settings.MEDIA_ROOT


def upload(web: WebServer, draft: Application, content: bytes) -> tuple[int, str]:
    path = reverse("applications:upload", args=[draft.key, "citizenship"])
    sent = {"csrfmiddlewaretoken": TOKEN, "file": SimpleUploadedFile("passport.pdf", content)}
    body = encode_multipart(BOUNDARY, sent)
    with connect(web) as line:
        about = {"length": len(body), "kind": MULTIPART_CONTENT, "cookies": session_of(draft)}
        line.sendall(head(web, path, **about) + body)
        response = answer(line)
        return response.status, response.read().decode()


def opened(web: WebServer, draft: Application) -> bytes:
    """Read the file back, or nothing where there is none."""
    document = draft.documents.first()
    path = reverse("applications:document", args=[document.key if document else draft.key])
    with connect(web) as line:
        line.sendall(head(web, path, method="GET", length=0, cookies=session_of(draft)))
        return answer(line).read()


def test_upload_without_room_or_storage_is_told_truthfully_and_the_next_try_works(
    draft: Application, folder: Path
):
    with WebServer() as web:
        with full_disk(web):
            full = upload(web, draft, SMALL), upload(web, draft, LARGE)
        with away(folder):
            nowhere = upload(web, draft, SMALL)
        left = [path for path in folder.rglob("*") if path.is_file()]
        rows = draft.documents.count()
        later = [(upload(web, draft, file), opened(web, draft)) for file in (SMALL, LARGE)]

    assert [status for status, _ in (*full, nowhere)] == [503, 503, 503]
    said = [words in page for words, (_, page) in zip((NOT_STORED, NO_ROOM), full, strict=True)]
    assert (said, NOT_STORED in nowhere[1]) == ([True, True], True)
    assert (left, rows) == ([], 0)
    assert later == [((302, ""), SMALL), ((302, ""), LARGE)]
    assert SectionAnswers.objects.get().opened()[0] == {"statement": ["I coach."]}
