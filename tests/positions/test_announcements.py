"""Who is told that a round is there, and how it changed: everybody who waits, once."""

from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from jetportal.mail.models import Lane, OutgoingMail
from positions.domain import announcements, rounds, watches
from positions.domain.announcements import BATCH
from positions.domain.errors import Refused
from positions.domain.told import opening_key
from positions.domain.watch_links import Purpose, token
from positions.models import Announcement, RecruitmentRound, Watch, WatchSubject
from tests.factories import CLOSES_AT, OPENS_AT, PUBLISHED_AT, TICK, make_round
from tests.positions.watching import (
    ASKED_AT,
    AT,
    archery_round,
    judo_post,
    make_many,
    make_sport,
    make_staff,
    make_watch,
    told,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LAST_MINUTE = time(23, 59)


def announce(round_, *, at=AT) -> None:
    announcements.announce(round_.pk, by=make_staff(), at=at)
    announcements.carry_on(at=at)


def extend(round_, day: date = date(2025, 3, 20), *, at=AT):
    return rounds.extend(
        round_.pk, day=day, clock=LAST_MINUTE, reason="A storm.", by=make_staff(), at=at
    )


def sweep(at=AT) -> int:
    announcements.tell_changes(at=at)
    return announcements.carry_on(at=at)


def loaded(round_) -> RecruitmentRound:
    return RecruitmentRound.objects.with_vacancies().get(pk=round_.pk)


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


def test_run_that_was_cut_off_goes_on_where_it_stopped():
    make_many(BATCH * 2 + 1)
    round_ = archery_round()
    announcements.announce(round_.pk, by=make_staff(), at=AT)

    first = announcements.carry_on(at=AT, batches=1)
    halfway = Announcement.objects.values_list("count", "finished_at").get()
    rest = announcements.carry_on(at=AT + timedelta(hours=1))

    assert (first, halfway, rest) == (BATCH, (BATCH, None), BATCH + 1)
    row = Announcement.objects.get()
    assert (row.count, row.finished_at) == (BATCH * 2 + 1, AT + timedelta(hours=1))
    assert len(set(told("watch_opened"))) == len(told("watch_opened")) == BATCH * 2 + 1


def test_mail_that_was_stored_before_a_crash_is_not_stored_again():
    make_many(3)
    announce(archery_round())
    Announcement.objects.update(last_watch=0, finished_at=None)

    announcements.carry_on(at=AT)

    assert OutgoingMail.objects.count() == 3


def test_mail_that_cannot_be_written_holds_up_nobody_else(caplog):
    poison = make_watch("no address")
    make_watch("coach@example.org")
    round_ = archery_round()

    announce(round_)
    extend(round_)
    sweep()

    assert told("watch_opened") == told("watch_changed") == ["coach@example.org"]
    assert not Announcement.objects.filter(finished_at=None).exists()
    assert f"mail of watch {poison.pk} was set aside: UnsendableError" in caplog.text
    assert "no address" not in caplog.text


def test_announcement_that_cannot_be_told_holds_up_no_other_and_stays_due(caplog):
    make_watch("no address", sport=None, subject=WatchSubject.ANNUAL)
    make_watch("coach@example.org")
    stuck, other = make_round(slug="annual-2026"), archery_round()
    for round_ in (stuck, other):
        announcements.announce(round_.pk, by=make_staff(), at=AT)

    announcements.carry_on(at=AT)

    assert told("watch_opened") == ["coach@example.org"]
    due = Announcement.objects.get(finished_at=None)
    assert due.round == stuck
    assert f"announcement {due.pk} was set aside: ValueError" in caplog.text


def test_post_that_is_new_reaches_those_who_wait_for_its_sport():
    make_watch("archer@example.org")
    round_ = archery_round()
    announce(round_)
    make_watch("judoka@example.org", "Judo", confirmed_at=AT + timedelta(days=1))
    judo_post(round_)

    before = sweep(AT + timedelta(days=2))
    announcements.tell_again(round_, at=AT + timedelta(days=2))
    after = [sweep(AT + timedelta(days=2)), sweep(AT + timedelta(days=3))]

    assert (before, after) == (0, [1, 0])
    assert told("watch_opened") == ["archer@example.org", "judoka@example.org"]
    assert Announcement.objects.get().count == 2


def test_round_that_was_not_announced_is_not_told_because_a_post_is_new():
    make_watch()

    announcements.tell_again(archery_round(), at=AT)

    assert sweep() == 0


def test_round_that_is_taken_back_is_announced_by_nobody_but_staff():
    make_watch()
    round_ = archery_round()
    early = PUBLISHED_AT - timedelta(days=2)
    announcements.announce(round_.pk, by=make_staff(), at=early)

    rounds.take_back(round_.pk, by=make_staff(), at=early)
    RecruitmentRound.objects.filter(pk=round_.pk).update(published_at=PUBLISHED_AT)

    assert sweep() == 0
    announce(round_)
    assert told("watch_opened") == ["coach@example.org"]


def test_keys_of_an_older_portal_are_taken_over():
    make_watch()
    round_ = archery_round()
    announce(round_)
    change = extend(round_)
    sweep()
    new = list(OutgoingMail.objects.order_by("pk").values_list("key", flat=True))
    for mail, key in zip(
        OutgoingMail.objects.order_by("pk"),
        (f"watch:7:{round_.slug}:opened", f"watch:7:change:{change.pk}"),
        strict=True,
    ):
        OutgoingMail.objects.filter(pk=mail.pk).update(key=key)

    import_module("positions.migrations.0006_told_by_address").name_by_address(apps, None)

    assert list(OutgoingMail.objects.order_by("pk").values_list("key", flat=True)) == new


# --- changes --------------------------------------------------------------------------------------


def test_extension_is_told_once_to_those_who_were_told_of_the_round():
    make_watch("told@example.org")
    round_ = archery_round()
    announce(round_)
    make_watch("later@example.org", confirmed_at=AT)
    make_watch("judoka@example.org", "Judo")
    extend(round_)

    assert [sweep(), sweep(AT + timedelta(minutes=1))] == [1, 0]

    assert told("watch_changed") == ["told@example.org"]
    mail = OutgoingMail.objects.get(kind="watch_changed")
    assert mail.subject == f"New deadline: {round_.title}"
    text = mail.text.replace("\xa0", " ")
    for words in (
        "Deadline:  Thursday, March 20, 2025, 11:59 PM HST",
        "Elsewhere: Friday, March 21, 2025, 5:59 AM EDT",
        "Before:    Friday, March 14, 2025, 11:59 PM HST",
        "Reason:    A storm.",
    ):
        assert words in text


def test_each_change_is_told():
    make_watch()
    round_ = archery_round()
    announce(round_)

    extend(round_)
    extend(round_, date(2025, 3, 25))
    rounds.cancel(round_.pk, reason="The post is gone.", by=make_staff(), at=AT)
    sweep()

    subjects = OutgoingMail.objects.filter(kind="watch_changed").order_by("pk")
    assert list(subjects.values_list("subject", flat=True)) == [
        f"New deadline: {round_.title}",
        f"New deadline: {round_.title}",
        f"Cancelled: {round_.title}",
    ]


def test_change_before_the_announcement_is_told_by_the_announcement():
    make_watch()
    round_ = archery_round()
    extend(round_, at=AT - TICK)

    announce(round_)
    sweep()

    assert told("watch_changed") == []
    assert "Thursday, March 20" in OutgoingMail.objects.get().text


def test_change_of_a_round_that_was_not_announced_is_told_to_nobody():
    make_watch()
    round_ = archery_round()

    extend(round_)

    assert sweep() == 0


def test_whoever_stopped_hears_of_no_change():
    watch = make_watch()
    round_ = archery_round()
    announce(round_)
    watch.delete()

    extend(round_)

    assert sweep() == 0


@pytest.mark.parametrize(("stopped", "expected"), [("first", 1), ("second", 1), ("both", 0)])
def test_whoever_stops_one_of_several_watches_hears_of_a_change_once(stopped, expected):
    first = make_watch()
    second = make_watch(sport=None, subject=WatchSubject.SEA)
    make_watch(sport="Judo")
    round_ = archery_round()
    announce(round_)
    for name, watch in (("first", first), ("second", second)):
        if stopped in {name, "both"}:
            watch.delete()

    extend(round_)
    sweep()

    assert len(told("watch_changed")) == expected


def test_whoever_was_told_hears_of_a_change_after_the_sport_was_named():
    make_watch()
    round_ = make_round()
    announce(round_)
    round_.vacancies.update(sport=make_sport("Judo"))

    extend(round_)
    sweep()

    assert told("watch_changed") == ["coach@example.org"]


def test_day_of_the_end_is_named_by_the_clock_of_hawaii():
    make_watch(confirmed_at=datetime(2025, 1, 2, 9, 59, tzinfo=UTC))
    assert ASKED_AT.date() == date(2025, 1, 2)

    announce(archery_round())

    assert "until Friday, January 1, 2027" in OutgoingMail.objects.get().text
