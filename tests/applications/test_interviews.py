"""The one interview: its time, its mail with a calendar entry, its panel, its result sheets."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from icalendar import Calendar

from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.review import interviews, judging
from applications.domain.review.interviews import Plan
from applications.models import (
    Application,
    ConflictAnswer,
    Interview,
    InterviewSheet,
    Recommendation,
    Status,
)
from jetportal.accounts.models import User
from jetportal.mail.message import Attachment, Message, UnsendableError
from jetportal.mail.models import OutgoingMail
from positions.models import InterviewMode
from tests.applicants import SENT_AT, make_application, make_office, make_staff, seat_panel
from tests.applications.desk import LIST

pytestmark = pytest.mark.django_db

STARTS = datetime(2025, 3, 20, 18, 30, tzinfo=UTC)  # 2:30 PM in New York, 8:30 AM in Hawaii
WORDS = "Thursday, March 20, 2025, 2:30\u00a0PM\u00a0EDT"
HAWAII = "Thursday, March 20, 2025, 8:30\u00a0AM\u00a0HST"


@pytest.fixture
def file() -> Application:
    return make_application(status=Status.INTERVIEW_OFFERED)


def interviewer(name: str = "panel") -> User:
    return make_staff(f"{name}@example.org", access.INTERVIEWERS)


def plan(*panel: User, **changes: object) -> Plan:
    values = {
        "day": date(2025, 3, 20),
        "clock": time(14, 30),
        "zone": ZoneInfo("America/New_York"),
        "minutes": 30,
        "mode": InterviewMode.ONLINE,
        "place": "",
        "link": "https://meet.example.org/room",
        "panel": panel or (interviewer(),),
    }
    return Plan(**{**values, **changes})


def set_time(file: Application, *panel: User, at=SENT_AT, by=None, **changes: object) -> Interview:
    seen = interviews.mark_of(interviews.of(file))
    by = by or make_office()
    return interviews.set_time(file.pk, plan(*panel, **changes), seen=seen, by=by, at=at)


def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="interview_time").order_by("pk"))


def test_applicant_is_invited_on_two_clocks_with_an_entry_for_the_calendar(file):
    interview = set_time(file)

    mail = mails()[0]
    event = Calendar.from_ical(mail.attachment).walk("VEVENT")[0]
    assert interview.starts_at == STARTS
    assert mail.subject == f"Your interview: {WORDS}".replace("\u00a0", " ")
    assert HAWAII in mail.text
    assert "https://meet.example.org/room" in mail.text
    assert (mail.attachment_name, mail.attachment_kind) == ("interview.ics", "text/calendar")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (
        STARTS,
        STARTS + timedelta(minutes=30),
    )
    assert event["sequence"] == 0


def test_change_is_told_once_and_replaces_the_entry(file):
    set_time(file)
    set_time(file, interviewer(), interviewer("second"))  # the panel alone is told to nobody
    set_time(file, clock=time(15, 0))

    first, second = (Calendar.from_ical(mail.attachment).walk("VEVENT")[0] for mail in mails())
    assert first["uid"] == second["uid"]
    assert (first["sequence"], second["sequence"]) == (0, 1)
    assert mails()[1].subject.startswith("New time of your interview: ")
    assert Interview.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"day": date(2025, 3, 12), "clock": time(0, 0)}, "day"),
        ({"day": date(2026, 3, 8), "clock": time(2, 30)}, "clock"),  # skipped in New York
        ({"day": date(2025, 11, 2), "clock": time(1, 30)}, "clock"),  # there twice
        ({"link": " "}, "link"),
        ({"mode": InterviewMode.IN_PERSON, "place": ""}, "place"),
    ],
)
def test_time_or_place_that_cannot_be_is_refused_and_nobody_is_told(file, changes, field):
    with pytest.raises(Refused) as refusal:
        set_time(file, **changes)

    assert refusal.value.field == field
    assert not Interview.objects.exists()
    assert mails() == []


def test_mode_is_that_of_the_round(file):
    file.round.interview_mode = InterviewMode.IN_PERSON
    file.round.save()

    with pytest.raises(Refused, match="held in person"):
        set_time(file)


@pytest.mark.parametrize("status", [Status.IN_SCREENING, Status.INTERVIEWED, Status.WITHDRAWN])
def test_only_who_is_invited_is_given_a_time(status):
    with pytest.raises(Refused, match="invited"):
        set_time(make_application(status=status))

    assert mails() == []


@pytest.mark.parametrize(("consulate", "may"), [("new-york", True), ("denver", False)])
def test_interview_is_set_by_the_own_consulate(file, consulate, may):
    by = make_staff("desk@example.org", access.COORDINATORS, consulate=consulate)

    if may:
        assert set_time(file, by=by).set_by == by
    else:
        with pytest.raises(Refused):
            set_time(file, by=by)


def test_panel_holds_interviewers_who_do_not_know_the_applicant(file):
    friend = interviewer("friend")
    ConflictAnswer.objects.create(application=file, by=friend, knows=True, at=SENT_AT)

    for wrong in ((make_staff("other@example.org"),), (friend,)):
        with pytest.raises(Refused) as refusal:
            set_time(file, *wrong)
        assert refusal.value.field == "panel"


def test_whoever_leaves_the_panel_or_knows_the_person_sees_the_file_no_more(file):
    first, second = interviewer("first"), interviewer("second")
    set_time(file, first, second)
    for user in (first, second):
        judging.answer(file.pk, knows=False, by=user, at=SENT_AT)
    seen = [access.reviewable_by(user, at=SENT_AT).exists() for user in (first, second)]

    set_time(file, first)
    judging.answer(file.pk, knows=True, by=first, at=SENT_AT)

    assert seen == [True, True]
    assert not any(access.reviewable_by(user, at=SENT_AT).exists() for user in (first, second))
    assert not file.interview.panel.exists()


def test_result_sheet_is_given_once_after_the_beginning(file):
    user, other = interviewer("first"), interviewer("second")
    interview = seat_panel(file, user, other)
    begun = interview.starts_at

    def give(by: User, at: datetime) -> InterviewSheet:
        return interviews.give_result(
            file.pk, Recommendation.RECOMMEND, comment=" Calm. ", by=by, at=at
        )

    with pytest.raises(Refused, match="not begun"):
        give(user, begun - timedelta(microseconds=1))
    sheet = give(user, begun)
    with pytest.raises(Refused, match="in already"):
        give(user, begun)
    with pytest.raises(Refused, match="not on the panel"):
        give(make_office(), begun)

    assert sheet.comment == "Calm."
    assert interviews.sheets_of(interview, user=user, at=begun) == [sheet]
    assert interviews.sheets_of(interview, user=other, at=begun) == []
    assert interviews.sheets_of(interview, user=make_office(), at=begun) == [sheet]


@pytest.mark.parametrize(
    "changes",
    [{"link": ""}, {"mode": "in_person"}, {"mode": ""}, {"minutes": 5}, {"starts_at": SENT_AT}],
)
def test_database_refuses_an_interview_without_place_or_ahead_of_nothing(file, changes):
    seat_panel(file)

    with pytest.raises(IntegrityError), transaction.atomic():
        Interview.objects.update(**changes)


@pytest.mark.parametrize(
    "attached",
    [
        Attachment("../x.ics", "text/calendar", "x"),
        Attachment("x.ics", "application/pdf", "x"),
        Attachment("x.ics", "text/calendar", ""),
        Attachment("x.ics", "text/calendar", "a\x00b"),
    ],
)
def test_attachment_that_is_no_plain_text_never_enters_the_outbox(attached):
    with pytest.raises(UnsendableError):
        Message(kind="x", to="a@example.org", subject="x", text="x", attachment=attached)


FORM = {
    "day": "2025-03-20",
    "clock": "14:30",
    "zone": "America/New_York",
    "minutes": "30",
    "mode": "online",
    "link": "https://meet.example.org/room",
}


def test_coordinator_sets_it_on_its_page_and_the_panel_finds_it(coordinator, at_the_desk, file):
    address = f"{LIST}{file.pk}/interview/"
    panel = interviewer()

    with time_machine.travel(SENT_AT, tick=False):
        shown = coordinator.get(address)
        led = coordinator.post(address, {**FORM, "panel": [panel.pk]})
        text = coordinator.get(f"{LIST}{file.pk}/change/").content.decode()
        client: Client = at_the_desk(access.INTERVIEWERS, email=panel.email)
        queue = client.get("/admin/applications/assignment/").content.decode()

    assert shown.status_code == 200
    assert led["Location"] == f"{LIST}{file.pk}/change/"
    assert WORDS in text
    assert HAWAII in text
    assert file.reference_shown in queue


def test_what_somebody_set_meanwhile_is_shown_and_overwritten_only_knowingly(coordinator, file):
    address, panel = f"{LIST}{file.pk}/interview/", interviewer()
    sent = {**FORM, "panel": [panel.pk], "seen": ""}
    set_time(file, panel, clock=time(9, 0))

    with time_machine.travel(SENT_AT, tick=False):
        refused = coordinator.post(address, sent)
        seen = refused.context["seen"]
        kept = Interview.objects.get().starts_at
        again = coordinator.post(address, {**sent, "seen": seen})
        pressed_twice = coordinator.post(address, {**sent, "seen": seen})

    text = refused.content.decode()
    assert refused.status_code == 422
    assert "results1@example.org has set this interview meanwhile" in text
    assert "9:00" in text
    assert 'value="14:30"' in text
    assert kept == STARTS - timedelta(hours=5, minutes=30)
    assert [again.status_code, pressed_twice.status_code] == [302, 302]
    assert Interview.objects.get().starts_at == STARTS
    assert len(mails()) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day": "2025-03-01"}, "This time is over."),
        ({"link": ""}, "Give the link to the meeting."),
        ({"panel": []}, "Fill this in."),
        ({"panel": ["9" * 30]}, "Choose from this list."),
        ({"zone": "Nowhere"}, "Choose one of the answers offered here."),
    ],
)
def test_page_says_what_is_wrong_and_keeps_what_was_typed(coordinator, file, changes, words):
    sent = {**FORM, "place": "Room 3", "panel": [interviewer().pk], **changes}

    with time_machine.travel(SENT_AT, tick=False):
        answer = coordinator.post(f"{LIST}{file.pk}/interview/", sent)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Room 3" in answer.content.decode()
    assert mails() == []


def test_interviewer_writes_the_result_on_its_page(at_the_desk, file):
    user = interviewer()
    interview = seat_panel(file, user)
    client = at_the_desk(access.INTERVIEWERS, email=user.email)

    with time_machine.travel(interview.starts_at, tick=False):
        text = client.get(f"{LIST}{file.pk}/change/").content.decode()
        client.post(
            f"{LIST}{file.pk}/interview/result/", {"recommendation": "not", "comment": "Late"}
        )

    assert "Write your result sheet" in text
    assert file.email not in text
    assert InterviewSheet.objects.get().recommendation == Recommendation.NOT


def test_sheet_of_whoever_knows_the_person_is_left_out_and_hidden_from_them(
    office, coordinator, at_the_desk, file
):
    user, other = interviewer("first"), interviewer("second")
    begun = seat_panel(file, user, other).starts_at
    for by, comment in ((user, "Calm."), (other, "Quick.")):
        interviews.give_result(file.pk, Recommendation.NOT, comment=comment, by=by, at=begun)
    client = at_the_desk(access.INTERVIEWERS, email=user.email)
    page = f"{LIST}{file.pk}/change/"

    def told(browser: Client) -> tuple[bool, ...]:
        text = browser.get(page).content.decode()
        words = ("Calm.", "Quick.", "<s>I do not recommend this person</s>")
        return tuple(word in text for word in words)

    with time_machine.travel(begun, tick=False):
        before = [told(browser) for browser in (client, office, coordinator)]
        client.post(f"{LIST}{file.pk}/known/")
        answers = [
            client.get(path).status_code for path in (page, f"{LIST}{file.pk}/interview/result/")
        ]
        after = [told(browser) for browser in (office, coordinator)]

    assert before == [(True, True, False)] * 3
    assert answers == [404, 404]
    assert after == [(False, True, True), (False, True, False)]
