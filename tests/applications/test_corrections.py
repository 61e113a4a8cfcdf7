"""Changes after sending: what may change, for whom, until when, and what is kept of it."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from applications.domain import corrections, withdrawing
from applications.domain.access import COORDINATORS, PROGRAM_OFFICE
from applications.domain.errors import (
    CorrectionClosed,
    NotChangeable,
    Overtaken,
    Refused,
    StillWrong,
    UnknownSection,
)
from applications.domain.form import entry_forms, freezing
from applications.models import Application, CorrectionRequest, SectionAnswers, Status
from jetportal.accounts.models import User
from jetportal.mail.models import OutgoingMail
from tests.applicants import SENT_AT, answers_for, make_application, make_staff, make_user
from tests.factories import TICK, make_round

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

DAY = timedelta(days=1)
ASKED_AT = SENT_AT + DAY
GRANTED_AT = ASKED_AT + timedelta(hours=1)
OPEN_AT = GRANTED_AT + timedelta(hours=1)
PURPOSE = {"statement": ["Archery, and calligraphy."]}
MOVED = {
    "phone": ["+1 808 555 0199"],
    "mailing_address": ["7 Palm Street\nHonolulu, HI 96815"],
    "permanent_address": [""],
    "second_email": ["ana@example.net"],
}


@pytest.fixture
def sent() -> Application:
    return make_application(status=Status.SUBMITTED)


@pytest.fixture
def office() -> User:
    return make_staff("office@example.org", PROGRAM_OFFICE)


def ask(application: Application, section: str = "purpose", *, at=ASKED_AT, reason="A slip."):
    by = application.applicant
    return corrections.ask(application.key, section, reason=reason, by=by, at=at)


def opened(application: Application, office: User, section: str = "purpose", *, hours: int = 48):
    asked = ask(application, section)
    return corrections.grant(asked.pk, hours=hours, by=office, at=GRANTED_AT)


def correct(
    application: Application, sent=PURPOSE, section: str = "purpose", *, at=OPEN_AT, **more
):
    return corrections.correct(
        application.key, section, sent, by=application.applicant, at=at, **more
    )


def change(application: Application, sent=MOVED, *, at=ASKED_AT, **more):
    return corrections.change_contact(
        application.key, sent, by=application.applicant, at=at, **more
    )


def stored(application: Application, section: str) -> dict[str, list[str]]:
    return SectionAnswers.objects.get(application=application, section=section).answers


def state(application: Application) -> tuple[object, ...]:
    """Return everything a change could change."""
    return (
        Application.objects.values().get(pk=application.pk),
        list(application.versions.values_list("version", "digest", "superseded_at")),
        list(application.sections.order_by("section").values_list("section", "answers", "version")),
        OutgoingMail.objects.count(),
    )


# --- The own contact ----------------------------------------------------------------------------


def test_applicant_changes_phone_and_addresses_and_nothing_else(sent):
    before = stored(sent, "contact")

    frozen = change(sent, {**MOVED, "hometown": ["Elsewhere"], "nonsense": ["x"]})

    after = stored(sent, "contact")
    assert after == {**before, **MOVED}
    assert (frozen.version, frozen.section, frozen.frozen_at) == (2, "contact", ASKED_AT)
    content = json.loads(sent.frozen.canonical)
    assert content["sections"]["contact"] == after
    assert content["email"] == sent.email
    assert freezing.is_intact(sent.frozen)


def test_change_of_contact_is_told_by_mail_with_the_fingerprint_that_counts(sent):
    frozen = change(sent)

    mail = OutgoingMail.objects.get(kind="answers_changed")
    assert (mail.recipient, mail.key) == (sent.email, f"changed:{sent.pk}:2")
    assert frozen.digest in mail.text
    assert frozen.digest in mail.html
    for private in ("808 555 0199", "Palm Street", "ana@example.net"):
        assert private not in mail.text + mail.html + mail.subject


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("phone", "12"),
        ("phone", ""),
        ("second_email", "nobody"),
        ("mailing_address", "a\nb\nc\nd\ne\nf"),
        ("permanent_address", "x" * 81),
    ],
)
def test_wrong_contact_changes_nothing_and_is_handed_back(sent, name, wrong):
    before = state(sent)

    with pytest.raises(StillWrong) as refusal:
        change(sent, {**MOVED, name: [wrong]})

    assert refusal.value.loaded.answers["contact"].answers[name] == [wrong]
    assert state(sent) == before


def test_same_contact_again_changes_nothing_and_mails_nothing(sent):
    change(sent)
    before = state(sent)

    change(sent, at=ASKED_AT + DAY)
    change(sent, at=ASKED_AT + DAY, seen=1)

    assert state(sent) == before


def test_older_page_does_not_overwrite_newer_contact(sent):
    seen = SectionAnswers.objects.get(application=sent, section="contact").version
    change(sent, seen=seen)
    before = state(sent)

    with pytest.raises(Overtaken) as refusal:
        change(sent, {**MOVED, "phone": ["+1 202 555 0111"]}, seen=seen)

    assert refusal.value.typed["phone"] == ["+1 202 555 0111"]
    assert state(sent) == before


# --- Asking and answering -----------------------------------------------------------------------


def test_applicant_asks_once_per_section_and_the_office_grants_for_a_time(sent, office):
    asked = ask(sent)
    with pytest.raises(Refused, match="asked for this part already"):
        ask(sent)
    ask(sent, "identity")

    granted = corrections.grant(asked.pk, hours=48, by=office, at=GRANTED_AT)

    assert granted.until_at == GRANTED_AT + timedelta(hours=48, minutes=1)
    assert (granted.decided_by, granted.decided_at) == (office, GRANTED_AT)
    with pytest.raises(Refused, match="open for you already"):
        ask(sent, at=OPEN_AT)
    assert ask(sent, at=granted.until_at).pk != asked.pk


def test_grant_ends_with_a_whole_minute(sent, office):
    asked = ask(sent)

    at = GRANTED_AT.replace(minute=14, second=59, microsecond=1)
    granted = corrections.grant(asked.pk, hours=1, by=office, at=at)

    assert granted.until_at == GRANTED_AT.replace(minute=15) + timedelta(hours=1)


def test_grant_is_mailed_on_both_clocks(sent, office):
    opened(sent, office, hours=24)

    mail = OutgoingMail.objects.get(kind="correction_granted")
    assert mail.recipient == sent.email
    assert "Statement of Purpose" in mail.text
    assert "Saturday, March 15, 2025, 1:00\u00a0AM\u00a0HST" in mail.text
    assert "In New York:  Saturday, March 15, 2025, 7:00\u00a0AM\u00a0EDT" in mail.text
    assert "A slip." not in mail.text + mail.html


def test_decline_carries_its_answer_to_the_applicant(sent, office):
    asked = ask(sent)

    with pytest.raises(Refused):
        corrections.decline(asked.pk, answer=" \n", by=office, at=GRANTED_AT)
    corrections.decline(asked.pk, answer=" Write it\nin the interview. ", by=office, at=GRANTED_AT)

    mail = OutgoingMail.objects.get(kind="correction_declined")
    assert "Write it\nin the interview." in mail.text
    with pytest.raises(CorrectionClosed):
        correct(sent)
    assert ask(sent, at=OPEN_AT).decided_at is None


def test_nobody_but_the_program_office_decides(sent, office):
    asked = ask(sent)
    coordinator = make_staff("desk@example.org", COORDINATORS, consulate="new-york")
    for by in (coordinator, sent.applicant, make_user("stranger@example.org")):
        with pytest.raises(Refused):
            corrections.grant(asked.pk, hours=1, by=by, at=GRANTED_AT)
        with pytest.raises(Refused):
            corrections.decline(asked.pk, answer="No", by=by, at=GRANTED_AT)

    assert CorrectionRequest.objects.get().decided_at is None


def test_nobody_of_the_office_grants_their_own(office):
    mine = make_application(applicant=office, status=Status.SUBMITTED)
    asked = ask(mine)

    with pytest.raises(Refused, match="Nobody grants themselves"):
        corrections.grant(asked.pk, hours=1, by=office, at=GRANTED_AT)


def test_decision_is_made_once(sent, office):
    granted = opened(sent, office)

    with pytest.raises(Refused, match="decided this already"):
        corrections.grant(granted.pk, hours=1, by=office, at=OPEN_AT)
    with pytest.raises(Refused, match="decided this already"):
        corrections.decline(granted.pk, answer="No", by=office, at=OPEN_AT)


@pytest.mark.parametrize("hours", [-1, 0, 337])
def test_time_of_a_grant_has_bounds(sent, office, hours):
    asked = ask(sent)

    with pytest.raises(Refused, match="from 1 to 336"):
        corrections.grant(asked.pk, hours=hours, by=office, at=GRANTED_AT)


@pytest.mark.parametrize("section", ["location", "coaching", "documents", "nonsense", ""])
def test_only_sections_of_the_round_are_asked_for_and_never_the_location(section):
    annual = make_application(round_=make_round(slug="annual-2025"), status=Status.SUBMITTED)

    with pytest.raises(UnknownSection):
        ask(annual, section)


def test_reason_is_needed(sent):
    with pytest.raises(Refused):
        ask(sent, reason=" \n ")


# --- Correcting ---------------------------------------------------------------------------------


def test_correction_is_open_from_the_grant_until_the_instant_it_ends(sent, office):
    granted = opened(sent, office)
    for at in (GRANTED_AT - TICK, granted.until_at, granted.until_at + DAY):
        with pytest.raises(CorrectionClosed):
            correct(sent, at=at)

    assert correct(sent, at=granted.until_at - TICK).version == 2
    assert stored(sent, "purpose") == PURPOSE


def test_correction_opens_exactly_the_section_that_was_granted(sent, office):
    opened(sent, office, "identity")

    with pytest.raises(CorrectionClosed):
        correct(sent)
    with pytest.raises(UnknownSection):
        correct(sent, {"consulate": ["honolulu"]}, "location")


def test_correction_writes_what_lists_and_search_read(sent, office):
    opened(sent, office, "identity")
    name = {**answers_for(sent.round)["identity"], "family_name": ["Lindqvist"]}

    correct(sent, name, "identity")

    sent.refresh_from_db()
    assert sent.family_name_folded == "lindqvist"
    assert '"family_name":["Lindqvist"]' in sent.frozen.canonical
    assert sent.status == Status.SUBMITTED
    assert sent.submitted_at == SENT_AT


def test_section_may_be_corrected_again_while_it_is_open(sent, office):
    opened(sent, office)

    correct(sent)
    correct(sent, {"statement": ["A third one."]}, at=OPEN_AT + TICK)

    assert [row.section for row in sent.versions.order_by("version")] == ["", "purpose", "purpose"]
    assert OutgoingMail.objects.filter(kind="answers_changed").count() == 2


def test_incomplete_correction_changes_nothing_and_is_handed_back(sent, office):
    opened(sent, office)
    before = state(sent)

    with pytest.raises(StillWrong) as refusal:
        correct(sent, {"statement": ["word " * 5000]})

    assert refusal.value.loaded.answers["purpose"].answers == {"statement": ["word " * 5000]}
    assert state(sent) == before


def test_list_is_corrected_entry_by_entry(sent, office):
    opened(sent, office, "coaching")
    first = SectionAnswers.objects.get(application=sent, section="coaching").entries[
        "qualifications"
    ][0]
    own = {f"qualifications-{first['id']}-{n}": v for n, v in first["answers"].items()}
    own[f"qualifications-{first['id']}-level"] = ["Level 4"]
    new = {
        "qualifications-new-body": ["World Archery"],
        "qualifications-new-level": ["Coach 1"],
        "qualifications-new-issued": ["2022-03"],
    }

    correct(sent, {"sport": ["Kyudo"], **own, **new}, "coaching")

    answers = json.loads(sent.frozen.canonical)["sections"]["coaching"]
    levels = [one["answers"]["level"] for one in answers["entries"]["qualifications"]]
    assert (answers["sport"], levels) == (["Kyudo"], [["Level 4"], ["Coach 1"]])


def test_entry_that_is_taken_out_leaves_and_the_last_one_needed_stays(sent, office):
    opened(sent, office, "coaching")
    first = SectionAnswers.objects.get(application=sent, section="coaching").entries[
        "qualifications"
    ][0]
    before = state(sent)

    with pytest.raises(StillWrong):
        correct(
            sent,
            {"sport": ["Kyudo"], f"qualifications-{first['id']}-remove": ["on"]},
            "coaching",
        )

    assert state(sent) == before


def test_entries_that_a_page_did_not_show_stay(sent, office):
    opened(sent, office, "coaching")

    correct(sent, {"sport": ["Kyudo"]}, "coaching")

    answers = json.loads(sent.frozen.canonical)["sections"]["coaching"]
    assert len(answers["entries"]["qualifications"]) == 1


def test_new_entry_that_was_refused_keeps_its_place_until_it_is_right(sent, office):
    opened(sent, office, "coaching")
    wrong = {"qualifications-new-body": ["World Archery"], "qualifications-new-level": ["Coach"]}

    with pytest.raises(StillWrong) as refusal:
        correct(sent, {"sport": ["Kyudo"], **wrong}, "coaching")
    (shown,) = (
        one
        for one in entry_forms.list_forms(refusal.value.loaded, refusal.value.section)
        if one.key == "qualifications"
    )
    again = {
        form.add_prefix(name): values
        for form in (one.form for one in shown.entries if one.remove)
        for name, values in form.typed.items()
    }
    added = shown.entries[1].form.prefix
    correct(sent, {"sport": ["Kyudo"], **again, f"{added}-issued": ["2022-03"]}, "coaching")

    answers = json.loads(sent.frozen.canonical)["sections"]["coaching"]
    bodies = [one["answers"]["body"] for one in answers["entries"]["qualifications"]]
    assert bodies[1:] == [["World Archery"]]


def test_text_that_no_longer_matches_its_fingerprint_is_not_built_upon(sent, office):
    opened(sent, office)
    sent.versions.update(canonical=sent.frozen.canonical.replace("archery", "judo"))

    with pytest.raises(Refused, match="Write to us"):
        correct(sent)
    assert stored(sent, "purpose") != PURPOSE


def test_key_of_somebody_else_answers_like_one_that_is_not_there(sent, office):
    opened(sent, office)
    stranger = make_user("stranger@example.org")

    with pytest.raises(Application.DoesNotExist):
        corrections.correct(sent.key, "purpose", PURPOSE, by=stranger, at=OPEN_AT)
    with pytest.raises(Application.DoesNotExist):
        corrections.change_contact(sent.key, MOVED, by=stranger, at=OPEN_AT)
    with pytest.raises(Application.DoesNotExist):
        corrections.ask(sent.key, "purpose", reason="x", by=stranger, at=OPEN_AT)


# --- When nothing may change --------------------------------------------------------------------


def test_draft_and_what_has_ended_cannot_be_changed_this_way(office):
    draft = make_application()
    ended = make_application(applicant=make_user("joel@example.org"), status=Status.SUBMITTED)
    asked = ask(ended)
    opened(ended, office, "identity")
    withdrawing.withdraw(ended.key, by=ended.applicant, at=OPEN_AT)

    for application in (draft, ended):
        for act in (change, ask, correct):
            with pytest.raises(NotChangeable):
                act(application)
    with pytest.raises(NotChangeable):
        corrections.grant(asked.pk, hours=1, by=office, at=OPEN_AT)


def test_correction_is_open_again_where_a_withdrawal_is_taken_back_in_time(sent, office):
    opened(sent, office)
    withdrawing.withdraw(sent.key, by=sent.applicant, at=OPEN_AT)

    withdrawing.take_back_withdrawal(sent.key, by=sent.applicant, at=OPEN_AT + TICK)

    assert correct(sent, at=OPEN_AT + TICK).version == 2


# --- The database ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"section": ""},
        {"decided_at": GRANTED_AT},
        {"until_at": GRANTED_AT},
        {"answer": "No"},
    ],
)
def test_database_refuses_a_request_that_is_half_decided(sent, wrong):
    ask(sent)

    with pytest.raises(IntegrityError), transaction.atomic():
        CorrectionRequest.objects.update(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"until_at": None},
        {"until_at": GRANTED_AT},
        {"answer": "No"},
        {"decided_by": None},
        {"decided_at": ASKED_AT - TICK},
    ],
)
def test_database_refuses_a_grant_without_an_end_or_a_name(sent, office, wrong):
    opened(sent, office)

    with pytest.raises(IntegrityError), transaction.atomic():
        CorrectionRequest.objects.update(**wrong)
