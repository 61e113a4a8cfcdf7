"""Answers to results: in time they move, late they are kept; reminders; what staff do without."""

from datetime import date, timedelta

import pytest

from applications.domain import withdrawing, workflow
from applications.domain.errors import MoveNotAllowed, ReasonNeeded, Refused
from applications.domain.moves import Actor
from applications.domain.outcomes import replies, seats
from applications.models import (
    REPLIES,
    Application,
    Reply,
    ReplyForm,
    SeatEvent,
    Status,
    StatusChange,
)
from jetportal.mail.models import OutgoingMail
from tests.applicants import SENT_AT, make_application, make_office, make_staff, make_user
from tests.factories import TICK

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NOW = SENT_AT + timedelta(days=1)


def person(number: int, status: Status) -> Application:
    return make_application(applicant=make_user(f"person{number}@example.org"), status=status)


def offered(number: int = 1) -> Application:
    return person(number, Status.SHORT_LISTED)


def until() -> object:
    return ReplyForm.objects.latest("pk").until_at


def answer(application: Application, reply: Reply, *, at=NOW) -> ReplyForm:
    return replies.answer(application.key, reply, by=application.applicant, received_at=at)


def newest_mail() -> str:
    return OutgoingMail.objects.first().kind


def test_form_opens_with_the_result_for_two_weeks_to_the_end_of_the_day():
    application = offered()

    form = ReplyForm.objects.select_related("application__round").get()

    assert (form.application, form.asked) == (application, Status.SHORT_LISTED)
    assert form.deadline.replace("\u00a0", " ") == "Thursday, March 27, 2025, 11:59 PM HST"


@pytest.mark.parametrize(
    ("status", "reply", "target", "mail"),
    [
        (Status.SHORT_LISTED, Reply.ACCEPT, Status.ACCEPTED, "reply_received"),
        (Status.SHORT_LISTED, Reply.DECLINE, Status.DECLINED, "reply_received"),
        (Status.ALTERNATE, Reply.KEEP, Status.ALTERNATE_KEPT, "reply_received"),
        (Status.ALTERNATE, Reply.LEAVE, Status.WITHDRAWN, "withdrawn"),
    ],
)
def test_answer_moves_and_is_confirmed(status, reply, target, mail):
    application = person(1, status)

    form = answer(application, reply)

    assert (form.answer, form.closed_at) == (reply, NOW)
    application.refresh_from_db()
    assert (application.status, application.status_at) == (target, NOW)
    assert newest_mail() == mail
    assert not ReplyForm.objects.waiting().exists()


def test_every_reply_has_its_target_and_its_question():
    assert (
        {reply for row in REPLIES.values() for reply in row} == set(Reply) == set(replies.TARGETS)
    )


def test_answer_counts_to_the_last_microsecond():
    application = offered()

    answer(application, Reply.ACCEPT, at=until() - TICK)

    assert Application.objects.get().status == Status.ACCEPTED


def test_late_answer_moves_nothing_and_is_kept():
    application = offered()
    end = until()

    form = answer(application, Reply.ACCEPT, at=end)
    answer(application, Reply.DECLINE, at=end + timedelta(hours=1))

    assert (form.answer, form.late_answer, form.late_at) == ("", Reply.ACCEPT, end)
    assert ReplyForm.objects.get().late_answer == Reply.DECLINE
    assert Application.objects.get().status == Status.SHORT_LISTED
    assert OutgoingMail.objects.filter(kind="late_reply").count() == 1


def test_answer_to_something_else_is_refused():
    application = offered()

    with pytest.raises(MoveNotAllowed):
        answer(application, Reply.KEEP)
    with pytest.raises(Application.DoesNotExist):
        replies.answer(
            application.key, Reply.ACCEPT, by=make_user("x@example.org"), received_at=NOW
        )
    answer(application, Reply.ACCEPT)
    with pytest.raises(MoveNotAllowed, match="accepted already"):
        answer(application, Reply.DECLINE)


def test_reply_has_its_own_page_and_is_no_direct_move():
    application = offered()

    with pytest.raises(MoveNotAllowed, match="own page"):
        workflow.move_own(application.key, Status.ACCEPTED, by=application.applicant, at=NOW)


