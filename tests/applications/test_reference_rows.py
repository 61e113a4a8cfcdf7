"""What the database itself refuses of referees, requests and letters."""

import pytest
from django.db import IntegrityError, transaction

from applications.models import (
    Failure,
    LetterForm,
    LetterLanguage,
    LettersClock,
    Referee,
    RefereeKind,
    Reference,
    ReferenceDraft,
    ReferenceEvent,
    ReferenceRequest,
    ReferenceSettings,
    RequestMail,
    RequestMailKind,
    RequestState,
)
from positions.models import RecruitmentRound
from tests.applicants import STARTED_AT, make_application, make_user
from tests.factories import TICK, make_round

pytestmark = pytest.mark.django_db
AT = STARTED_AT
SHA = "a" * 64


@pytest.fixture
def referee() -> Referee:
    application = make_application(filled=False)
    return Referee.objects.create(
        application=application,
        place=1,
        kind=RefereeKind.SPORT,
        name="Dr. Grace Okafor",
        organization="USA Archery",
        relation="Coach since 2019",
        email="okafor@example.org",
        created_at=AT,
    )


@pytest.fixture
def sent(referee: Referee) -> ReferenceRequest:
    return ReferenceRequest.objects.create(
        referee=referee,
        state=RequestState.SENT,
        token_sealed="sealed",
        token_digest=SHA,
        created_at=AT,
        state_at=AT,
        sent_at=AT,
        mailed_at=AT,
    )


def refused(constraint: str, model, **values: object) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        model.objects.create(**values)
    assert constraint in str(caught.value) or "UNIQUE" in str(caught.value)


def changed(constraint: str, row, **values: object) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**values)
    assert constraint in str(caught.value)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("referee_kind_known", {"kind": "friend"}),
        ("referee_has_a_place", {"place": 0}),
        ("referee_has_name_and_organization", {"name": " "}),
        ("referee_email_is_lower_case", {"email": "Okafor@example.org"}),
        ("referee_email_is_lower_case", {"email": "nobody"}),
        ("referee_is_replaced_after_being_named", {"replaced_at": AT - TICK}),
    ],
)
def test_referee_row_is_refused(referee: Referee, constraint: str, values: dict):
    changed(constraint, referee, **values)


@pytest.mark.parametrize(
    "values",
    [{"place": 1, "email": "other@example.org"}, {"place": 2, "email": "okafor@example.org"}],
)
def test_second_referee_has_a_place_and_an_address_of_their_own(referee: Referee, values: dict):
    mine = {
        "application": referee.application,
        "kind": RefereeKind.SPORT,
        "name": "Ben Ito",
        "organization": "A club",
        "relation": "Trainer",
        "created_at": AT,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Referee.objects.create(**mine, **values)

    Referee.objects.filter(pk=referee.pk).update(replaced_at=AT)

    assert Referee.objects.create(**mine, **values).pk


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("reference_request_state_known", {"state": "lost"}),
        ("failed_request_says_why", {"state": RequestState.FAILED}),
        ("failed_request_says_why", {"failure": Failure.ADDRESS}),
        ("link_is_sealed_and_has_its_digest", {"token_sealed": ""}),
        ("link_is_sealed_and_has_its_digest", {"token_digest": "short"}),
        ("request_that_was_sent_has_its_link", {"state": RequestState.DRAFT}),
        ("request_that_was_sent_has_its_link", {"sent_at": None}),
        ("opened_request_says_when", {"state": RequestState.OPENED}),
    ],
)
def test_request_row_is_refused(sent: ReferenceRequest, constraint: str, values: dict):
    changed(constraint, sent, **values)


def test_event_that_changes_nothing_says_why(sent: ReferenceRequest):
    row = {"request": sent, "from_state": sent.state, "to_state": sent.state, "at": AT}

    refused("reference_event_says_something", ReferenceEvent, **row)

    assert ReferenceEvent.objects.create(**row, reason="Reminded").pk


def test_mail_about_a_change_names_the_change(sent: ReferenceRequest):
    refused(
        "mail_about_a_change_names_it",
        RequestMail,
        request=sent,
        kind=RequestMailKind.CHANGE,
        at=AT,
    )


def letter(request: ReferenceRequest, **changes: object) -> dict:
    return {
        "request": request,
        "form": LetterForm.TYPED,
        "language": LetterLanguage.ENGLISH,
        "sealed": "sealed",
        "received_at": AT,
        "recorded_at": AT,
        **changes,
    }


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("letter_form_is_typed_or_a_file", {"form": LetterForm.UPLOADED}),
        ("letter_form_is_typed_or_a_file", {"file": "letters/x.sealed"}),
        ("letter_language_known", {"language": "fr"}),
        ("letter_is_sealed", {"sealed": ""}),
        ("letter_arrived_before_it_was_recorded", {"received_at": AT + TICK}),
        ("only_a_late_letter_does_not_count", {"counts": False}),
        ("letter_taken_in_by_staff_has_a_reason", {"reason": "By mail"}),
    ],
)
def test_letter_row_is_refused(sent: ReferenceRequest, constraint: str, values: dict):
    refused(constraint, Reference, **letter(sent, **values))


def test_letter_taken_in_by_staff_has_a_reason(sent: ReferenceRequest):
    by = make_user("office@example.org")

    refused("letter_taken_in_by_staff_has_a_reason", Reference, **letter(sent, by=by, reason=" "))


def test_one_letter_stands_per_request(sent: ReferenceRequest):
    first = Reference.objects.create(**letter(sent))
    refused("one_letter_stands_per_request", Reference, **letter(sent))

    Reference.objects.filter(pk=first.pk).update(superseded_at=AT)

    assert Reference.objects.create(**letter(sent)).pk


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("letter_draft_is_sealed", {"sealed": ""}),
        ("letter_draft_file_has_pages", {"pages": 2}),
        ("letter_draft_from_one", {"version": 0}),
    ],
)
def test_draft_row_is_refused(sent: ReferenceRequest, constraint: str, values: dict):
    row = {"request": sent, "sealed": "sealed", "saved_at": AT, **values}

    refused(constraint, ReferenceDraft, **row)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("letters_policy_known", {"policy": "shrug"}),
        ("soft_clock_of_letters_has_its_days", {"soft_days": 3}),
        ("soft_clock_of_letters_has_its_days", {"clock": LettersClock.SOFT}),
        ("soft_clock_of_letters_has_its_days", {"clock": "hazy"}),
        ("reference_settings_in_range", {"number": 0}),
        ("reference_settings_in_range", {"resends_per_day": 0}),
        ("reminder_days_are_numbers", {"reminder_days": "14,seven"}),
        ("reminder_days_are_numbers", {"reminder_days": "0"}),
    ],
)
def test_settings_row_is_refused(constraint: str, values: dict):
    refused(constraint, ReferenceSettings, round=make_round(), **values)


@pytest.mark.parametrize(
    ("written", "days"), [("14, 7, 2", (14, 7, 2)), ("2, 14", (14, 2)), ("", ()), ("3", (3,))]
)
def test_reminder_days_are_read_earliest_first(written: str, days: tuple[int, ...]):
    round_: RecruitmentRound = make_round()
    row = ReferenceSettings.objects.create(round=round_, reminder_days=written)

    assert row.days == days
