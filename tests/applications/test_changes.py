"""What applicants hear about their round: once per change, resumed where a run stopped."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command

from applications import tasks
from applications.domain import changes
from applications.domain.form import drafts
from applications.domain.lateness import lapse
from applications.models import Application, RoundChangeTold, Status
from jetportal.accounts.models import User
from jetportal.mail.models import OutgoingMail
from positions.deadlines import HST, LAPSE_AFTER
from positions.domain import announcements, rounds
from positions.domain.told import change_key
from positions.models import RecruitmentRound, RoundChange
from tests.applicants import SENT_AT, make_application, make_staff, make_user
from tests.factories import CLOSES_AT, TICK
from tests.positions.watching import archery_round, make_watch

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

AT = CLOSES_AT - timedelta(days=1)
LATER = CLOSES_AT + timedelta(days=7)


def office() -> User:
    return make_staff("office@example.org")


def extend(*, at: datetime = AT, to: datetime = LATER) -> RoundChange:
    last = (to - timedelta(minutes=1)).astimezone(HST)
    round_ = RecruitmentRound.objects.get()
    return rounds.extend(
        round_.pk, day=last.date(), clock=last.time(), reason="A storm", by=office(), at=at
    )


def cancel(*, at: datetime = AT) -> RoundChange:
    round_ = RecruitmentRound.objects.get()
    return rounds.cancel(round_.pk, reason="No post is left", by=office(), at=at)


def person(number: int, **values: object) -> Application:
    applicant = make_user(f"person{number}@example.org")
    return make_application(**{"applicant": applicant, "filled": False, **values})


def told() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("key", flat=True))


def words() -> str:
    return OutgoingMail.objects.get().text.replace("\u00a0", " ")


def test_holders_of_drafts_hear_of_an_extension_once_and_nobody_else():
    draft, lapsed, sent = person(1), person(2), person(3, filled=True, status=Status.SUBMITTED)
    lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER)
    Application.objects.filter(pk=draft.pk).update(status=Status.DRAFT)
    OutgoingMail.objects.all().delete()
    change = extend(at=CLOSES_AT + LAPSE_AFTER)

    first = changes.tell_due(at=CLOSES_AT + LAPSE_AFTER)
    second = changes.tell_due(at=CLOSES_AT + LAPSE_AFTER)

    assert told() == [change_key(change, one.email) for one in (draft, lapsed)]
    assert (first, second) == (changes.Counts(told=2, finished=1), changes.Counts())
    assert sent.status == Status.SUBMITTED


def test_each_extension_is_told_of():
    application = person(1)
    made = [extend(), extend(to=LATER + timedelta(days=1))]

    changes.tell_due(at=AT)

    assert told() == [change_key(change, application.email) for change in made]


def test_extension_is_told_in_both_clocks():
    application = make_application()
    extend()

    changes.tell_due(at=AT)

    assert application.consulate_id == "new-york"
    assert "It was:        Friday, March 14, 2025, 11:59 PM HST" in words()
    assert "It is now:     Friday, March 21, 2025, 11:59 PM HST" in words()
    assert "The same time: Saturday, March 22, 2025, 5:59 AM EDT" in words()
    assert "Reason:        A storm" in words()


def test_without_an_interview_location_every_us_zone_is_told():
    person(1)
    extend()

    changes.tell_due(at=AT)

    assert words().count("The same time:") == 5


def test_draft_begun_after_the_change_has_nothing_to_hear():
    person(1)
    change = extend()
    late = drafts.start(change.round.slug, by=make_user("new@example.org"), at=AT + TICK)

    changes.tell_due(at=AT + TICK)

    assert change_key(change, late.email) not in told()
    assert len(told()) == 1


def test_cancellation_reaches_drafts_and_live_applications_with_words_of_their_own():
    draft, sent = person(1), person(2, filled=True, status=Status.SUBMITTED)
    person(3, filled=True, status=Status.WITHDRAWN)
    OutgoingMail.objects.all().delete()
    change = cancel()

    changes.tell_due(at=AT)

    assert told() == [change_key(change, one.email) for one in (draft, sent)]
    to_draft, to_sent = OutgoingMail.objects.order_by("pk").values_list("text", flat=True)
    assert "nothing can be sent for this round any more" in to_draft
    assert "Reason:     No post is left" in to_draft
    assert sent.reference_shown in to_sent
    assert "it goes no further" in to_sent


def test_run_that_stopped_is_resumed_and_tells_nobody_twice():
    people = [person(number) for number in range(5)]
    change = extend()

    first = changes.tell_due(at=AT, batch=2, batches=1)
    rest = changes.tell_due(at=AT, batch=2)

    assert (first, rest) == (changes.Counts(told=2), changes.Counts(told=3, finished=1))
    assert told() == [change_key(change, one.email) for one in people]
    progress = RoundChangeTold.objects.get()
    assert (progress.count, progress.finished_at) == (5, AT)


@pytest.mark.parametrize("applicants_first", [True, False])
def test_holder_of_a_draft_who_also_watches_hears_of_a_change_once(applicants_first):
    round_ = archery_round()
    make_watch("person1@example.org")
    person(1, round_=round_)
    announcements.announce(round_.pk, by=office(), at=SENT_AT)
    announcements.carry_on(at=SENT_AT)
    change = extend()

    def tell_watchers() -> None:
        announcements.tell_changes(at=AT)
        announcements.carry_on(at=AT)

    sweeps = [lambda: changes.tell_due(at=AT), tell_watchers]
    for sweep in sweeps if applicants_first else reversed(sweeps):
        sweep()

    key = change_key(change, "person1@example.org")
    assert told()[1:] == [key]
    assert RoundChangeTold.objects.exclude(finished_at=None).exists()


def test_mail_that_cannot_be_written_holds_up_nobody_else(caplog):
    poison, other = person(1), person(2)
    Application.objects.filter(pk=poison.pk).update(email="no address")
    change = extend()

    changes.tell_due(at=AT)

    assert told() == [change_key(change, other.email)]
    assert RoundChangeTold.objects.get().finished_at == AT
    assert f"mail of application {poison.pk} was set aside: UnsendableError" in caplog.text
    assert "no address" not in caplog.text


def test_change_of_which_no_mail_can_be_written_holds_up_no_other_and_stays_due():
    poison = person(1)
    Application.objects.filter(pk=poison.pk).update(email="no address")
    other = make_application(
        round_=archery_round(slug="sea-2025-autumn"), applicant=make_user(), filled=False
    )
    last = (LATER - timedelta(minutes=1)).astimezone(HST)
    made = [
        rounds.extend(
            round_.pk, day=last.date(), clock=last.time(), reason="A storm", by=office(), at=AT
        )
        for round_ in (poison.round, other.round)
    ]

    changes.tell_due(at=AT)

    assert told() == [change_key(made[1], other.email)]
    assert list(changes.due(AT)) == [made[0]]


def test_change_of_the_future_waits():
    person(1)
    extend()

    assert changes.tell_due(at=AT - TICK) == changes.Counts()


def test_task_and_command_do_the_same():
    person(1)
    extend()

    with time_machine.travel(AT, tick=False):
        call_command("tell_round_changes", "--dry-run")
        assert told() == []
        tasks.tell_round_changes()
        call_command("tell_round_changes")

    assert len(told()) == 1


def test_lapse_tells_what_it_means_in_the_transaction_of_the_move():
    application = make_application()

    lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER)
    lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER + timedelta(minutes=1))

    assert told() == [f"lapsed:{application.pk}:{CLOSES_AT.isoformat()}"]
    assert "Your deadline: Friday, March 14, 2025, 11:59 PM HST" in words()
    assert "Everything you wrote is kept" in words()


def test_draft_that_cannot_lapse_holds_up_no_other(caplog):
    poison, other = person(1), person(2)
    Application.objects.filter(pk=poison.pk).update(email="no address")

    assert lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER) == 1
    assert told() == [f"lapsed:{other.pk}:{CLOSES_AT.isoformat()}"]
    assert f"draft {poison.pk} was set aside: UnsendableError" in caplog.text


def test_one_run_revives_no_more_drafts_than_it_has_time_for(monkeypatch):
    people = [person(1), person(2)]
    lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER)
    extend(at=CLOSES_AT + LAPSE_AFTER)
    monkeypatch.setattr(lapse, "AT_ONCE", 1)

    for _ in people:
        lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER)
        drafts_now = Application.objects.filter(status=Status.DRAFT)
        if drafts_now.count() == 1:
            assert drafts_now.get() == people[0]

    assert drafts_now.count() == 2


def test_draft_that_was_revived_and_lapses_again_is_told_of_the_new_deadline():
    application = make_application()
    lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER)
    extend(at=CLOSES_AT + LAPSE_AFTER)
    lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER)
    lapse.lapse_due(at=LATER + LAPSE_AFTER)

    assert told() == [f"lapsed:{application.pk}:{end.isoformat()}" for end in (CLOSES_AT, LATER)]


def test_draft_of_a_cancelled_round_lapses_without_a_second_mail():
    make_application()
    cancel(at=SENT_AT)

    assert lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER) == 1
    assert told() == []