def test_reminders_leave_once_each_before_the_end():
    offered()
    end = until()
    moments = [
        end - timedelta(days=7) - TICK,
        end - timedelta(days=7),
        end - timedelta(days=6),
        end - timedelta(days=2),
        end,
    ]

    sent = [replies.remind_due(at=at) for at in moments]

    assert sent == [0, 1, 0, 1, 0]
    assert OutgoingMail.objects.filter(kind="reply_reminder").count() == 2


def test_missed_night_sends_the_newest_reminder_alone():
    offered()
    end = until()

    assert replies.remind_due(at=end - timedelta(hours=30)) == 1
    assert replies.remind_due(at=end - timedelta(hours=29)) == 0


def test_whoever_has_answered_is_not_reminded():
    application = offered()
    answer(application, Reply.ACCEPT)

    assert replies.remind_due(at=NOW + timedelta(days=13)) == 0


def test_form_opened_late_is_not_reminded_of_days_before_it_was():
    application = person(1, Status.ALTERNATE)
    end = NOW + timedelta(days=4)
    upgrade(application)
    ReplyForm.objects.waiting().update(until_at=end)

    assert replies.remind_due(at=NOW + timedelta(hours=1)) == 0
    assert replies.remind_due(at=end - timedelta(days=1)) == 1


def upgrade(application: Application, *, at=NOW, reason: str = "") -> Application:
    return workflow.move(
        application.pk,
        Status.SHORT_LISTED,
        by=make_office(),
        actors={Actor.PROGRAM_OFFICE},
        at=at,
        reason=reason,
    )


def test_staff_mark_declined_after_the_end_with_a_reason():
    application = offered()
    end, office = until(), make_office()

    with pytest.raises(Refused, match="can answer until"):
        replies.mark_declined(application.pk, by=office, at=end - TICK, reason="No answer")
    with pytest.raises(ReasonNeeded):
        replies.mark_declined(application.pk, by=office, at=end, reason=" ")
    coordinator = make_staff("c@example.org", "Coordinators", consulate="new-york")
    with pytest.raises(Refused, match="program office"):
        replies.mark_declined(application.pk, by=coordinator, at=end, reason="No answer")
    replies.mark_declined(application.pk, by=office, at=end, reason="No answer, called twice")

    change = StatusChange.objects.latest("pk")
    assert (change.to_status, change.by, change.reason) == (
        "declined",
        office,
        "No answer, called twice",
    )
    assert newest_mail() == "marked_declined"


def test_late_answer_can_be_counted_by_the_program_office():
    application = offered()
    end = until()
    with pytest.raises(Refused, match="came late"):
        replies.count_late(application.pk, by=make_office(), at=end, reason="Storm")
    answer(application, Reply.ACCEPT, at=end)

    replies.count_late(application.pk, by=make_office(), at=end + TICK, reason="Storm in Guam")

    assert Application.objects.get().status == Status.ACCEPTED
    assert newest_mail() == "late_reply_counted"


def test_late_leaving_that_is_counted_keeps_the_reason_of_the_office():
    application, end = person(1, Status.ALTERNATE), until()
    answer(application, Reply.LEAVE, at=end)

    replies.count_late(application.pk, by=make_office(), at=end + TICK, reason="Storm in Guam")

    change = application.history.last()
    assert (change.to_status, change.reason) == (Status.WITHDRAWN, "Storm in Guam")


def test_withdrawal_taken_back_opens_the_same_form_again():
    application = person(1, Status.ALTERNATE)
    answer(application, Reply.LEAVE)

    withdrawing.take_back_withdrawal(application.key, by=application.applicant, at=NOW)

    form = ReplyForm.objects.get()
    assert (form.closed_at, form.answer, form.asked) == (None, "", Status.ALTERNATE)


def held(application: Application) -> seats.Seats:
    return seats.count([application.vacancy])[application.vacancy.key]


