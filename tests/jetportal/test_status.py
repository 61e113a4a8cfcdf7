"""The status page of the desk: which part is red when, who sees it, and what it costs."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from applications.domain import access
from applications.domain.lateness import closing_night
from applications.domain.roles import ensure_roles
from applications.models import RefusalCause, RefusedSubmit, Status
from jetportal.heartbeats.models import Heartbeat, Process
from jetportal.mail.models import MailState, OutgoingMail
from jetportal.status import processes, services
from jetportal.status.lines import Health, since, size
from tests.applicants import make_application, make_staff, make_user
from tests.factories import make_round
from tests.jetportal.mail.factories import make_mail
from tests.services import Redis, free_port, paused

pytestmark = pytest.mark.django_db

PAGE = "/admin/status/"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def office(settings) -> Client:
    settings.DEMO = True  # the second factor has tests of its own
    ensure_roles()
    client = Client()
    client.force_login(make_staff("office@example.org", access.PROGRAM_OFFICE))
    return client


def beaten(ago: timedelta = 5 * SECOND) -> None:
    for process in Process:
        Heartbeat.objects.beat(process, at=timezone.now() - ago)


def looked(client: Client) -> dict[str, Health]:
    return {line.part: line.health for line in client.get(PAGE).context["lines"]}


def red(client: Client) -> list[str]:
    return [line.part for line in client.get(PAGE).context["red"]]


@pytest.mark.both_databases
def test_portal_that_is_well_says_so(office: Client):
    beaten()

    answer = office.get(PAGE)

    assert set(looked(office).values()) <= {Health.WELL, Health.LOOK}  # a disk may be nearly full
    assert answer.context["red"] == []
    assert "no-store" in answer["Cache-Control"] or "private" in answer["Cache-Control"]
    assert len(answer.context["lines"]) == 11


@pytest.mark.parametrize(
    ("group", "status"),
    [
        (access.PROGRAM_OFFICE, 200),
        (access.ADMINISTRATORS, 200),
        (access.COORDINATORS, 403),
        (access.REVIEWERS, 403),
    ],
)
def test_page_is_for_those_with_its_permission(settings, group: str, status: int):
    settings.DEMO = True
    ensure_roles()
    client = Client()
    client.force_login(make_staff("somebody@example.org", group))

    assert client.get(PAGE).status_code == status
    assert (PAGE in client.get("/admin/").content.decode()) is (status == 200)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_uses_a_fixed_number_of_queries(office, rows: int, django_assert_num_queries):
    closes_at = timezone.now().replace(second=0, microsecond=0)
    beaten()
    for number in range(rows):
        round_ = make_round(slug=f"sea-2026-{number}", closes_at=closes_at)
        make_mail(f"confirmation:{number}")
        RefusedSubmit.objects.create(round=round_, received_at=closes_at, cause=RefusalCause.LATE)

    with django_assert_num_queries(13):
        answer = office.get(PAGE)

    assert len(answer.context["panels"]) == rows


@pytest.mark.parametrize(
    ("ago", "health"),
    [
        (0 * SECOND, Health.WELL),
        (49 * SECOND, Health.WELL),
        (51 * SECOND, Health.LOOK),
        (99 * SECOND, Health.LOOK),
        (100 * SECOND, Health.RED),
        (3 * 24 * 60 * MINUTE, Health.RED),
        (-2 * SECOND, Health.WELL),
        (-4 * SECOND, Health.RED),  # a clock that runs ahead would hide that it stopped
    ],
)
def test_process_is_red_within_two_minutes_of_its_last_heartbeat(ago, health):
    assert processes.of_process(Process.FIRST, NOON - ago, at=NOON).health == health


def test_process_that_was_never_seen_is_red(office: Client):
    Heartbeat.objects.beat(Process.JOBS, at=timezone.now())

    assert red(office) == ["Clock (beat)", "Worker of codes and confirmations"]


def test_queue_that_is_lost_is_red_and_says_that_nothing_is_lost(office: Client, settings):
    beaten()
    settings.REDIS_URL = f"redis://portal:hush-hush@127.0.0.1:{free_port()}/0"

    answer = office.get(PAGE)

    assert [line.part for line in answer.context["red"]] == ["Queue"]
    assert "Nothing is lost" in answer.content.decode()
    assert "hush-hush" not in answer.content.decode()


def test_queue_that_hangs_is_red_and_down(office: Client, settings, own_redis: Redis):
    beaten()
    settings.REDIS_URL = own_redis.url

    with paused(own_redis):
        hanging = red(office), office.get("/health/").json()["queue"]

    assert hanging == (["Queue"], "down")
    assert (red(office), office.get("/health/").json()["queue"]) == ([], "up")


@pytest.mark.parametrize(
    ("shift", "health"),
    [
        (0 * SECOND, Health.WELL),
        (2 * SECOND, Health.LOOK),
        (4 * SECOND, Health.RED),
        (-4 * SECOND, Health.RED),
    ],
)
@pytest.mark.both_databases
def test_clocks_of_application_and_database_three_seconds_apart_are_an_alarm(shift, health):
    with time_machine.travel(datetime.now(UTC) + shift):
        line = services.clocks(services.facts())

    assert line.health == health


def asked_behind_a_front(office: Client, settings, stamp: str) -> Health:
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    lines = office.get(PAGE, headers={"X-Request-Start": stamp}).context["lines"]
    return {line.part: line.health for line in lines}["Clock of the front server"]


@pytest.mark.parametrize(
    ("shift", "health"), [(0.0, Health.WELL), (5.0, Health.RED), (-300.0, Health.RED)]
)
def test_front_server_with_another_time_is_an_alarm(office: Client, settings, shift, health):
    stamp = f"t={datetime.now(UTC).timestamp() + shift:.3f}"

    assert asked_behind_a_front(office, settings, stamp) == health


def test_mail_that_nobody_has_tried_is_red_and_mail_that_waits_for_its_server_is_not(
    office: Client,
):
    beaten()
    at = timezone.now()
    make_mail("confirmation:1", at=at - 4 * MINUTE)
    young = looked(office)["Unsent mail"]
    make_mail("confirmation:2", at=at - 6 * MINUTE)
    old = looked(office)["Unsent mail"]
    OutgoingMail.objects.update(attempts=1, due_at=at + 10 * MINUTE)
    tried = looked(office)["Unsent mail"]
    OutgoingMail.objects.update(queued_at=at - 61 * MINUTE, created_at=at - 61 * MINUTE)
    long_tried = looked(office)["Unsent mail"]
    OutgoingMail.objects.update(state=MailState.FAILED)
    failed = looked(office)

    assert (young, old, tried) == (Health.WELL, Health.RED, Health.WELL)
    assert long_tried == Health.LOOK
    assert (failed["Unsent mail"], failed["Failed mail"]) == (Health.WELL, Health.LOOK)


def test_mail_for_later_does_not_wait_yet(office: Client):
    make_mail("reminder:1", at=timezone.now() + 60 * MINUTE)

    assert looked(office)["Unsent mail"] == Health.WELL


def test_disk_is_told_and_a_missing_one_is_red(tmp_path):
    there = services.disk("Disk", tmp_path)

    assert re.fullmatch(r"[\d.]+\xa0[KMGT]B of [\d.]+\xa0[KMGT]B are free\.", there.says)
    assert services.disk("Disk", tmp_path / "away").health == Health.RED


@pytest.mark.parametrize(
    ("free", "health"),
    [
        (600, Health.WELL),
        (90, Health.LOOK),
        (40, Health.RED),
    ],
)
def test_disk_is_red_before_it_is_full(tmp_path, monkeypatch, free, health):
    gigabytes = services.GIGABYTE
    room = type("Room", (), {"total": 1000 * gigabytes, "free": free * gigabytes})
    monkeypatch.setattr(services.shutil, "disk_usage", lambda folder: room)

    assert services.disk("Disk", tmp_path).health == health


@pytest.mark.parametrize("host", ["db.example.org", "10.1.2.3"])
def test_disk_of_a_database_elsewhere_is_not_guessed(host):
    assert not services.here(host)
    assert [services.here(own) for own in ("", "/run/postgresql", "127.0.0.1")] == [True] * 3


@pytest.mark.parametrize(
    ("length", "words"),
    [(0, "0\xa0seconds"), (1, "1\xa0second"), (60, "1\xa0minute"), (119, "119\xa0seconds")],
)
def test_lengths_are_told_in_one_unit(length: int, words: str):
    assert since(timedelta(seconds=length)) == words
    assert (size(512), size(3 * 1024**3)) == ("512\xa0bytes", "3.0\xa0GB")


# --- Around a closing -----------------------------------------------------------------------------


def around(client: Client, round_slug: str) -> dict[str, int]:
    panels = {panel.night.round.slug: panel for panel in client.get(PAGE).context["panels"]}
    return panels[round_slug].sums


@pytest.mark.both_databases
def test_verdicts_around_a_closing_are_counted_by_minute(office: Client):
    closes_at = timezone.now().replace(second=0, microsecond=0) - MINUTE
    round_ = make_round(closes_at=closes_at)
    for number, before in enumerate((20 * SECOND, 30 * SECOND, 10 * MINUTE, 31 * MINUTE)):
        make_application(
            round_=round_,
            applicant=make_user(f"a{number}@example.org"),
            status=Status.SUBMITTED,
            at=closes_at - before,
        )
    draft = make_application(round_=round_, applicant=make_user("late@example.org"))
    sender = Client()
    sender.force_login(draft.applicant)
    late = sender.post(f"/applications/{draft.key}/submit/")

    (panel,) = office.get(PAGE).context["panels"]
    counted = dict(panel.rows)

    assert late.status_code == 409
    assert panel.sums == {"in_time": 3, "late": 1, "refused": 0}
    assert [minute.in_time for minute in counted.values()] == [1, 2, 0]
    assert panel.most == 2


def test_refused_submit_is_counted_by_its_cause_and_names_nobody(office: Client):
    round_ = make_round(closes_at=timezone.now().replace(second=0, microsecond=0) + MINUTE)
    empty = make_application(round_=round_, filled=False)
    sender = Client()
    sender.force_login(empty.applicant)
    path = f"/applications/{empty.key}/submit/"

    early = sender.post(path)
    with time_machine.travel(round_.closes_at + MINUTE, tick=False):
        late = sender.post(path)
    round_.cancelled_at = timezone.now()
    round_.save()
    cancelled = sender.post(path)

    assert {early.status_code, late.status_code, cancelled.status_code} == {409}
    causes = list(RefusedSubmit.objects.order_by("pk").values_list("cause", flat=True))
    assert causes == ["incomplete", "late", "cancelled"]
    assert {field.name for field in RefusedSubmit._meta.fields} == {
        *("id", "round", "received_at", "cause")
    }


def test_counts_are_forgotten_after_three_months():
    round_ = make_round()
    for age in (closing_night.FORGET_AFTER - MINUTE, closing_night.FORGET_AFTER + MINUTE):
        RefusedSubmit.objects.create(
            round=round_, received_at=timezone.now() - age, cause=RefusalCause.LATE
        )

    closing_night.forget(at=timezone.now())

    assert RefusedSubmit.objects.count() == 1


def test_closing_of_long_ago_is_shown_when_there_is_none_nearer(office: Client):
    make_round(slug="sea-2025-spring")
    make_round(slug="sea-2025-summer", closes_at=datetime(2025, 4, 6, 10, tzinfo=UTC))

    (panel,) = office.get(PAGE).context["panels"]

    assert panel.night.round.slug == "sea-2025-summer"
    assert "Nobody has pressed the last button" in office.get(PAGE).content.decode()
