"""A changed key reaches everything that is stored sealed, and what no key opens is told."""

import base64
import io

import pytest
from django.core.management import call_command

from applications.domain.form import freezing
from applications.domain.keeping import seals
from applications.models import Application, SectionAnswers, Status
from applications.models.answers import SENSITIVE
from jetportal.parking import lot
from jetportal.sealing import unseal_bytes
from tests.applicants import SENT_AT, STARTED_AT, make_user, move, pdf
from tests.applications.test_sensitive import MARK, MARKED, loaded_of, marked

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

OLD, NEW, OTHER = (base64.urlsafe_b64encode(letter * 32).decode() for letter in (b"a", b"b", b"c"))
ANSWERS = "applications.SectionAnswers.sealed"
FROZEN = "applications.FrozenAnswers.sealed"
PARKED = "parking.ParkedForm.sealed"
FILES = "files of applications.Document.file"


@pytest.fixture
def filled(settings) -> Application:
    """A draft, a sent application and a parked form, all sealed with the old key."""
    settings.SEALING_KEYS = [OLD]
    move(marked(applicant=make_user("sent@example.org")), Status.SUBMITTED, at=SENT_AT)
    lot.park("/somewhere/", {"explanation": [MARK]}, at=STARTED_AT)
    return marked()


def rotated(**options: bool) -> dict[str, tuple[int, int, int]]:
    return {
        counts.place: (counts.read, counts.anew, counts.lost)
        for counts in seals.rotate(**options)
        if counts.read
    }


def test_every_token_is_sealed_anew_once_and_opens_with_the_new_key_alone(filled, settings):
    settings.SEALING_KEYS = [NEW, OLD]

    first, second = rotated(), rotated()

    assert first == {ANSWERS: (6, 6, 0), FROZEN: (1, 1, 0), PARKED: (1, 1, 0), FILES: (4, 4, 0)}
    assert second == {ANSWERS: (6, 0, 0), FROZEN: (1, 0, 0), PARKED: (1, 0, 0), FILES: (4, 0, 0)}
    settings.SEALING_KEYS = [NEW]
    loaded = loaded_of(filled)
    assert {key: loaded.answers[key].opened()[0] for key in SENSITIVE} == MARKED
    sent = Application.objects.get(status=Status.SUBMITTED)
    assert MARK in str(freezing.opened(sent.frozen))
    assert lot.waiting("/somewhere/", at=STARTED_AT)[0].typed == {"explanation": [MARK]}


def test_run_that_was_stopped_goes_on_where_it_was(filled, settings):
    settings.SEALING_KEYS = [NEW, OLD]
    next(iter(seals.rotate()))

    counts = rotated()

    assert sum(anew for _read, anew, _lost in counts.values()) < 12
    settings.SEALING_KEYS = [NEW]
    assert {lost for _read, _anew, lost in rotated().values()} == {0}


def test_dry_run_counts_and_changes_nothing(filled, settings):
    settings.SEALING_KEYS = [NEW, OLD]
    before = list(SectionAnswers.objects.order_by("pk").values_list("sealed", flat=True))

    assert rotated(dry_run=True)[ANSWERS] == (6, 6, 0)
    assert list(SectionAnswers.objects.order_by("pk").values_list("sealed", flat=True)) == before


def test_answer_that_was_saved_meanwhile_is_not_overwritten(filled):
    row = SectionAnswers.objects.filter(section="grounds").earliest("pk")
    read = row.sealed
    row.keep({"grounds": ["Saved meanwhile"]}, {})
    row.save()

    written = seals.put(SectionAnswers, "sealed", row.pk, was=read, now=read)

    row.refresh_from_db()
    assert not written
    assert row.opened() == ({"grounds": ["Saved meanwhile"]}, {})


def test_command_tells_what_no_key_opens_and_fails(filled, settings):
    settings.SEALING_KEYS = [OTHER]
    told = io.StringIO()

    with pytest.raises(SystemExit) as stopped:
        call_command("rotate_seals", stdout=told)

    assert stopped.value.code == 1
    assert f"{ANSWERS}: 6 read, 0 sealed anew, 6 that no key opens" in told.getvalue()
    assert MARK not in told.getvalue()


def test_command_says_what_it_would_do(filled, settings):
    settings.SEALING_KEYS = [NEW, OLD]
    told = io.StringIO()

    call_command("rotate_seals", dry_run=True, stdout=told)

    assert f"{PARKED}: 1 read, 1 to seal anew, 0 that no key opens" in told.getvalue()


@pytest.mark.parametrize("rows", [1, 3, 5])
def test_batches_leave_no_row_out(settings, monkeypatch, rows):
    monkeypatch.setattr(seals, "BATCH", 2)
    settings.SEALING_KEYS = [OLD]
    for number in range(rows):
        lot.park(f"/{number}/", {"text": [MARK]}, at=STARTED_AT)
    settings.SEALING_KEYS = [NEW, OLD]

    assert rotated() == {PARKED: (rows, rows, 0)}


def test_every_column_of_tokens_is_known():
    known = {f"{model._meta.label}.{name}" for model, name in seals.sealed_columns()}
    files = {f"{model._meta.label}.{name}" for model, name, _rows in seals.SEALED_FILES}

    assert {ANSWERS, FROZEN, PARKED} < known
    assert "applications.Reference.file" in files


def test_sealed_file_is_written_anew_beside_the_old_one(settings):
    settings.SEALING_KEYS = [OLD]
    document = marked().documents.get(slot="physician")
    old, storage = document.file.name, document.file.storage
    settings.SEALING_KEYS = [NEW, OLD]

    counts = rotated()

    document.refresh_from_db()
    assert counts[FILES] == (2, 2, 0)
    assert document.file.name != old
    assert not storage.exists(old)
    settings.SEALING_KEYS = [NEW]
    assert unseal_bytes(document.file.read()) == pdf()


def test_file_that_is_gone_is_counted_as_lost():
    document = marked().documents.get(slot="physician")
    document.file.storage.delete(document.file.name)

    assert rotated()[FILES] == (2, 0, 1)
