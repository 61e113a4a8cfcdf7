"""Who is told that a round is there, and how it changed: everybody who waits, once."""

from datetime import timedelta

import pytest

from jetportal.mail.models import Lane, OutgoingMail
from positions.domain import announcements, rounds, watches
from positions.domain.announcements import BATCH
from positions.domain.errors import Refused
from positions.domain.told import opening_key
from positions.domain.watch_links import Purpose, token
from positions.models import Announcement, Watch, WatchSubject
from tests.factories import CLOSES_AT, OPENS_AT, PUBLISHED_AT, TICK, make_round
from tests.positions.announcing import announce, loaded, sweep
from tests.positions.watching import (
    ASKED_AT,
    AT,
    archery_round,
    judo_post,
    make_many,
    make_staff,
    make_watch,
    told,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_watcher_of_the_sport_gets_one_mail_and_of_another_none():
    make_watch("archer@example.org", "Archery")
    make_watch("judoka@example.org", "Judo")
    round_ = archery_round()

    announce(round_)
    sweep(AT + timedelta(hours=1))

    assert told("watch_opened") == ["archer@example.org"]
    mail = OutgoingMail.objects.get()
    assert mail.lane == Lane.BULK
    assert mail.key == opening_key(round_, "archer@example.org")
    assert mail.subject == f"Open for applications: {round_.title}"
    text = mail.text.replace("\xa0", " ")
    for words in (
        "Deadline:  Friday, March 14, 2025, 11:59 PM HST",
        "Elsewhere: Saturday, March 15, 2025, 5:59 AM EDT",
        "           Saturday, March 15, 2025, 2:59 AM PDT",
        f"http://testserver/rounds/{round_.slug}/",
        "until Saturday, January 2, 2027",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (archery_round, ["archery", "sea"]),
        (make_round, ["archery", "judo", "sea"]),
        (lambda: make_round(slug="annual-2026"), ["annual"]),
    ],
    ids=["one sport", "sport to be announced", "annual"],
)
def test_round_reaches_those_who_wait_for_what_it_is(make, expected):
    make_watch("archery@example.org", "Archery")
    make_watch("judo@example.org", "Judo")
    make_watch("sea@example.org", None, subject=WatchSubject.SEA)
    make_watch("annual@example.org", None, subject=WatchSubject.ANNUAL)

    announce(make())

    assert told("watch_opened") == [f"{name}@example.org" for name in expected]


def test_mail_says_that_a_sport_to_be_announced_may_be_theirs():
    make_watch()

    announce(make_round())

    assert "It may be yours" in OutgoingMail.objects.get().text


def test_round_of_two_sports_reaches_both_and_nobody_twice():
    make_watch("both@example.org", "Archery")
    make_watch("both@example.org", "Judo")
    make_watch("both@example.org", None, subject=WatchSubject.SEA)
    make_watch("judo@example.org", "Judo")
    round_ = archery_round()
    judo_post(round_)

    announce(round_)

    assert told("watch_opened") == ["both@example.org", "judo@example.org"]


def test_only_confirmed_watches_that_last_are_told():
    make_watch("unconfirmed@example.org", confirmed_at=None)
    make_watch("ended@example.org", confirmed_at=AT - watches.LASTS)
    make_watch("lasting@example.org", confirmed_at=AT - watches.LASTS + TICK)

    announce(archery_round())

    assert told("watch_opened") == ["lasting@example.org"]


def test_unconfirmed_watch_of_an_address_does_not_hide_its_confirmed_one():
    make_watch(confirmed_at=None)
    make_watch(sport=None, subject=WatchSubject.SEA)

    announce(archery_round())

    assert told("watch_opened") == ["coach@example.org"]


def test_round_that_opens_later_says_when():
    make_watch()
    round_ = archery_round()

    announce(round_, at=OPENS_AT - TICK)

    mail = OutgoingMail.objects.get()
    assert mail.subject == f"Opening soon: {round_.title}"
    assert "Opens:     Saturday, February 1, 2025, 12:00\xa0AM\xa0HST" in mail.text


def test_whoever_begins_to_wait_before_the_opening_is_told_when_it_opens():
    make_watch("early@example.org")
    round_ = archery_round()
    announce(round_, at=OPENS_AT - timedelta(days=2))
    make_watch("between@example.org", confirmed_at=OPENS_AT - timedelta(days=1))
    make_watch("late@example.org", confirmed_at=OPENS_AT + TICK)

    told_then = [sweep(OPENS_AT - TICK), sweep(OPENS_AT + TICK), sweep(AT)]

    assert told_then == [0, 1, 0]
    assert told("watch_opened") == ["between@example.org", "early@example.org"]
    assert Announcement.objects.get().count == 2


def test_second_watch_of_an_address_that_was_told_brings_no_second_mail():
    older = make_watch(sport=None, subject=WatchSubject.SEA, confirmed_at=None)
    make_watch()
    announce(archery_round(), at=OPENS_AT - timedelta(days=2))
    ends_at = OPENS_AT + watches.LASTS
    Watch.objects.filter(pk=older.pk).update(confirmed_at=OPENS_AT - TICK, expires_at=ends_at)

    assert sweep(AT) == 0
    assert told("watch_opened") == ["coach@example.org"]


