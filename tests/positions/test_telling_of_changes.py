"""Telling goes on after a run that was cut off, and tells each change once."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from jetportal.mail.models import OutgoingMail
from positions.domain import announcements, rounds
from positions.domain.announcements import BATCH
from positions.models import Announcement, RecruitmentRound, WatchSubject
from tests.factories import PUBLISHED_AT, TICK, make_round
from tests.positions.announcing import announce, extend, sweep
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
