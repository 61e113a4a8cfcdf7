"""What a referee does by the link: opens, saves, submits, declines, is not the one we meant."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from applications.domain import withdrawing
from applications.domain.errors import DraftOvertaken, DraftUnreadable, LinkDead, NotStored
from applications.domain.referees import letter_drafts, letter_files, letters, references
from applications.domain.referees.letters import Letter
from applications.models import (
    LetterForm,
    LettersClock,
    Reference,
    ReferenceDraft,
    ReferenceEvent,
    ReferenceRequest,
    RequestState,
    Status,
)
from jetportal.mail.models import OutgoingMail
from tests.applicants import PROFESSOR, make_application, move, pdf
from tests.factories import CLOSES_AT, TICK
from tests.referees import SECRET, WRITTEN_AT, ask, set_references, submit, token_of

pytestmark = pytest.mark.django_db

AT = WRITTEN_AT
DAY = timedelta(days=1)
PAGE = {"letter": ["Ana is punctual"], "reliability": ["5"]}


@pytest.fixture
def request_(db) -> ReferenceRequest:
    return ask(make_application())


def state(request: ReferenceRequest) -> str:
    request.refresh_from_db()
    return request.state


def kinds(to: str) -> list[str]:
    rows = OutgoingMail.objects.filter(recipient=to).order_by("pk")
    return list(rows.values_list("kind", flat=True))


def dead(token: str, at: datetime = AT) -> str:
    with pytest.raises(LinkDead) as caught:
        letters.by_token(token, at=at)
    assert str(caught.value) == "This link is not in use any more."
    return caught.value.reason


def test_link_leads_to_its_request_and_reading_it_changes_nothing(request_):
    found = letters.by_token(token_of(request_), at=AT)

    assert found.pk == request_.pk
    assert state(request_) == RequestState.SENT
    assert ReferenceEvent.objects.count() == 1


def test_starting_is_recorded_once(request_):
    letters.start(token_of(request_), at=AT)
    letters.start(token_of(request_), at=AT + DAY)

    assert state(request_) == RequestState.OPENED
    assert request_.opened_at == AT
    assert request_.events.count() == 2


@pytest.mark.parametrize("token", ["", "none", "\x00", "ümlaut", "x" * 5000])
def test_link_of_nobody_is_dead(request_, token: str):
    assert dead(token) == "unknown"


def test_link_is_kept_sealed(request_):
    token = token_of(request_)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM applications_referencerequest")
        rows = str(cursor.fetchall())

    assert request_.token_digest in rows
    assert token not in rows


def test_what_is_typed_is_kept_sealed_and_comes_back(request_):
    saved = letters.save_draft(token_of(request_), PAGE, seen_version=0, at=AT)

    assert letter_drafts.typing_of(request_) == saved
    assert (saved.typed, saved.version) == (PAGE, 1)
    assert state(request_) == RequestState.IN_PROGRESS
    assert "punctual" not in ReferenceDraft.objects.get().sealed


def test_second_window_hears_of_the_first(request_):
    token = token_of(request_)
    letters.save_draft(token, PAGE, seen_version=0, at=AT)

    with pytest.raises(DraftOvertaken) as caught:
        letters.save_draft(token, {"letter": ["Other"]}, seen_version=0, at=AT)
    same = letters.save_draft(token, PAGE, seen_version=0, at=AT)

    assert (caught.value.typed, caught.value.version) == (PAGE, 1)
    assert same.typed == PAGE


def test_letter_is_taken_in_once_confirmed_to_both_and_sealed(request_):
    token = token_of(request_)
    letters.save_draft(token, PAGE, seen_version=0, at=AT)

    letter = submit(request_)

    with pytest.raises(LinkDead, match="not in use"):
        submit(request_)
    assert (letter.counts, letter.late, letter.form) == (True, False, LetterForm.TYPED)
    assert state(request_) == RequestState.RECEIVED
    assert dead(token) == "used"
    assert not ReferenceDraft.objects.exists()
    assert kinds("okafor@example.org") == ["reference_request", "reference_thanks"]
    assert kinds("ana.lm@example.org") == ["reference_received"]
    assert SECRET not in letter.sealed
    assert not any(
        SECRET in text for row in OutgoingMail.objects.all() for text in (row.text, row.html)
    )


def test_pdf_is_kept_sealed_until_it_is_submitted(request_, django_capture_on_commit_callbacks):
    token, content = token_of(request_), pdf(pages=2)
    letters.keep_file(token, name="letter.pdf", content=content, pages=2, at=AT)
    draft = ReferenceDraft.objects.get()

    with draft.file.open("rb") as stream:
        assert b"%PDF" not in stream.read()
    assert letter_files.content_of(draft) == content
    with django_capture_on_commit_callbacks(execute=True):
        letter = submit(request_, text="")

    assert (letter.form, letter.pages) == (LetterForm.UPLOADED, 2)
    assert letter_files.content_of(letter) == content


def test_pdf_that_was_taken_back_is_gone(request_, django_capture_on_commit_callbacks):
    token = token_of(request_)
    letters.keep_file(token, name="letter.pdf", content=pdf(), pages=1, at=AT)
    file = ReferenceDraft.objects.get().file

    with django_capture_on_commit_callbacks(execute=True):
        letters.drop_file(token, at=AT)

    assert not file.storage.exists(file.name)
    assert letter_drafts.typing_of(request_).file_name == ""


def test_pdf_handed_in_with_the_submit_needs_no_draft(request_):
    content = pdf(pages=3)
    letter = letters.submit_letter(
        token_of(request_), Letter(content=content, pages=3), received_at=AT, recorded_at=AT
    )

    assert letter_files.content_of(letter) == content


@pytest.mark.parametrize(
    ("at", "counts", "late", "then"),
    [
        (CLOSES_AT - TICK, True, False, RequestState.RECEIVED),
        (CLOSES_AT, False, True, RequestState.SENT),
    ],
)
def test_letter_counts_until_the_end_of_the_round_and_is_kept_after(
    request_, at: datetime, *, counts: bool, late: bool, then: RequestState
):
    letter = submit(request_, at=at)

    assert (letter.counts, letter.late) == (counts, late)
    assert state(request_) == then
    assert dead(token_of(request_), at=CLOSES_AT + TICK) == "used"


def test_late_letter_is_kept_once_and_its_sender_is_told(request_):
    submit(request_, at=CLOSES_AT)

    with pytest.raises(LinkDead):
        submit(request_, at=CLOSES_AT + TICK)

    assert Reference.objects.count() == 1
    assert kinds("okafor@example.org")[1:] == ["reference_thanks"]
    assert "after the deadline" in OutgoingMail.objects.get(kind="reference_thanks").text
    assert kinds("ana.lm@example.org") == []


@pytest.mark.parametrize(
    ("at", "counts"),
    [(CLOSES_AT, True), (CLOSES_AT + 3 * DAY - TICK, True), (CLOSES_AT + 3 * DAY, False)],
)
def test_soft_clock_takes_letters_for_some_days_and_marks_them_late(
    request_, at: datetime, *, counts: bool
):
    round_ = request_.referee.application.round
    set_references(round_, clock=LettersClock.SOFT, soft_days=3)

    letter = submit(request_, at=at)

    assert (letter.counts, letter.late) == (counts, True)


def test_opening_after_the_end_is_over(request_):
    assert dead(token_of(request_), at=CLOSES_AT) == "over"


def test_extension_lets_a_referee_whose_letter_was_kept_as_late_submit_again(request_):
    first = submit(request_, at=CLOSES_AT)
    round_ = request_.referee.application.round
    round_.closes_at = CLOSES_AT + DAY
    round_.save()

    second = submit(request_, at=CLOSES_AT + TICK)

    first.refresh_from_db()
    assert first.superseded_at is not None
    assert (second.counts, second.late) == (True, False)


def test_declining_tells_the_applicant_without_the_reason(request_):
    token = token_of(request_)
    letters.save_draft(token, PAGE, seen_version=0, at=AT)

    letters.decline(token, reason="I hardly know her", at=AT)

    mail = OutgoingMail.objects.get(kind="reference_declined")
    assert state(request_) == RequestState.DECLINED
    assert mail.recipient == "ana.lm@example.org"
    assert "hardly" not in mail.text + mail.html
    assert request_.events.last().reason == "I hardly know her"
    assert not ReferenceDraft.objects.exists()
    assert dead(token) == "used"


def test_not_me_closes_the_link_at_once_and_asks_for_another_address(request_):
    token = token_of(request_)

    letters.not_me(token, at=AT)

    assert state(request_) == RequestState.FAILED
    assert dead(token) == "unknown"
    assert "not your referee" in OutgoingMail.objects.get(kind="reference_failed").text


def test_replaced_referee_has_no_link_any_more(request_):
    token, application = token_of(request_), request_.referee.application

    references.replace(
        application.key, request_.referee.key, PROFESSOR, by=application.applicant, at=AT
    )

    assert dead(token) == "revoked"
    with pytest.raises(LinkDead):
        submit(request_)
    assert kinds("okafor@example.org") == ["reference_request", "reference_cancelled"]
    assert not Reference.objects.exists()


def test_withdrawal_ends_requests_and_taking_it_back_asks_again():
    application = make_application()
    request = ask(application)
    token = token_of(request)
    move(application, Status.SUBMITTED, at=AT)
    move(application, Status.WITHDRAWN, at=AT + TICK)
    assert (state(request), dead(token)) == (RequestState.CANCELLED, "revoked")

    withdrawing.take_back_withdrawal(application.key, by=application.applicant, at=AT + DAY / 2)

    assert state(request) == RequestState.SENT
    assert letters.by_token(token, at=AT + DAY / 2).pk == request.pk
    assert kinds("okafor@example.org") == [
        "reference_request",
        "reference_cancelled",
        "reference_request",
    ]


def test_letter_that_another_window_overtook_is_not_taken_and_nothing_is_lost(request_):
    token, other = token_of(request_), {"letter": ["Written in the other window"]}
    letters.save_draft(token, PAGE, seen_version=0, at=AT)
    letters.save_draft(token, other, seen_version=1, at=AT)

    with pytest.raises(DraftOvertaken) as caught:
        letters.submit_letter(
            token, Letter(text=SECRET, seen_version=1), received_at=AT, recorded_at=AT
        )

    assert (caught.value.typed, caught.value.version) == (other, 2)
    assert letter_drafts.typing_of(request_).typed == other
    assert not Reference.objects.exists()


@pytest.fixture
def unreadable(request_) -> ReferenceRequest:
    """A draft with words and a file that no key opens any more."""
    token = token_of(request_)
    letters.save_draft(token, PAGE, seen_version=0, at=AT)
    letters.keep_file(token, name="letter.pdf", content=pdf(), pages=1, at=AT)
    ReferenceDraft.objects.update(sealed="sealed with a key that is gone")
    return request_


def test_draft_that_no_key_opens_is_never_written_over(unreadable):
    token, before = token_of(unreadable), ReferenceDraft.objects.values("sealed", "version").get()

    with pytest.raises(DraftUnreadable):
        letters.save_draft(token, {"letter": ["Anew"]}, seen_version=None, at=AT)

    assert letter_drafts.typing_of(unreadable).unreadable
    assert ReferenceDraft.objects.values("sealed", "version").get() == before


def test_draft_that_no_key_opens_outlives_its_file_and_the_letter(unreadable):
    token, before = token_of(unreadable), ReferenceDraft.objects.get().sealed

    letters.drop_file(token, at=AT)
    submit(unreadable)

    assert ReferenceDraft.objects.get().sealed == before


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_file_whose_row_does_not_come_about_is_deleted(request_, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    token = token_of(request_)
    submit(request_)
    letter = Letter(content=pdf(), pages=1)

    with pytest.raises(LinkDead):
        letters.keep_file(token, name="letter.pdf", content=pdf(), pages=1, at=AT)
    with pytest.raises(LinkDead):
        letters.submit_letter(token, letter, received_at=AT, recorded_at=AT)

    assert files_in(tmp_path) == []


def test_storage_that_is_away_is_told_and_keeps_the_typing(request_, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "file"
    (tmp_path / "file").write_text("no folder")
    token = token_of(request_)
    letters.save_draft(token, PAGE, seen_version=0, at=AT)

    with pytest.raises(NotStored):
        letters.keep_file(token, name="letter.pdf", content=pdf(), pages=1, at=AT)

    assert letter_drafts.typing_of(request_).typed == PAGE
