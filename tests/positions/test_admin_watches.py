"""Announcing at the desk, and the list of those who wait."""

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from jetportal.mail.models import OutgoingMail
from positions.domain import announcements
from positions.models import Announcement, Watch, WatchSubject
from positions.tasks import tell_watchers
from tests.positions.round_desk import edited
from tests.positions.watching import (
    AT,
    archery_round,
    make_many,
    make_sport,
    make_staff,
    make_watch,
    told,
)

pytestmark = pytest.mark.django_db

LIST = "admin:positions_watch_changelist"


@pytest.fixture(autouse=True)
def now(settings):
    settings.DEMO = True
    with time_machine.travel(AT, tick=False):
        yield


def staff_with(*codenames: str) -> Client:
    user = make_staff()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def office() -> Client:
    return staff_with(
        "view_recruitmentround", "change_recruitmentround", "publish_recruitmentround"
    )


def page(round_) -> str:
    return reverse("admin:positions_round_announce", args=[round_.pk])


def test_staff_read_count_and_samples_and_then_send(office):
    make_many(4)
    round_ = archery_round()

    looked = office.get(page(round_))
    stored = OutgoingMail.objects.count()
    sent = office.post(page(round_))
    tell_watchers()
    after = office.get(page(round_)).content.decode()

    text = looked.content.decode()
    assert "4 people wait" in text
    assert text.count(f"Open for applications: {round_.title}") == 3
    assert 'value="Send 4 mails"' in text
    assert "coach" not in text
    assert (stored, sent.status_code, OutgoingMail.objects.count()) == (0, 302, 4)
    assert "4 people were told" in after
    assert "Send 4 mails" not in after


def test_second_click_hears_that_it_is_announced(office):
    make_watch()
    round_ = archery_round()
    office.post(page(round_))

    again = office.post(page(round_))

    assert again.status_code == 409
    assert "announced already" in again.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"published_at": None}, "Publish it first"),
        ({"cancelled_at": AT}, "This round is cancelled."),
    ],
)
def test_obstacle_is_said_instead_of_a_button(office, changes, words):
    make_watch()

    text = office.get(page(archery_round(**changes))).content.decode()

    assert words in text
    assert 'value="Send' not in text


def test_nobody_waiting_gives_no_button(office):
    text = office.get(page(archery_round())).content.decode()

    assert "There is nobody to tell yet" in text
    assert 'value="Send' not in text


def test_page_of_the_round_leads_there(office):
    round_ = archery_round()

    text = office.get(reverse("admin:positions_recruitmentround_change", args=[round_.pk]))

    assert page(round_) in text.content.decode()


def test_post_that_staff_add_to_an_announced_round_is_told(office):
    make_watch("judoka@example.org", "Judo")
    make_watch("archer@example.org", "Archery")
    round_ = archery_round()
    archery, judo = round_.vacancies.get().sport_id, make_sport("Judo").pk
    announcements.announce(round_.pk, by=make_staff(), at=AT)
    tell_watchers()
    change = reverse("admin:positions_recruitmentround_change", args=[round_.pk])
    posts = {
        "vacancies-TOTAL_FORMS": "2",
        "vacancies-0-sport": str(archery),
        "vacancies-1-posts": "1",
        "vacancies-1-sport": str(judo),
        "vacancies-1-round": round_.slug,
    }

    office.post(change, edited(round_, **{**posts, "vacancies-TOTAL_FORMS": "1"}))
    tell_watchers()
    before = told("watch_opened")
    office.post(change, edited(round_, **posts))
    tell_watchers()

    assert before == ["archer@example.org"]
    assert told("watch_opened") == ["archer@example.org", "judoka@example.org"]


def test_only_who_may_publish_may_announce():
    make_watch()
    round_ = archery_round()
    client = staff_with("view_recruitmentround", "change_recruitmentround")

    answers = [client.get(page(round_)).status_code, client.post(page(round_)).status_code]

    assert answers == [403, 403]
    assert not Announcement.objects.exists()


@pytest.mark.parametrize("people", [1, 3])
def test_announcement_page_takes_a_fixed_number_of_queries(
    office, people, django_assert_num_queries
):
    make_many(people)
    round_ = archery_round()
    office.get(page(round_))

    with django_assert_num_queries(11):
        office.get(page(round_))


# --- the list -------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_a_fixed_number_of_queries(rows, django_assert_num_queries):
    make_many(rows)
    client = staff_with("view_watch")
    client.get(reverse(LIST))

    with django_assert_num_queries(8):
        response = client.get(reverse(LIST))

    assert len(response.context["cl"].result_list) == rows


def test_list_counts_who_waits_for_what_and_masks_addresses():
    make_many(2)
    make_watch("someone@example.org", None, subject=WatchSubject.ANNUAL, confirmed_at=None)

    response = staff_with("view_watch").get(reverse(LIST))

    assert response.context["waiting"] == [
        ("Archery", 2, 0),
        ("the annual cycle for ALT and CIR", 0, 1),
    ]
    text = response.content.decode()
    assert "c…@e…org" in text
    assert "coach0@" not in text


def test_addresses_are_for_those_who_may_read_them():
    watch = make_watch()
    reader = staff_with("view_watch", "read_watch_address")
    change = reverse("admin:positions_watch_change", args=[watch.pk])

    pages = [reader.get(reverse(LIST), {"q": "coach@example.org"}), reader.get(change)]

    assert ["coach@example.org" in page.content.decode() for page in pages] == [True, True]


@pytest.mark.parametrize(
    "lookup", ["email__startswith", "email", "email__exact", "key__startswith", "sport__name"]
)
def test_address_bar_finds_nobody_by_address(lookup):
    make_watch()
    client = staff_with("view_watch")

    asked = [client.get(reverse(LIST), {lookup: word}) for word in ("coach", "nobody")]
    filtered = client.get(reverse(LIST), {"subject__exact": "sea"})

    assert [len(page.context["cl"].result_list) for page in asked] == [1, 1]
    assert not filtered.context["cl"].result_list


def test_one_row_shows_no_address_to_others():
    change = reverse("admin:positions_watch_change", args=[make_watch().pk])
    client = staff_with("view_watch")

    shown = client.get(change)
    found = client.get(reverse(LIST), {"q": "coach@example.org\x00"})

    assert (shown.status_code, found.status_code) == (200, 200)
    assert "coach@" not in shown.content.decode()
    assert client.get("/admin/positions/watch/1%00/change/").status_code == 302


def test_program_office_deletes_for_somebody_who_asks():
    watch = make_watch()
    client = staff_with("view_watch", "read_watch_address", "delete_watch")

    client.post(reverse("admin:positions_watch_delete", args=[watch.pk]), {"post": "yes"})

    assert not Watch.objects.exists()


def test_announcing_needs_no_queue_and_no_mail_server():
    make_watch()
    round_ = archery_round()
    announcements.announce(round_.pk, by=make_staff(), at=AT)

    assert (Announcement.objects.count(), OutgoingMail.objects.count()) == (1, 0)
