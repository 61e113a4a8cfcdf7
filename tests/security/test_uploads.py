"""Every trick with an upload: what comes back, that nothing is stored, and what stays."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from applications.models import Application, Document, Slot, Status
from tests import hostile
from tests.applicants import add_document, make_application, make_user, pdf
from tests.clamd import EICAR, Scanner

pytestmark = pytest.mark.django_db

BOUNDARY = "a-line-between"
KIND = f"multipart/form-data; boundary={BOUNDARY}"
NOWHERE = "/dev/null/documents"  # nobody can write there, not even root


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def draft() -> Application:
    return make_application(filled=False)


@pytest.fixture
def owner(draft: Application) -> Client:
    client = Client()
    client.force_login(draft.applicant)
    return client


def upload_page(application: Application, slot: str = "citizenship") -> str:
    return reverse("applications:upload", args=[application.key, slot])


def replace_page(application: Application, document: Document) -> str:
    return reverse("applications:replace_document", args=[application.key, document.key])


def documents_page(application: Application) -> str:
    return reverse("applications:documents", args=[application.key])


def file(content: bytes, name: str = "passport.pdf") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, content, "application/pdf")}


def by_hand(*names: bytes) -> bytes:
    """Write a form with a sound PDF under each of these names, none of them made nicer."""
    line = f"--{BOUNDARY}".encode()
    parts = [
        line + b'\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + pdf(pages=number) + b"\r\n"
        for number, name in enumerate(names, 1)
    ]
    return b"".join(parts) + line + b"--\r\n"


def stored(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


def words_of(answer: HttpResponse) -> str:
    return answer.content.decode()


# --- What is in the file ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"<!doctype html><script>alert(1)</script>", "This is not a PDF."),
        (hostile.picture_with_a_script(), "This is not a PDF."),
        (hostile.page_in_a_comment(), "This is a web page and a PDF at once."),
        (hostile.archive(), "This is an archive, not a PDF."),
        (hostile.object_stream_that_is_a_bomb(), "it is damaged"),
        (hostile.arrays_in_arrays(), "it is damaged"),
        (hostile.script_in_an_object_stream(), "The PDF holds a script"),
        (hostile.with_a_file_inside(), "The PDF carries other files inside it."),
        (hostile.locked("secret"), "The PDF is locked with a password."),
        (b"%PDF-" + bytes(10 * 1024 * 1024), "The file is larger than 10 MB."),
    ],
    ids=[
        *("empty", "html", "svg", "polyglot", "zip", "bomb", "nested", "script", "file inside"),
        *("locked", "large"),
    ],
)
def test_hostile_file_is_refused_beside_its_field_and_the_earlier_one_stays(
    owner: Client, draft: Application, folder: Path, content, words
):
    earlier = add_document(draft)

    answer = owner.post(upload_page(draft), file(content))

    assert answer.status_code == 422
    assert words_of(answer).count(words) == 2  # in the summary, and beside the field
    assert 'aria-invalid="true"' in words_of(answer)
    assert draft.documents.get() == earlier
    assert stored(folder) == [earlier.file.name]


def test_infected_file_is_refused_and_the_earlier_one_stays(
    owner: Client, draft: Application, folder: Path, settings
):
    earlier = add_document(draft)
    with Scanner() as scanner:
        settings.CLAMD_URL = scanner.url
        answer = owner.post(upload_page(draft), file(pdf() + b"%" + EICAR + b"\n"))

    assert answer.status_code == 422
    assert "The virus scanner refused this file." in words_of(answer)
    assert draft.documents.get() == earlier
    assert stored(folder) == [earlier.file.name]


# --- What it is called --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"../../../../etc/passwd.pdf", "passwd.pdf"),
        (b"..\\\\..\\\\boot.pdf", "boot.pdf"),
        (b"/etc/passwd", "passwd"),
        (b"pass\x00port.pdf", "passport.pdf"),
        ("\u202efdp.exe".encode(), "fdp.exe"),
        (b"<script>alert(1)<", "&lt;script&gt;alert(1)&lt;"),
        (b"x" * 255 + b".pdf", "x" * 115 + ".pdf"),
    ],
    ids=["up", "up of Windows", "root", "null", "turned", "page", "long"],
)
def test_name_of_a_file_reaches_no_path_and_is_shown_apart(
    owner: Client, draft: Application, folder: Path, name, shown
):
    answer = owner.generic("POST", upload_page(draft), by_hand(name), KIND)

    document = draft.documents.get()
    page = words_of(owner.get(documents_page(draft)))
    opened = owner.get(reverse("applications:document", args=[document.key]))
    assert answer.status_code == 302
    assert stored(folder) == [f"{draft.key}/{document.key}.pdf"]
    assert f"{shown}</bdi>" in page
    assert "<script>alert" not in page
    assert opened["Content-Disposition"] == 'inline; filename="citizenship.pdf"'


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        (b"x" * 5000 + b".pdf", 400, "was not understood"),
        (b"\xff\xfe.pdf", 422, "Choose a file first."),
    ],
    ids=["longer than any", "no text"],
)
def test_name_that_no_browser_sends_is_refused(
    owner: Client, draft: Application, folder: Path, name, status, words
):
    answer = owner.generic("POST", upload_page(draft), by_hand(name), KIND)

    assert answer.status_code == status
    assert words in words_of(answer)
    assert stored(folder) == []


# --- What the form holds ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (by_hand(b"one.pdf", b"two.pdf"), "Choose one file at a time. None of them was added."),
        (by_hand(), "Choose a file first."),
        (by_hand(b"one.pdf").replace(b'name="file"', b'name="other"'), "Choose a file first."),
        (by_hand(b"one.pdf").replace(b'; filename="one.pdf"', b""), "Choose a file first."),
    ],
    ids=["two", "none", "another field", "no file"],
)
def test_form_without_exactly_one_file_is_refused(
    owner: Client, draft: Application, folder: Path, body, words
):
    answer = owner.generic("POST", upload_page(draft), body, KIND)

    assert answer.status_code == 422
    assert words in words_of(answer)
    assert stored(folder) == []


def test_slot_that_is_not_asked_for_takes_nothing_and_says_so(owner: Client, draft: Application):
    answer = owner.post(upload_page(draft, Slot.TRANSCRIPTS), file(pdf()), follow=True)

    assert answer.redirect_chain == [(documents_page(draft), 302)]
    assert not Document.objects.exists()


def test_slot_that_is_none_is_not_there(owner: Client, draft: Application):
    assert owner.post(upload_page(draft, "passport"), file(pdf())).status_code == 404


def test_nobody_adds_replaces_or_removes_for_somebody_else(draft: Application, folder: Path):
    document = add_document(draft, Slot.COACHING)
    stranger = Client()
    stranger.force_login(make_user("stranger@example.org"))
    removing = reverse("applications:remove_document", args=[draft.key, document.key])

    answers = [
        stranger.post(upload_page(draft), file(pdf(pages=2))),
        stranger.post(replace_page(draft, document), file(pdf(pages=2))),
        stranger.post(removing),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert Document.objects.get() == document
    assert stored(folder) == [document.file.name]


def test_document_of_another_application_is_not_replaced_through_mine(
    owner: Client, draft: Application, folder: Path
):
    theirs = add_document(
        make_application(applicant=make_user("two@example.org"), round_=draft.round, filled=False),
        Slot.COACHING,
    )

    answer = owner.post(replace_page(draft, theirs), file(pdf(pages=2)))

    assert answer["Location"] == documents_page(draft)
    assert Document.objects.get() == theirs
    assert stored(folder) == [theirs.file.name]


def test_upload_after_sending_changes_nothing_and_leads_to_the_receipt(folder: Path):
    application = make_application(status=Status.SUBMITTED)
    before = list(application.documents.order_by("pk"))
    client = Client()
    client.force_login(application.applicant)

    answers = [
        client.post(upload_page(application), file(pdf(pages=5))),
        client.post(replace_page(application, before[0]), file(pdf(pages=5))),
    ]

    receipt = reverse("applications:receipt", args=[application.key])
    assert [answer["Location"] for answer in answers] == [receipt, receipt]
    assert list(application.documents.order_by("pk")) == before
    assert stored(folder) == sorted(document.file.name for document in before)


# --- Replacing one of several -------------------------------------------------------------------


def test_one_of_several_is_replaced_on_a_page_of_its_own(owner: Client, draft: Application):
    first, second = (add_document(draft, Slot.COACHING, pages=pages) for pages in (1, 2))

    asked = owner.get(replace_page(draft, first))
    refused = owner.post(replace_page(draft, first), file(hostile.archive()))
    after_refusal = set(draft.documents.all())
    taken = owner.post(replace_page(draft, first), file(pdf(pages=3), "third.pdf"))

    assert "It stays until the new one is received." in words_of(asked)
    assert refused.status_code == 422
    assert words_of(refused).count("This is an archive, not a PDF.") == 2
    assert after_refusal == {first, second}
    assert taken["Location"] == documents_page(draft)
    assert [document.pages for document in draft.documents.all()] == [2, 3]


def test_file_that_is_gone_is_replaced_by_nothing(owner: Client, draft: Application):
    document = add_document(draft, Slot.COACHING)
    page = replace_page(draft, document)
    document.delete()

    answers = [owner.get(page), owner.post(page, file(pdf()))]

    assert [answer["Location"] for answer in answers] == [documents_page(draft)] * 2
    assert not Document.objects.exists()


# --- The storage cannot be written --------------------------------------------------------------


def test_storage_that_takes_nothing_answers_503_and_the_next_try_works(
    owner: Client, draft: Application, folder: Path, settings
):
    earlier = add_document(draft)
    settings.MEDIA_ROOT = NOWHERE
    refused = owner.post(upload_page(draft), file(pdf(pages=2)))
    kept = draft.documents.get()

    settings.MEDIA_ROOT = folder
    opened = owner.get(reverse("applications:document", args=[earlier.key]))
    again = owner.post(upload_page(draft), file(pdf(pages=2)))

    assert refused.status_code == 503
    assert words_of(refused).count("Our storage did not take the file, so nothing was stored.") == 2
    assert kept == earlier
    assert b"".join(opened.streaming_content) == pdf()
    assert again.status_code == 302
    assert draft.documents.get().pages == 2


# --- What it costs ------------------------------------------------------------------------------

PAGE, UPLOAD = 9, 11  # the round is over: one asks what was kept of a late submit


@pytest.mark.parametrize("files", [1, 3, 20])
def test_page_of_documents_costs_the_same_whatever_the_number_of_files(
    owner: Client, draft: Application, files, django_assert_num_queries
):
    for number in range(files):
        add_document(draft, Slot.COACHING, pages=number + 1)

    with django_assert_num_queries(PAGE):
        page = owner.get(documents_page(draft))

    assert page.context["files"] == files


@pytest.mark.parametrize("files", [1, 19])
def test_upload_costs_the_same_whatever_the_number_of_files(
    owner: Client, draft: Application, files, django_assert_num_queries
):
    for number in range(files):
        add_document(draft, Slot.COACHING, pages=number + 2)

    with django_assert_num_queries(UPLOAD):
        answer = owner.post(upload_page(draft, Slot.COACHING), file(pdf()))

    assert answer.status_code == 302
    assert draft.documents.count() == files + 1
