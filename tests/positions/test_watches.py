"""Asking to be told of rounds: over the pages, as anybody meets them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from jetportal.mail.models import OutgoingMail
from positions.domain import watches
from positions.domain.watch_links import Purpose, link, token
from positions.domain.watch_words import masked
from positions.models import RecruitmentRound, Watch, WatchRequest, WatchSubject
from positions.tasks import keep_watches
from tests.factories import TICK
from tests.positions.watching import (
    ASKED_AT,
    archery_round,
    link_in,
    make_many,
    make_sport,
    make_watch,
    shown_sport,
    told,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

WATCH = "/watch/"
SENT = "/watch/sent/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(ASKED_AT, tick=False) as clock:
        yield clock


def ask(client: Client, **changes: str):
    answers = {"about": f"sport-{shown_sport().pk}", "email": "coach@example.org", **changes}
    return client.post(WATCH, answers)


def test_watch_begins_with_the_button_and_not_with_the_link(client):
    assert ask(client).url == SENT
    mail = OutgoingMail.objects.get()
    confirm = link_in(mail, "confirm")

    looked = client.get(confirm)
    waiting = Watch.objects.get()
    pressed = client.post(confirm)

    assert (looked.status_code, waiting.confirmed_at) == (200, None)
    assert pressed.status_code == 200
    watch = Watch.objects.get()
    assert (watch.email, watch.about) == ("coach@example.org", "SEA rounds for Archery")
    assert (watch.confirmed_at, watch.expires_at) == (ASKED_AT, ASKED_AT + watches.LASTS)
    assert (mail.kind, mail.recipient) == ("watch_confirm", "coach@example.org")


def test_second_press_of_the_button_changes_nothing(client, now):
    watch = make_watch(confirmed_at=None)
    path = reverse("positions:watch_confirm", args=[token(watch, Purpose.CONFIRM)])
    client.post(path)
    before = Watch.objects.values().get()

    now.shift(timedelta(days=3))
    again = client.post(path)

    assert "You are on the list" in again.content.decode()
    assert Watch.objects.values().get() == before


@pytest.mark.parametrize(
    ("about", "subject"), [("sea", WatchSubject.SEA), ("annual", WatchSubject.ANNUAL)]
)
def test_whole_subjects_can_be_watched(client, about, subject):
    ask(client, about=about)

    assert Watch.objects.values_list("subject", "sport").get() == (subject, None)


def test_known_and_unknown_addresses_hear_the_same(client):
    make_watch("known@example.org")
    make_watch("asked@example.org", confirmed_at=None)

    answers = [ask(client, email=f"{name}@example.org") for name in ("known", "asked", "new")]

    assert {(a.status_code, a.url, a.content, *a.cookies) for a in answers} == {(302, SENT, b"")}
    assert Watch.objects.count() == 3


def test_known_address_reads_in_the_mail_that_there_is_nothing_to_do(client, now):
    make_watch()
    now.shift(timedelta(days=1))

    ask(client)

    mail = OutgoingMail.objects.get()
    assert mail.subject == "You are on the list already: SEA rounds for Archery"
    assert "/watch/confirm/" not in mail.text
    assert Watch.objects.get().confirmed_at == ASKED_AT


def test_two_clicks_make_one_watch_and_one_mail(client):
    ask(client)
    ask(client, email="Coach@Example.org ")

    assert Watch.objects.count() == OutgoingMail.objects.count() == 1


def test_asking_again_sends_the_link_again(client, now):
    ask(client)
    now.shift(timedelta(minutes=1))
    ask(client)

    links = {link_in(mail, "confirm") for mail in OutgoingMail.objects.all()}
    assert (OutgoingMail.objects.count(), len(links), Watch.objects.count()) == (2, 1, 1)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"email": ""}, "email", "Write your e-mail address."),
        ({"email": "nobody"}, "email", "Write an address like name@example.org"),
        ({"email": "a\x00@example.org"}, "email", "Write an address like"),
        ({"email": f"{'a' * 300}@example.org"}, "email", "at most 254 characters"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "email", "Write an address like"),
        ({"about": ""}, "about", "Choose what we should tell you about."),
        ({"about": "sport-0"}, "about", "Choose what we should tell you about."),
        ({"about": "sea\x00"}, "about", "Choose what we should tell you about."),
        ({"about": "🏹" * 999}, "about", "Choose what we should tell you about."),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_field(client, changes, field, words):
    response = ask(client, **changes)

    assert response.status_code == 200
    assert words in response.context["form"].errors[field][0]
    assert not Watch.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_link_from_a_page_chooses_the_subject(client):
    chosen = client.get(WATCH, {"about": "annual"}).context["form"]["about"].value()
    nonsense = client.get(WATCH, {"about": "\x00%"}).context["form"]["about"].value()

    assert (chosen, nonsense) == ("annual", None)


def test_page_is_kept_by_no_cache_and_sets_no_session(client):
    response = client.get(WATCH)

    assert "no-store" in response["Cache-Control"]
    assert set(response.cookies) == {"csrftoken"}


def test_form_needs_its_token():
    assert ask(Client(enforce_csrf_checks=True)).status_code == 403
    assert not Watch.objects.exists()


# --- limits ---------------------------------------------------------------------------------------


def asking(number: int, *, email: str = "coach@example.org", network: str = "n", at=ASKED_AT):
    watches.ask(
        email.format(number),
        subject=WatchSubject.SEA,
        sport=None,
        network=network.format(number),
        at=at + timedelta(seconds=number * 11),
    )


@pytest.mark.parametrize(
    ("allowed", "email", "network"),
    [
        (watches.PER_ADDRESS_AND_NETWORK, "coach@example.org", "n"),
        (watches.PER_ADDRESS, "coach@example.org", "n{}"),
        (watches.PER_NETWORK, "coach{}@example.org", "n"),
    ],
)
def test_mail_to_one_address_and_from_one_network_is_limited(allowed, email, network):
    for number in range(allowed):
        asking(number, email=email, network=network)

    with pytest.raises(watches.TooMany):
        asking(allowed, email=email, network=network)
    asking(0, email=email, network=network, at=ASKED_AT + timedelta(hours=2))

    assert OutgoingMail.objects.count() == allowed + 1


def test_limit_is_said_beside_the_field(client, now):
    for _ in range(watches.PER_ADDRESS_AND_NETWORK):
        ask(client)
        now.shift(timedelta(seconds=11))

    response = ask(client)

    assert response.status_code == 429
    assert "ask again in an hour" in response.context["form"].errors["email"][0]


def test_requests_hold_no_address_and_are_forgotten_after_a_day(client, now):
    ask(client)
    kept = WatchRequest.objects.values_list("address", flat=True).get()

    now.shift(watches.REQUESTS_KEPT)
    keep_watches()

    assert "coach" not in kept
    assert not WatchRequest.objects.exists()


# --- stopping -------------------------------------------------------------------------------------


def test_mail_carries_the_headers_of_one_click(client):
    ask(client)

    mail = OutgoingMail.objects.get()
    stop = link(Watch.objects.get(), Purpose.STOP)
    assert mail.headers == [
        ["List-Unsubscribe", f"<{stop}>"],
        ["List-Unsubscribe-Post", "List-Unsubscribe=One-Click"],
    ]
    assert stop in mail.text
    assert stop in mail.html


def stop_path(watch: Watch) -> str:
    return reverse("positions:watch_stop", args=[token(watch, Purpose.STOP)])


def test_one_click_needs_no_cookie_and_no_token_and_ends_all_of_the_address():
    watch = make_watch()
    make_watch(sport="Judo")
    make_watch("other@example.org")
    stranger = Client(enforce_csrf_checks=True)

    response = stranger.post(stop_path(watch), {"List-Unsubscribe": "One-Click"})

    assert (response.status_code, set(response.cookies)) == (200, set())
    assert Watch.objects.values_list("email", flat=True).get() == "other@example.org"


def test_page_of_the_link_stops_by_its_button_only(client):
    watch, other = make_watch(), make_watch(sport="Judo")

    looked = client.get(stop_path(watch))
    there = Watch.objects.count()
    client.post(stop_path(watch))

    assert (looked.status_code, looked.context["others"], there) == (200, 1, 2)
    assert Watch.objects.get() == other


def test_second_button_stops_everything(client):
    watch = make_watch()
    make_watch(sport="Judo")

    client.post(stop_path(watch), {"everything": "yes"})

    assert not Watch.objects.exists()


def test_what_is_stopped_is_stopped_however_often(client):
    watch = make_watch()
    client.post(stop_path(watch))

    answers = [client.get(stop_path(watch)), client.post(stop_path(watch))]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("Stopped" in answer.content.decode() for answer in answers)


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("method", ["get", "post"])
def test_link_serves_its_purpose_only_and_none_can_be_made_up(client, purpose, method):
    watch = make_watch()
    others = [token(watch, other) for other in Purpose if other != purpose]
    forged = [watch.key.hex, f"{watch.key.hex}.", f"{watch.key.hex}.{'A' * 43}", "\x00", "é.é"]

    paths = [reverse(f"positions:watch_{purpose}", args=[text]) for text in [*others, *forged]]
    answers = [getattr(client, method)(path).status_code for path in paths]

    assert answers == [404] * len(paths)
    assert Watch.objects.exists()


@pytest.mark.parametrize("purpose", [Purpose.CONFIRM, Purpose.RENEW])
def test_link_that_outlived_its_watch_says_so(client, purpose):
    watch = make_watch()
    path = reverse(f"positions:watch_{purpose}", args=[token(watch, purpose)])
    watch.delete()

    assert [client.get(path).status_code, client.post(path).status_code] == [410, 410]


# --- time -----------------------------------------------------------------------------------------


def test_unconfirmed_watch_vanishes_after_seven_days():
    make_watch(confirmed_at=None)

    assert watches.forget(at=ASKED_AT + watches.UNCONFIRMED_FOR - TICK) == 0
    assert watches.forget(at=ASKED_AT + watches.UNCONFIRMED_FOR) == 1


def test_confirmed_watch_ends_after_two_years():
    watch = make_watch()

    assert watches.forget(at=watch.expires_at - TICK) == 0
    assert Watch.objects.live(watch.expires_at - TICK).exists()
    assert not Watch.objects.live(watch.expires_at).exists()
    assert watches.forget(at=watch.expires_at) == 1


def test_renewal_is_asked_once_a_month_before_the_end_and_also_late():
    watch = make_watch()
    make_watch("unconfirmed@example.org", confirmed_at=None)
    month_before = watch.expires_at - watches.RENEWAL_BEFORE

    assert watches.ask_renewals(at=month_before - TICK) == 0
    assert watches.ask_renewals(at=month_before + timedelta(days=9)) == 1
    assert watches.ask_renewals(at=month_before + timedelta(days=10)) == 0
    assert told("watch_renew") == ["coach@example.org"]


def test_renewal_goes_on_for_two_years_and_is_asked_again(client, now):
    watch = make_watch()
    later = watch.expires_at - timedelta(days=5)
    watches.ask_renewals(at=later)
    path = link_in(OutgoingMail.objects.get(), "renew")
    now.move_to(later)

    looked = client.get(path)
    before = Watch.objects.get().expires_at
    client.post(path)

    watch.refresh_from_db()
    assert (looked.status_code, before) == (200, later + timedelta(days=5))
    assert (watch.expires_at, watch.renewal_asked_at) == (later + watches.LASTS, None)
    assert watches.ask_renewals(at=watch.expires_at - TICK) == 1
    assert told("watch_renew") == ["coach@example.org"] * 2


def test_renewals_of_many_are_asked_in_batches():
    make_many(watches.BATCH + 1)

    asked = watches.ask_renewals(at=ASKED_AT + watches.LASTS - TICK)

    assert asked == OutgoingMail.objects.count() == watches.BATCH + 1


# --- rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "other"},
        {"sport": None},
        {"subject": "sea"},
        {"email": "Coach@example.org"},
        {"expires_at": None},
        {"confirmed_at": None},
        {"expires_at": ASKED_AT},
    ],
)
def test_database_refuses_what_no_watch_can_be(changes):
    make_watch()

    with pytest.raises(IntegrityError), transaction.atomic():
        Watch.objects.update(**changes)


def test_masked_address_names_nobody():
    assert masked("maria.lindqvist@coaching.example.org") == "m…@c…org"


def test_every_page_of_watching_has_one_heading_and_no_address_in_it(client, now):
    waiting, running = make_watch(confirmed_at=None), make_watch(sport="Judo")
    paths = [
        *(WATCH, SENT),
        reverse("positions:watch_confirm", args=[token(waiting, Purpose.CONFIRM)]),
        reverse("positions:watch_confirm", args=[token(running, Purpose.CONFIRM)]),
        reverse("positions:watch_renew", args=[token(running, Purpose.RENEW)]),
        reverse("positions:watch_renew", args=[token(waiting, Purpose.RENEW)]),
        stop_path(running),
    ]

    pages = [client.get(path).content.decode() for path in paths]

    assert [page.count("<h1") for page in pages] == [1] * len(paths)
    assert not [page for page in pages if running.email in page]
    assert len({page.partition("<title>")[2].partition("<")[0] for page in pages}) == len(paths)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_page_behind_a_link_is_for_no_search_engine(client, purpose):
    watch = make_watch(confirmed_at=None if purpose == Purpose.CONFIRM else ASKED_AT)
    path = reverse(f"positions:watch_{purpose}", args=[token(watch, purpose)])

    assert client.get(path)["X-Robots-Tag"] == "noindex"
    assert client.post(path)["X-Robots-Tag"] == "noindex"


def test_sport_that_only_a_draft_names_is_not_shown(client, now):
    draft = archery_round(published_at=None)
    make_sport("Kendo")
    make_watch(sport="Judo")
    shown_sport("Karate")

    page = client.get(WATCH).content.decode()
    refused = ask(client, about=f"sport-{draft.vacancies.get().sport_id}")
    RecruitmentRound.objects.filter(pk=draft.pk).update(published_at=ASKED_AT)

    assert [name in page for name in ("Archery", "Judo", "Karate", "Kendo")] == [
        *(False, True, True, False)
    ]
    assert "Choose what we should tell you about." in refused.content.decode()
    assert "Archery" in client.get(WATCH).content.decode()
