"""Every mail of a round takes the office's own words, and keeps what it must say."""

import logging
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from applications import surfaces
from applications.domain import access, changes, corrections, messages, workflow
from applications.domain.mailing import previews, samples, wordings
from applications.domain.mailing.facts import values_of
from applications.domain.mailing.kinds import OFFERS, TO_REFEREES, offered, template_of
from applications.domain.mailing.placeholders import Words, filled_html, problems
from applications.domain.referees import letters, reference_messages
from applications.domain.roles import ensure_roles
from applications.models import Application, LateGrant, RoundWording, Status, WordingKind
from jetportal.accounts.models import User
from jetportal.mail.models import OutgoingMail
from positions.domain import preflight, rounds
from positions.models import RecruitmentRound
from tests.applicants import (
    SENT_AT,
    STARTED_AT,
    make_application,
    make_office,
    make_staff,
    make_user,
    move,
)
from tests.applications.test_interviews import set_time
from tests.factories import CLOSES_AT, make_round
from tests.referees import ASKED_AT, WRITTEN_AT, ask, submit, token_of

pytestmark = pytest.mark.django_db

K = WordingKind
NOW = CLOSES_AT - timedelta(days=1)
NEVER_DROPPED = {
    K.CONFIRMATION: {"reference", "received", "deadline", "link"},
    K.ROUND_EXTENDED: {"deadline", "link"},
    K.ROUND_EXTENDED_LATE: {"deadline", "sent_late", "link"},
    K.ROUND_CANCELLED_SENT: {"reference", "round", "link"},
    K.LATE_GRANT: {"until", "link"},
    K.PART_ASKED: {"reference", "part", "words", "until", "link"},
    K.CORRECTION_GRANTED: {"reference", "part", "until", "link"},
    K.CORRECTION_DECLINED: {"reference", "part", "reason", "link"},
    K.ANSWERS_CHANGED: {"reference", "part", "fingerprint", "link"},
    K.REFERENCE_REQUEST: {"applicant", "deadline", "link"},
    K.REFERENCE_AGAIN: {"applicant", "deadline", "link"},
    K.REFERENCE_REMINDER: {"applicant", "deadline", "link"},
    K.REFERENCE_EXTENDED: {"applicant", "deadline", "link"},
    K.REFERENCE_UNSAFE: {"applicant", "deadline", "link"},
    K.REFERENCE_THANKS: {"applicant", "received"},
    K.REFERENCE_KEPT: {"applicant", "received"},
    K.INTERVIEW_TIME: {"reference", "starts", "where", "link"},
    K.INTERVIEW_CHANGED: {"reference", "starts", "where", "link"},
}


def own(round_: RecruitmentRound, *kinds: WordingKind) -> None:
    """Put own words in place for these kinds, or for all: their subject names the kind."""
    for kind in kinds or WordingKind:
        delivered = previews.as_delivered(kind)
        RoundWording.objects.create(
            round=round_,
            kind=kind,
            subject=f"Own {kind}",
            text=f"Aloha,\n\n{delivered.text}",
            changed_by=make_office(),
            changed_at=STARTED_AT,
        )


def newest(kind: str) -> OutgoingMail:
    mail: OutgoingMail = OutgoingMail.objects.filter(kind=kind).latest("pk")
    return mail


def office() -> User:
    ensure_roles()
    return User.objects.get(pk=make_staff("words@example.org", access.PROGRAM_OFFICE).pk)


# --- All of them --------------------------------------------------------------------------------


def test_no_mail_of_an_application_goes_round_the_own_words():
    writers = {
        path.as_posix()
        for path in Path("applications").rglob("*.py")
        if re.search(r"rendering import .*\brender\b", path.read_text())
    }

    folder = "applications/domain/mailing"
    assert writers == {f"{folder}/{name}.py" for name in ("placeholders", "previews", "wordings")}