def test_ledger_sums_are_the_statuses_at_every_step():
    first, second = offered(1), person(2, Status.ALTERNATE)
    assert held(first) == seats.Seats(2, offered=1, listed=1)

    answer(first, Reply.DECLINE)
    assert held(first) == seats.Seats(2, declined=1, listed=1, given_back=1)
    upgrade(second)
    assert held(first) == seats.Seats(2, declined=1, offered=1)
    answer(second, Reply.ACCEPT)
    assert held(first) == seats.Seats(2, declined=1, accepted=1)
    withdrawing.withdraw(second.key, by=second.applicant, at=NOW)

    assert held(first) == seats.Seats(2, declined=1, given_back=1)
    assert held(first).free == 2
    lines = SeatEvent.objects.filter(application=second).values_list("gave_back", "took")
    assert list(lines) == [
        ("", "listed"),
        ("listed", "offered"),
        ("offered", "accepted"),
        ("accepted", ""),
    ]


def test_next_alternate_is_the_first_who_still_stands_with_the_reason():
    people = [person(number, Status.ALTERNATE) for number in (1, 2, 3)]
    key = people[0].vacancy.key

    assert seats.next_alternate(key).why == "First on the list."
    answer(people[0], Reply.LEAVE)
    following = seats.next_alternate(key)

    assert following.decision.application == people[1]
    assert following.why == "Number 2 on the list; the 1 before has left it."


def test_upgrade_out_of_turn_or_beyond_the_seats_must_be_explained():
    offered(1), offered(2)
    first, second = person(3, Status.ALTERNATE), person(4, Status.ALTERNATE)

    with pytest.raises(seats.SeatReasonNeeded) as refusal:
        upgrade(second)
    assert str(refusal.value) == (
        "Seats: 2, 0 accepted, 2 offered. There is none free for this. "
        f"It is not their turn: {first.reference_shown} is next. Give the reason."
    )
    upgrade(second, reason="One more post was notified today.")

    assert Application.objects.get(pk=second.pk).status == Status.SHORT_LISTED
    assert newest_mail() == "upgraded"
    assert held(first).free == -1


def test_withdrawal_is_not_taken_back_when_the_place_was_given_away():
    first, other, alternate = offered(1), offered(2), person(3, Status.ALTERNATE)
    withdrawing.withdraw(first.key, by=first.applicant, at=NOW)
    upgrade(alternate)

    with pytest.raises(MoveNotAllowed, match="offered to somebody else"):
        withdrawing.take_back_withdrawal(first.key, by=first.applicant, at=NOW)

    withdrawing.withdraw(other.key, by=other.applicant, at=NOW)
    withdrawing.take_back_withdrawal(other.key, by=other.applicant, at=NOW)
    assert held(first) == seats.Seats(2, offered=2)


def set_end(on: date | None) -> None:
    replies.set_days(
        "sea-2025-summer",
        reply_days=14,
        upgrade_reply_days=5,
        list_ends_on=on,
        by=make_office(),
        at=NOW,
    )


def test_alternate_list_closes_with_its_last_day_and_everybody_on_it_is_told():
    person(1, Status.ALTERNATE), person(2, Status.ALTERNATE_KEPT), offered(3)
    set_end(date(2025, 12, 12))
    end = SENT_AT.replace(month=12, day=13, hour=10, minute=0)

    assert replies.close_lists(at=end - TICK) == 0
    assert replies.close_lists(at=end) == 2
    assert replies.close_lists(at=end) == 0

    statuses = Application.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["list_closed", "list_closed", "short_listed"]
    assert OutgoingMail.objects.filter(kind="list_closed").count() == 2


def test_list_that_was_made_longer_meanwhile_closes_for_nobody():
    application = person(1, Status.ALTERNATE)
    set_end(date(2025, 12, 13))
    read_before = SENT_AT.replace(
        month=12, day=13, hour=10, minute=0
    )  # by the end of the day ahead

    assert not replies._close(application.pk, at=read_before)

    assert Application.objects.get().status == Status.ALTERNATE


def test_upgrade_is_answered_within_the_days_of_the_round():
    application = person(1, Status.ALTERNATE)
    set_end(None)

    upgrade(application)

    form = ReplyForm.objects.select_related("application__round").latest("pk")
    assert form.deadline.startswith("Wednesday, March 19, 2025")


def test_end_of_the_list_lies_ahead():
    offered()

    with pytest.raises(Refused, match="is over"):
        set_end(date(2025, 3, 1))
