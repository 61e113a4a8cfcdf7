import errno
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, connection

from applications.domain.errors import (
    DocumentRefused,
    NotAskedFor,
    NotEditable,
    NotStored,
    Unopenable,
)
from applications.domain.files import documents
from applications.domain.files.documents import Upload, shown_name
from applications.domain.form import drafts, limits
from applications.models import Application, Document, Slot, Status
from tests import hostile
from tests.applicants import STARTED_AT, make_application, make_user, pdf
from tests.factories import make_round

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


def attach(
    application: Application,
    content: bytes,
    name: str = "passport.pdf",
    *,
    slot: Slot = Slot.CITIZENSHIP,
    instead_of: Document | None = None,
) -> Document:
    return documents.attach(
        application.key,
        Upload(slot, name, content, instead_of.key if instead_of else None),
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


def test_new_document_takes_the_place_of_the_earlier_one_in_a_single_slot(
    draft: Application, django_capture_on_commit_callbacks
):
    attach(draft, pdf(), name="first.pdf")
    with django_capture_on_commit_callbacks(execute=True):
        attach(draft, pdf(pages=2), name="second.pdf")

    document = draft.documents.get()
    assert (document.name, document.pages) == ("second.pdf", 2)
    assert [path.name for path in stored_files()] == [f"{document.key}.pdf"]


def test_slot_of_several_keeps_them_in_the_order_of_arrival(draft: Application):
    for number in (1, 2, 3):
        attach(draft, pdf(pages=number), f"{number}.pdf", slot=Slot.COACHING)

    assert [document.name for document in draft.documents.all()] == ["1.pdf", "2.pdf", "3.pdf"]


def test_one_of_several_is_replaced_and_the_others_stay(
    draft: Application, django_capture_on_commit_callbacks
):
    first = attach(draft, pdf(), "first.pdf", slot=Slot.COACHING)
    attach(draft, pdf(pages=2), "second.pdf", slot=Slot.COACHING)

    with django_capture_on_commit_callbacks(execute=True):
        attach(draft, pdf(pages=3), "third.pdf", slot=Slot.COACHING, instead_of=first)

    assert [document.name for document in draft.documents.all()] == ["second.pdf", "third.pdf"]
    assert len(stored_files()) == 2


def test_same_file_twice_is_one_document(draft: Application):
    first = attach(draft, pdf(), slot=Slot.COACHING)

    again = attach(draft, pdf(), slot=Slot.COACHING)

    assert (again, draft.documents.get()) == (first, first)
    assert len(stored_files()) == 1


def test_full_application_takes_no_more_files_but_replaces_them(draft: Application):
    limits.set_limits(draft.round, {"documents.files": 2})
    first = attach(draft, pdf(), slot=Slot.COACHING)
    attach(draft, pdf(), slot=Slot.CITIZENSHIP)

    with pytest.raises(DocumentRefused, match="holds 2 files, and takes no more"):
        attach(draft, pdf(pages=2), slot=Slot.COACHING)
    attach(draft, pdf(pages=3), slot=Slot.COACHING, instead_of=first)

    assert sorted(document.pages for document in draft.documents.all()) == [1, 3]
    assert len(stored_files()) == 3  # the replaced one goes when the transaction ends


@pytest.mark.parametrize("slot", [Slot.TRANSCRIPTS, Slot.NAME_CHANGE, Slot.CRIMINAL_RECORD])
def test_what_is_not_asked_for_is_not_added(draft: Application, slot: Slot):
    with pytest.raises(NotAskedFor):
        attach(draft, pdf(), slot=slot)

    assert (draft.documents.count(), stored_files()) == (0, [])


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
    document = attach(draft, pdf())

    with django_capture_on_commit_callbacks(execute=True):
        documents.remove(draft.key, document.key, by=draft.applicant)
    documents.remove(draft.key, document.key, by=draft.applicant)

    assert (draft.documents.count(), stored_files()) == (0, [])


@pytest.mark.usefixtures("_own_folder")
@pytest.mark.django_db
def test_document_of_a_sent_application_is_fixed():
    application = make_application(status=Status.SUBMITTED)
    before = list(application.documents.all())

    with pytest.raises(NotEditable):
        attach(application, pdf(pages=2))
    with pytest.raises(NotEditable):
        documents.remove(application.key, before[0].key, by=application.applicant)

    assert list(application.documents.all()) == before
    assert len(stored_files()) == len(before)


def test_somebody_elses_slot_does_not_exist(draft: Application):
    stranger = make_user("stranger@example.org")
    document = attach(draft, pdf())

    with pytest.raises(Application.DoesNotExist):
        documents.remove(draft.key, document.key, by=stranger)
    with pytest.raises(Application.DoesNotExist):
        documents.attach(
            draft.key,
            Upload(Slot.CITIZENSHIP, "mine.pdf", pdf(pages=2)),
            max_megabytes=10,
            by=stranger,
            at=STARTED_AT,
        )

    assert [path.name for path in stored_files()] == [f"{document.key}.pdf"]


# --- Sealed, and away ---------------------------------------------------------------------------


def early_leaver() -> Application:
    application = make_application(round_=make_round(slug="annual-2026"), filled=False)
    answers = {"consulate": ["new-york"], "early_departure": ["yes"]}
    drafts.save_section(
        application.key, "location", answers, by=application.applicant, at=STARTED_AT
    )
    return application


@pytest.mark.usefixtures("_own_folder")
@pytest.mark.django_db
def test_sensitive_document_is_sealed_where_it_is_stored_and_opens_as_it_came():
    document = attach(early_leaver(), pdf(), slot=Slot.HEALTH)

    (path,) = stored_files()
    assert path.name == f"{document.key}.sealed"
    assert b"%PDF" not in path.read_bytes()
    with documents.opened(document) as file:
        assert file.read() == pdf()


@pytest.mark.usefixtures("_own_folder")
@pytest.mark.django_db
def test_sealed_document_that_no_key_opens_says_so(settings):
    settings.SEALING_KEYS = [Fernet.generate_key().decode()]
    document = attach(early_leaver(), pdf(), slot=Slot.HEALTH)
    settings.SEALING_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(Unopenable):
        documents.opened(document)

    assert len(stored_files()) == 1


class FullStorage(FileSystemStorage):
    """A disk on which no file fits: what is begun stays half written."""

    def _save(self, name: str, content: File) -> str:
        super()._save(name, ContentFile(b"%PDF-half"))
        raise OSError(errno.ENOSPC, "No space left on device")


def test_full_storage_takes_nothing_and_leaves_nothing(draft: Application, settings, tmp_path):
    earlier = attach(draft, pdf())
    options = {"location": tmp_path}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": f"{__name__}.FullStorage", "OPTIONS": options},
    }

    with pytest.raises(NotStored):
        attach(draft, pdf(pages=2))

    assert draft.documents.get() == earlier
    assert [path.name for path in stored_files()] == [f"{earlier.key}.pdf"]