def test_every_kind_takes_its_own_words_and_no_other():
    application = make_application(status=Status.SUBMITTED)
    round_ = application.round
    own(round_)

    subjects = {}
    for kind in WordingKind:
        context = samples.context_of(kind, application, at=NOW)
        mail = wordings.written_to("x@example.org", template_of(kind), round_, context)
        worded = ("Aloha," in mail.text, "<p>Aloha,</p>" in mail.html)
        subjects[kind] = (mail.subject, mail.kind, *worded)

    assert subjects == {
        kind: (f"Own {kind}", template_of(kind), True, True) for kind in WordingKind
    }


def test_words_without_what_a_mail_must_say_are_refused():
    assert {kind: set(OFFERS[kind][0]) for kind in NEVER_DROPPED} == NEVER_DROPPED
    for kind in WordingKind:
        whole = previews.as_delivered(kind)
        for name in OFFERS[kind][0]:
            less = Words("Hello", whole.text.replace(f"{{{name}}}", "it"))
            (said,) = problems(less, offered(kind))["text"]
            assert said.startswith(f"{{{name}}} is missing: "), (kind, said)


def test_names_of_people_keep_their_direction_and_links_of_a_meeting_open():
    values = {"applicant": "ענת <b>", "where": "https://meet.example.org/a?b=1&c=2, Room 3"}

    html = filled_html("{applicant}\n\n{where}", values)

    address = "https://meet.example.org/a?b=1&amp;c=2"
    assert html == (
        f'<p><bdi>ענת &lt;b&gt;</bdi></p>\n<p><a href="{address}">{address}</a>, Room 3</p>'
    )


def test_fact_that_is_not_known_leaves_no_hole():
    application = make_application(filled=False)
    request = samples._request(application)
    context = reference_messages.to_referee(request, link=False)
    own(application.round, K.REFERENCE_CANCELLED, K.REFERENCE_REQUEST)

    mail = wordings.written_to("x@example.org", "reference_request", application.round, context)

    assert "for the position of JET participant." in mail.text
    assert "職種（未定）" in mail.text


# --- The confirmation ---------------------------------------------------------------------------


def send(application: Application) -> OutgoingMail:
    by, at = application.applicant, SENT_AT
    workflow.submit(application.key, by=by, received_at=at, recorded_at=at)
    mail: OutgoingMail = OutgoingMail.objects.get(key=f"confirmation:{application.pk}")
    return mail


def test_confirmation_in_own_words_is_the_same_mail_at_no_query_more():
    round_ = make_round()
    first, second = make_application(), make_application(applicant=make_user("b@example.org"))

    with CaptureQueriesContext(
        connection,
    ) as delivered:
        send(first)
    own(round_, K.CONFIRMATION)
    with CaptureQueriesContext(connection) as worded:
        mail = send(second)

    second.refresh_from_db()
    assert len(worded) == len(delivered)
    assert (mail.kind, mail.recipient) == ("confirmation", second.email)
    assert mail.subject == "Own confirmation"
    text = mail.text.replace("\u00a0", " ")
    for fact in (
        f"Reference: {second.reference_shown}",
        "Received: ",
        "Deadline: Friday, March 14, 2025, 11:59 PM HST",
        "Interview location: New York",
        "Documents: ",
        f"/applications/{second.key}/receipt/",
    ):
        assert fact in text


def test_broken_words_never_cost_anybody_their_confirmation(caplog):
    application = make_application()
    own(application.round, K.CONFIRMATION)
    RoundWording.objects.update(text="Thank you.")

    with caplog.at_level(logging.ERROR):
        mail = send(application)

    assert mail.subject.startswith("Received: your SEA application")
    told = [record.getMessage() for record in caplog.records]
    assert told == ["own words unused round=sea-2025-summer kind=confirmation: ValueError"]


@pytest.mark.parametrize(
    "text",
    [
        "We have it: {reference}, at {received}.\n\nTime was until {deadline}.\n\n{link}",
        "{reference} {received}\n\nInterviews: Monday, April 7, 2025, 9:00\u00a0AM\u00a0HST.\n\n"
        "Last minute: {deadline}\n\n{link}",
        "{reference} {received}\n\nDeadline: see below\n\nIt was {deadline}\n\n{link}",
    ],
)
def test_drill_reads_the_confirmation_as_it_is_worded(text):
    make_round()
    round_ = RecruitmentRound.objects.with_vacancies().get()
    own(round_, K.CONFIRMATION)
    RoundWording.objects.update(text=text)

    report = preflight.report(round_, at=SENT_AT)

    readings = [
        reading
        for drill in report.drills
        for reading in drill.readings
        if reading.surface == "confirmation mail"
    ]
    assert len(readings) > 3
    assert {reading.fault for reading in readings} == {""}


