"""Watching and announcing by several at the same instant, on connections of their own."""

from functools import partial

import pytest

from jetportal.mail.models import OutgoingMail
from positions.domain import announcements, rounds, watches
from positions.domain.errors import Refused
from positions.domain.watch_links import Purpose, token
from positions.models import Announcement, RoundChange, Watch, WatchSubject
from tests.positions.watching import (
    ASKED_AT,
    AT,
    archery_round,
    make_many,
    make_staff,
    make_watch,
    told,
)
from tests.race.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def test_two_announce_and_everybody_is_told_once():
    make_watch()
    round_ = archery_round()
    click = partial(announcements.announce, round_.pk, by=make_staff(), at=AT)

    outcomes = together(click, click)

    refused = [str(outcome) for outcome in outcomes if isinstance(outcome, Refused)]
    assert refused == ["This round has been announced already."]
    assert Announcement.objects.count() == 1


def test_two_sweeps_tell_everybody_once():
    make_many(announcements.BATCH + 50)
    round_ = archery_round()
    announcements.announce(round_.pk, by=make_staff(), at=AT)
    sweep = partial(announcements.carry_on, at=AT)

    told = together(sweep, sweep)

    assert sum(told) == OutgoingMail.objects.count() == announcements.BATCH + 50
    assert Announcement.objects.values_list("count", "finished_at").get() == (sum(told), AT)


def test_two_sweeps_tell_a_change_once():
    make_watch()
    round_ = archery_round()
    announcements.announce(round_.pk, by=make_staff(), at=AT)
    announcements.carry_on(at=AT)
    rounds.cancel(round_.pk, reason="The post is gone.", by=make_staff(), at=AT)

    def sweep() -> int:
        announcements.tell_changes(at=AT)
        return announcements.carry_on(at=AT)

    told = together(sweep, sweep)

    assert sum(told) == OutgoingMail.objects.filter(kind="watch_changed").count() == 1
    assert RoundChange.objects.get().announcement.count == 1


def test_two_requests_for_one_subject_make_one_watch():
    ask = partial(
        watches.ask,
        "coach@example.org",
        subject=WatchSubject.SEA,
        sport=None,
        network="n",
        at=ASKED_AT,
    )

    assert together(ask, ask) == [None, None]
    assert Watch.objects.count() == OutgoingMail.objects.count() == 1


def test_stop_against_confirm_leaves_a_whole_watch_or_none():
    watch = make_watch(confirmed_at=None)
    confirm = partial(watches.confirm, token(watch, Purpose.CONFIRM), at=AT)
    stop = partial(watches.stop, token(watch, Purpose.STOP), everything=True)

    outcomes = together(confirm, stop)

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert not Watch.objects.exists()


def test_confirmation_against_the_telling_is_told_once():
    make_watch("early@example.org")
    watch = make_watch("slow@example.org", confirmed_at=None)
    round_ = archery_round()

    def tell() -> None:
        announcements.announce(round_.pk, by=make_staff(), at=AT)
        announcements.carry_on(at=AT)

    outcomes = together(tell, partial(watches.confirm, token(watch, Purpose.CONFIRM), at=AT))

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert told("watch_opened") == ["early@example.org", "slow@example.org"]
    assert Announcement.objects.get().count == 2


def test_stop_against_the_telling_breaks_neither():
    make_many(20)
    round_ = archery_round()
    announcements.announce(round_.pk, by=make_staff(), at=AT)
    first = Watch.objects.earliest("pk")

    told, stopped = together(
        partial(announcements.carry_on, at=AT),
        partial(watches.stop, token(first, Purpose.STOP), everything=False),
    )

    assert stopped is None
    assert told in {19, 20}
    assert (Watch.objects.count(), OutgoingMail.objects.count()) == (19, told)
