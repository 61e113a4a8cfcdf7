"""The home of the desk: what waits, counted as the lists show it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from applications.domain import access
from applications.domain.review import overview, triage
from applications.models import Assignment, Document, Scan, Status, Verdict
from jetportal.mail.models import OutgoingMail
from tests.applicants import SENT_AT, assign, make_staff, seat_panel
from tests.applications.desk import LIST, sent
from tests.factories import CLOSES_AT, make_round

pytestmark = pytest.mark.django_db(transaction=True)

HOME = "/admin/"
NOW = SENT_AT + timedelta(hours=3)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def person():
    return make_staff("checker@example.org", access.PROGRAM_OFFICE)


def test_every_number_is_that_of_the_list_it_leads_to(office):
    first = sent(0)
    sent(1, status=Status.IN_SCREENING)
    sent(2, status=Status.INTERVIEW_CONFIRMED)
    sent(3, round_=make_round(slug="annual-2025"))
    triage.check(first.pk, {"purpose": Verdict.MISSING}, seen={}, by=person(), at=NOW)

    panels = office.get(HOME).context["panels"]

    tiles = [tile for panel in panels for tile in panel.tiles]
    assert {(tile.words, tile.number) for tile in tiles} >= {
        ("New", 1),
        ("In screening", 1),
        ("To interview", 1),
        ("A letter is missing", 3),
        ("Something is missing or unclear", 1),
    }
    for tile in tiles:
        assert len(office.get(tile.url).context["cl"].result_list) == tile.number, tile
    for panel in panels:
        assert len(office.get(panel.url).context["cl"].result_list) == panel.total


def test_coordinator_counts_the_own_consulate_only(coordinator):
    sent(0)
    sent(1, consulate="denver")

    (panel,) = coordinator.get(HOME).context["panels"]

    assert (panel.total, sum(bar.number for bar in panel.bars)) == (1, 1)


@pytest.mark.parametrize("rows", [1, 3])
def test_home_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    for number in range(rows):
        sent(number)

    with django_assert_num_queries(17):
        office.get(HOME)


def test_large_numbers_are_kept_for_a_minute(office, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(overview, "KEPT_FROM", 0)
    cache.clear()
    sent(0)
    office.get(HOME)
    sent(1)

    with django_assert_num_queries(10):
        kept = office.get(HOME).context["panels"][0].total
    cache.clear()

    assert (kept, office.get(HOME).context["panels"][0].total) == (1, 2)


def test_arrivals_are_drawn_with_every_day_and_told_in_a_table(office):
    sent(0)
    sent(1, at=SENT_AT - timedelta(days=3))
    sent(2)

    page = office.get(HOME)

    (panel,) = page.context["panels"]
    assert [bar.number for bar in panel.bars] == [1, 0, 0, 2]
    assert [bar.height for bar in panel.bars] == [60.0, 0.0, 0.0, 120.0]
    text = page.content.decode()
    assert text.count("<rect ") == 2
    assert "Thu, Mar\u00a013, 2025</th><td>2</td>" in text


def test_dates_say_how_far_they_are(office):
    sent(0)

    (panel,) = office.get(HOME).context["panels"]

    assert [(line.words, line.far) for line in panel.dates] == [("Deadline", "in 1 day")]
    with time_machine.travel(CLOSES_AT + timedelta(days=5), tick=False):
        (panel,) = office.get(HOME).context["panels"]
    assert panel.dates[0].far == "5 days ago"


def test_failed_mail_is_told_to_those_who_may_see_it(at_the_desk):
    from applications.domain.roles import ensure_roles

    sent(0)
    OutgoingMail.objects.update(state="failed")
    office = at_the_desk(access.PROGRAM_OFFICE, email="mail@example.org")
    plain = at_the_desk(access.COORDINATORS, email="plain@example.org", consulate="new-york")
    ensure_roles()

    number = OutgoingMail.objects.count()
    assert f"{number} mail" in office.get(HOME).content.decode()
    assert "mails failed" not in plain.get(HOME).content.decode()


def test_administrators_find_no_numbers(at_the_desk):
    sent(0)

    page = at_the_desk("Administrators").get(HOME)

    assert "panels" not in page.context


def listed(client, query):
    return [row.pk for row in client.get(LIST + query).context["cl"].result_list]


def test_list_is_filtered_by_what_was_found_and_who_reads(office):
    trouble, right, fresh = sent(0), sent(1), sent(2)
    by = person()
    triage.check(trouble.pk, {"documents.citizenship": Verdict.UNCLEAR}, seen={}, by=by, at=NOW)
    triage.check(right.pk, {"purpose": Verdict.OK}, seen={}, by=by, at=NOW)
    triage.ask_for(right.pk, "purpose", words="More.", hours=1, by=by, at=NOW)
    Assignment.objects.create(application=right, reviewer=by, by=by, at=NOW)

    found = {
        query: listed(office, f"?{query}")
        for query in (
            *("check=trouble", "check=none", "documents=trouble", "documents=refused"),
            *("correction=open", "assigned=me", "assigned=somebody", "assigned=nobody"),
            *("flag=late-grant", "flag=changed"),
        )
    }

    assert found == {
        "check=trouble": [trouble.pk],
        "check=none": [fresh.pk],
        "documents=trouble": [trouble.pk],
        "documents=refused": [],
        "correction=open": [right.pk],
        "assigned=me": [],
        "assigned=somebody": [right.pk],
        "assigned=nobody": [fresh.pk, trouble.pk],
        "flag=late-grant": [],
        "flag=changed": [],
    }
    page = office.get(LIST).content.decode()
    for words in ("1 to clear up", "1 right", "checker"):
        assert words in page


def test_refused_files_are_flagged_in_the_list_and_at_the_home(office, coordinator):
    file, sensitive, sound = sent(0), sent(1), sent(2)
    refused = {"scan": Scan.REFUSED, "scanned_at": SENT_AT}
    file.documents.filter(slot="citizenship").update(**refused)
    Document.objects.filter(pk=sensitive.documents.all()[0].pk).update(slot="health", **refused)

    def flagged(client) -> list[int]:
        rows = client.get(f"{LIST}?documents=refused").context["cl"].result_list
        chips = client.get(LIST).content.decode().count("File refused")
        (tile,) = [
            tile
            for tile in client.get(HOME).context["panels"][0].tiles
            if tile.words == "A file was refused by the scanner"
        ]
        assert chips == tile.number == len(rows)
        return [row.pk for row in rows]

    assert flagged(office) == [sensitive.pk, file.pk]
    assert flagged(coordinator) == [file.pk]  # who may not open it is not told that it is there
    assert sound.pk not in flagged(office)


def test_home_of_those_who_judge_counts_what_is_theirs(at_the_desk):
    file = sent(0)
    interviewed = sent(1, status=Status.INTERVIEW_OFFERED)
    user = make_staff("judge@example.org", access.REVIEWERS, access.INTERVIEWERS)
    client = at_the_desk(access.REVIEWERS, email=user.email)
    nothing = client.get(HOME)
    assign(file, user, asked=False)
    starts = seat_panel(interviewed, user).starts_at

    ahead = client.get(HOME).context["mine"]
    with time_machine.travel(starts, tick=False):
        begun = client.get(HOME).context["mine"]

    assert "Nothing waits for you now." in nothing.content.decode()
    assert [(t.words, t.number) for t in ahead] == [("To score", 1), ("Interviews ahead", 1)]
    assert [(t.words, t.number) for t in begun] == [("To score", 1), ("Result sheets to write", 1)]
    assert {client.get(t.url).status_code for t in begun} == {200}