def test_drill_finds_a_confirmation_that_tells_another_deadline():
    round_ = make_round()
    wrong = "Until Friday, March 21, 2025, 11:59\u00a0PM\u00a0HST"

    words = surfaces._deadline_in(f"{wrong}\n", round_, arrived="")

    assert words == wrong.removeprefix("Until ")
    assert surfaces._deadline_in("No moment at all", round_, arrived="") == ""


# --- Letters ------------------------------------------------------------------------------------


def test_request_in_own_words_carries_the_living_link_and_says_who_named_the_referee():
    application = make_application()
    own(application.round, *TO_REFEREES)

    request = ask(application)

    mail, token = newest("reference_request"), token_of(request)
    assert mail.subject == "Own reference_request"
    assert mail.text.count(f"/references/{token}/") == 2  # in English and in Japanese
    assert f'<a href="http://testserver/references/{token}/">' in mail.html
    assert "because Ana Lindqvist-Moreno named you as a referee on our portal." in mail.text
    assert "because <bdi>Ana Lindqvist-Moreno</bdi> named you" in mail.html
    assert "推薦状のご作成" in mail.text


def test_preview_never_shows_the_link_of_a_referee():
    application = make_application(status=Status.SUBMITTED)
    request = ask(application, at=SENT_AT)
    token = token_of(request)

    seen = {}
    for kind in WordingKind:
        mail, html = previews.preview(kind, previews.as_delivered(kind), application, at=NOW)
        seen[kind] = mail.subject + mail.text + mail.html + html

    assert [kind for kind, text in seen.items() if token in text] == []
    stood_in = {kind for kind, text in seen.items() if f"/references/{samples.STAND_IN}/" in text}
    assert stood_in == {kind for kind in TO_REFEREES if "link" in OFFERS[kind][0]}
    request.refresh_from_db()
    assert token_of(request) == token


def test_preview_of_a_mail_about_a_draft_leads_to_the_form():
    application = make_application(status=Status.SUBMITTED)

    links = {
        kind: values_of(kind, samples.context_of(kind, application, at=NOW))["link"]
        for kind in (K.ROUND_CANCELLED, K.DOCUMENT_REFUSED, K.ROUND_CANCELLED_SENT)
    }

    assert [link.rpartition(f"{application.key}/")[2] for link in links.values()] == [
        "",
        "documents/",
        "receipt/",
    ]
    assert application.status == Status.SUBMITTED


def test_letter_is_confirmed_to_both_in_own_words_in_time_and_late():
    application = make_application()
    own(application.round)
    request = ask(application)

    submit(request)

    assert newest("reference_thanks").subject == "Own reference_thanks"
    assert newest("reference_received").subject == "Own reference_received"
    late = ask(make_application(applicant=make_user("b@example.org")))
    submit(late, at=CLOSES_AT)
    assert newest("reference_thanks").subject == "Own reference_kept"


def test_referee_who_declines_is_told_of_in_own_words():
    application = make_application()
    own(application.round)
    request = ask(application, at=ASKED_AT)

    letters.decline(token_of(request), reason="No time", at=WRITTEN_AT)

    mail = newest("reference_declined")
    assert mail.subject == "Own reference_declined"
    assert "No time" not in mail.text


# --- Interviews ---------------------------------------------------------------------------------


def test_interview_keeps_its_calendar_entry_whatever_the_words_are():
    file = make_application(status=Status.INTERVIEW_OFFERED)
    own(file.round)

    set_time(file)
    set_time(file, minutes=45)

    first, second = OutgoingMail.objects.filter(kind="interview_time").order_by("pk")
    assert (first.subject, second.subject) == ("Own interview_time", "Own interview_changed")
    assert "Place: https://meet.example.org/room" in first.text
    assert "HST" in first.text
    for mail in (first, second):
        assert (mail.attachment_name, mail.attachment_kind) == ("interview.ics", "text/calendar")
        assert Calendar.from_ical(mail.attachment).walk("VEVENT")