def test_address_whose_first_watch_stops_between_two_batches_is_told_all_the_same():
    make_many(BATCH - 1)
    make_watch("both@example.org")
    second = make_watch("both@example.org", None, subject=WatchSubject.SEA)
    Watch.objects.filter(pk=second.pk).update(confirmed_at=ASKED_AT - TICK)
    round_ = archery_round()
    announcements.announce(round_.pk, by=make_staff(), at=AT)

    announcements.carry_on(at=AT, batches=1)
    second.delete()
    announcements.carry_on(at=AT)

    assert told("watch_opened").count("both@example.org") == 1


def test_whoever_stops_and_asks_again_is_told_once():
    watch = make_watch("early@example.org")
    round_ = archery_round()
    announce(round_, at=OPENS_AT - timedelta(days=2))
    watch.delete()
    make_watch("early@example.org", confirmed_at=OPENS_AT - timedelta(days=1))

    assert sweep(AT) == 0
    assert told("watch_opened") == ["early@example.org"]


@pytest.mark.parametrize(
    ("asked_at", "expected"),
    [(OPENS_AT - timedelta(days=3), 1), (OPENS_AT - TICK, 1), (OPENS_AT + TICK, 0)],
)
def test_whoever_asked_before_and_confirms_after_the_telling_is_told_at_once(asked_at, expected):
    make_watch("early@example.org")
    watch = make_watch("slow@example.org", confirmed_at=None)
    Watch.objects.filter(pk=watch.pk).update(asked_at=asked_at)
    round_ = archery_round()
    announce(round_, at=OPENS_AT - timedelta(days=2))
    sweep(AT)

    for _ in range(2):
        watches.confirm(token(watch, Purpose.CONFIRM), at=AT + TICK)

    assert told("watch_opened").count("slow@example.org") == expected
    assert Announcement.objects.get().count == 1 + expected
    assert sweep(AT + timedelta(hours=1)) == 0


@pytest.mark.parametrize(
    ("watched", "at", "cancelled"), [("Judo", AT, 0), ("Archery", CLOSES_AT, 0), ("Archery", AT, 1)]
)
def test_whoever_confirms_hears_of_no_other_sport_and_of_nothing_that_is_over(
    watched, at, cancelled
):
    make_watch("early@example.org")
    watch = make_watch("slow@example.org", watched, confirmed_at=None)
    round_ = archery_round()
    announce(round_)
    if cancelled:
        rounds.cancel(round_.pk, reason="The post is gone.", by=make_staff(), at=AT)

    watches.confirm(token(watch, Purpose.CONFIRM), at=at)

    assert told("watch_opened") == ["early@example.org"]


def test_confirmation_stands_although_the_mail_about_a_round_cannot_be_written():
    make_watch("early@example.org")
    watch = make_watch("no address", confirmed_at=None)
    announce(archery_round())

    watches.confirm(token(watch, Purpose.CONFIRM), at=AT + TICK)

    assert Watch.objects.get(pk=watch.pk).confirmed_at == AT + TICK


def test_round_that_is_published_later_is_told_then_to_those_who_wait_then():
    make_watch("early@example.org")
    round_ = archery_round()
    announcements.announce(round_.pk, by=make_staff(), at=PUBLISHED_AT - timedelta(days=2))
    make_watch("between@example.org", confirmed_at=PUBLISHED_AT - timedelta(days=1))

    before = sweep(PUBLISHED_AT - TICK)
    after = sweep(PUBLISHED_AT)

    assert (before, after) == (0, 2)


@pytest.mark.parametrize(
    ("changes", "at", "words"),
    [
        ({"published_at": None}, AT, "Publish it first"),
        ({"cancelled_at": AT - TICK}, AT, "This round is cancelled."),
        ({}, CLOSES_AT, "is over."),
    ],
)
def test_round_that_nobody_can_apply_to_is_not_announced(changes, at, words):
    make_watch()
    round_ = archery_round(**changes)

    with pytest.raises(Refused, match=words):
        announcements.announce(round_.pk, by=make_staff(), at=at)


def test_round_is_announced_once():
    make_watch()
    round_ = archery_round()
    announce(round_)

    with pytest.raises(Refused, match="announced already"):
        announcements.announce(round_.pk, by=make_staff(), at=AT)


def test_announcement_for_nobody_is_refused_so_that_it_can_be_made_later():
    round_ = archery_round()

    with pytest.raises(Refused, match="Nobody waits"):
        announcements.announce(round_.pk, by=make_staff(), at=AT)
    make_watch()
    announce(round_)

    assert told("watch_opened") == ["coach@example.org"]


def test_round_that_ends_before_the_telling_tells_nobody():
    make_watch()
    round_ = archery_round()
    announcements.announce(round_.pk, by=make_staff(), at=AT)

    sweep(CLOSES_AT)

    row = Announcement.objects.get()
    assert (told("watch_opened"), row.count, row.finished_at) == ([], 0, CLOSES_AT)


def test_staff_read_count_and_samples_with_nobody_named_in_them():
    make_many(4)
    round_ = loaded(archery_round())

    shown = announcements.announcement(round_, at=AT)

    assert shown.count == 4
    assert [sample.to for sample in shown.samples] == ["c…@e…org"] * 3
    assert all(round_.title in sample.subject for sample in shown.samples)
    text = "".join(sample.text for sample in shown.samples)
    assert "/watch/stop/" not in text
    assert "coach" not in text


# --- many, and a run that is cut off --------------------------------------------------------------
