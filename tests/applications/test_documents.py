from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection

from applications.domain import documents
from applications.domain.documents import shown_name
from applications.domain.errors import DocumentRefused, NotEditable
from applications.models import Application, Document, Slot, Status
from tests import hostile
from tests.applicants import STARTED_AT, make_application, make_user, pdf

# --- What it is called --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("passport.pdf", "passport.pdf"),
        ("  my \n passport .pdf", "my passport .pdf"),
        ("\x00", "document.pdf"),
        ("\ud800.pdf", "\ufffd.pdf"),
        ("旅券.pdf", "旅券.pdf"),
        ("x" * 200 + ".pdf", "…" + "x" * 115 + ".pdf"),
    ],
)
def test_name_is_shown_as_given_with_its_end(name, shown):
    assert shown_name(name) == shown
    assert len(shown) <= 120


# --- Slots --------------------------------------------------------------------------------------


def attach(application: Application, content: bytes, name: str = "passport.pdf") -> Document:
    return documents.attach(
        application.key,
        Slot.CITIZENSHIP,
        name=name,
        content=content,
        max_megabytes=10,
        by=application.applicant,
        at=STARTED_AT,
    )


def stored_files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.fixture
def _own_folder(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def draft(db, _own_folder) -> Application:
    return make_application(filled=False)


def test_document_is_stored_under_keys_alone_and_readable_by_its_owner_only(draft: Application):
    document = attach(draft, pdf(), name="../../passport of Ana.pdf")

    (path,) = stored_files()
    assert path == Path(settings.MEDIA_ROOT) / str(draft.key) / f"{document.key}.pdf"
    assert path.read_bytes() == pdf()
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    assert document.name == "../../passport of Ana.pdf"


def test_new_document_takes_the_place_of_the_earlier_one(
    draft: Application, django_capture_on_commit_callbacks
):
    attach(draft, pdf(), name="first.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        attach(draft, pdf(pages=2), name="second.pdf")

    document = draft.documents.get()
    assert (document.name, document.pages) == ("second.pdf", 2)
    assert [path.name for path in stored_files()] == [f"{document.key}.pdf"]


def test_refused_document_leaves_the_earlier_one(draft: Application):
    earlier = attach(draft, pdf())

    with pytest.raises(DocumentRefused):
        attach(draft, hostile.page_tree_that_holds_itself())

    assert draft.documents.get() == earlier
    assert len(stored_files()) == 1


def test_file_whose_row_did_not_come_about_is_deleted_again(draft: Application):
    def fails(execute, sql, params, many, context):
        if sql.startswith("INSERT"):
            raise DatabaseError
        return execute(sql, params, many, context)

    with pytest.raises(DatabaseError), connection.execute_wrapper(fails):
        attach(draft, pdf())

    assert (draft.documents.count(), stored_files()) == (0, [])


def test_removed_document_leaves_an_empty_slot_and_may_be_removed_again(
    draft: Application, django_capture_on_commit_callbacks
):
    attach(draft, pdf())

    with django_capture_on_commit_callbacks(execute=True):
        documents.remove(draft.key, Slot.CITIZENSHIP, by=draft.applicant)
    documents.remove(draft.key, Slot.CITIZENSHIP, by=draft.applicant)

    assert (draft.documents.count(), stored_files()) == (0, [])


@pytest.mark.usefixtures("_own_folder")
@pytest.mark.django_db
def test_document_of_a_sent_application_is_fixed():
    application = make_application(status=Status.SUBMITTED)
    before = application.documents.get()

    with pytest.raises(NotEditable):
        attach(application, pdf(pages=2))
    with pytest.raises(NotEditable):
        documents.remove(application.key, Slot.CITIZENSHIP, by=application.applicant)

    assert application.documents.get() == before
    assert [path.name for path in stored_files()] == [f"{before.key}.pdf"]


def test_somebody_elses_slot_does_not_exist(draft: Application):
    stranger = make_user("stranger@example.org")

    with pytest.raises(Application.DoesNotExist):
        documents.remove(draft.key, Slot.CITIZENSHIP, by=stranger)