# --- Corrections and changes of a round ---------------------------------------------------------


def test_corrections_are_answered_and_confirmed_in_own_words():
    application = make_application(status=Status.SUBMITTED)
    own(application.round)
    by = office()
    at = SENT_AT + timedelta(hours=1)
    for section in ("purpose", "education"):
        corrections.ask(application.key, section, reason="A slip.", by=application.applicant, at=at)
    purpose, education = application.corrections.order_by("pk")

    corrections.grant(purpose.pk, hours=48, by=by, at=at)
    corrections.decline(education.pk, answer="It is <right> as it is.", by=by, at=at)

    granted, declined = newest("correction_granted"), newest("correction_declined")
    assert granted.subject == "Own correction_granted"
    assert "HST" in granted.text
    assert declined.subject == "Own correction_declined"
    assert "It is <right> as it is." in declined.text
    assert "It is &lt;right&gt; as it is." in declined.html


def test_late_grant_is_told_in_own_words():
    application = make_application()
    own(application.round)
    grant = LateGrant(
        applicant=application.applicant,
        round=application.round,
        until_at=CLOSES_AT + timedelta(days=2),
    )

    mail = messages.late_grant(grant, application)

    assert (mail.subject, mail.to) == ("Own late_grant", application.applicant.email)
    assert "Your deadline: Sunday, March 16, 2025, 11:59 PM HST" in mail.text.replace("\u00a0", " ")


def extend() -> None:
    rounds.extend(
        RecruitmentRound.objects.get().pk,
        day=(CLOSES_AT + timedelta(days=6)).date(),
        clock=(CLOSES_AT - timedelta(minutes=1, hours=10)).time(),
        reason="A storm",
        by=make_office(),
        at=NOW,
    )


@pytest.mark.parametrize("people", [1, 3])
def test_change_of_a_round_is_told_in_own_words_at_one_query_for_a_batch(people):
    for number in range(people):
        make_application(applicant=make_user(f"p{number}@example.org"), filled=False)
    own(RecruitmentRound.objects.get(), K.ROUND_EXTENDED)
    extend()

    with CaptureQueriesContext(connection) as queries:
        changes.tell_due(at=NOW)

    mails = OutgoingMail.objects.filter(kind="round_extended")
    assert [mail.subject for mail in mails] == ["Own round_extended"] * people
    asked = [query["sql"] for query in queries if '"applications_roundwording"' in query["sql"]]
    assert len(asked) == 1


def test_person_with_a_later_end_reads_it_as_their_deadline():
    application = make_application(filled=False)
    application.late_until = CLOSES_AT + timedelta(days=30)
    context = samples._extension(application, NOW)
    own(application.round, K.ROUND_EXTENDED)

    mail = wordings.written("round_extended", application, context)

    assert "It is now: Sunday, April 13, 2025, 11:59 PM HST" in mail.text.replace("\u00a0", " ")


def test_cancelled_round_has_words_for_drafts_and_for_applications():
    make_application(applicant=make_user("draft@example.org"), filled=False)
    sent = make_application(status=Status.SUBMITTED)
    own(sent.round)
    rounds.cancel(sent.round.pk, reason="No post", by=make_office(), at=NOW)

    changes.tell_due(at=NOW)

    told = OutgoingMail.objects.filter(kind="round_cancelled").order_by("pk")
    assert [mail.subject for mail in told] == ["Own round_cancelled", "Own round_cancelled_sent"]
    assert all("No post" in mail.text for mail in told)


def test_withdrawal_is_told_in_its_own_words_still():
    application = make_application(status=Status.SUBMITTED)
    own(application.round, K.WITHDRAWN)

    move(application, Status.WITHDRAWN, at=NOW)

    assert newest("withdrawn").subject == "Own withdrawn"
