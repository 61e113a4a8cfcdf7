"""One move of many applications at the desk: preview, then row by row."""

from datetime import timedelta

import pytest
import time_machine

from applications.models import Application, Status, StatusChange
from tests.applications.desk import LIST, last_change, move_page, sent
from tests.factories import CLOSES_AT

pytestmark = pytest.mark.django_db

NOW = CLOSES_AT + timedelta(days=3)


@pytest.fixture(autouse=True)
def after_the_deadline():
    with time_machine.travel(NOW, tick=False):
        yield


def choose(client, target: Status, *applications: Application, query: str = ""):
    return client.post(
        LIST + query,
        {
            "action": f"move_to_{target}",
            "_selected_action": [application.pk for application in applications],
            "index": 0,
        },
    )


def rows_of(page) -> list[str]:
    return [row.value for row in page.context["rows"]]


def test_actions_are_named_by_the_moves_of_the_role(office, coordinator):
    sent()

    def offered(client):
        choices = client.get(LIST).context["action_form"].fields["action"].choices
        return [label for _name, label in choices[1:]]

    assert offered(coordinator) == [
        "Move to interviewed",
        "Move to absent from interview",
        "Move to departed",
        "Write to them",
    ]
    assert offered(office)[:3] == [
        "Move to incomplete",
        "Move to ineligible",
        "Move to in screening",
    ]


def test_chosen_rows_are_previewed_with_what_will_be_refused(office):
    ready, ended = sent(1), sent(2, status=Status.WITHDRAWN)

    answer = choose(office, Status.IN_SCREENING, ready, ended, query="?status=submitted&q=lind")
    # The withdrawn one is not in the filtered list, so it cannot be chosen from it.
    assert rows_of(office.get(answer.headers["Location"])) == [f"{ready.pk}.submitted"]

    answer = choose(office, Status.IN_SCREENING, ready, ended)
    page = office.get(answer.headers["Location"])
    assert (page.context["possible"], page.context["refused"]) == (1, 1)
    assert "It is withdrawn already" in page.content.decode()
    assert StatusChange.objects.filter(to_status=Status.IN_SCREENING).count() == 0


def test_chosen_rows_are_moved_one_by_one_and_reported(office):
    first, second, ended = sent(1), sent(2), sent(3, status=Status.WITHDRAWN)
    answer = choose(office, Status.IN_SCREENING, first, second, ended, query="?q=lindq")
    preview = office.get(answer.headers["Location"])

    done = office.post(
        f"{LIST}move/in_screening/",
        {"row": rows_of(preview), "list": preview.context["list"], "reason": "Checked."},
        follow=True,
    )

    assert done.redirect_chain == [(f"{LIST}?q=lindq", 302)]
    told = [str(message) for message in done.context["messages"]]
    assert told == [
        f"2 moved to in screening: {second.reference_shown}, {first.reference_shown}.",
        f"1 not moved: {ended.reference_shown}. It is withdrawn already; "
        "this move is not possible from there.",
    ]
    assert last_change(first) == ("submitted", "in_screening", "office@example.org", "Checked.")
    ended.refresh_from_db()
    assert ended.status == Status.WITHDRAWN


def test_row_that_was_moved_meanwhile_stays_and_is_reported(office):
    first, second = sent(1), sent(2)
    rows = [f"{first.pk}.submitted", f"{second.pk}.submitted"]
    office.post(move_page(second, Status.IN_SCREENING), {"seen": "submitted"})

    answer = office.post(
        f"{LIST}move/disqualified/", {"row": rows, "reason": "Two positions."}, follow=True
    )

    told = [str(message) for message in answer.context["messages"]][-2:]
    assert told[0] == f"1 moved to disqualified: {first.reference_shown}."
    assert told[1].startswith(f"1 not moved: {second.reference_shown}. It is in screening already")
    second.refresh_from_db()
    assert second.status == Status.IN_SCREENING


def test_bulk_move_that_needs_a_reason_asks_for_it_before_anything_moves(office):
    application = sent()
    rows = {"row": [f"{application.pk}.submitted"]}

    answer = office.post(f"{LIST}move/ineligible/", rows)

    assert answer.status_code == 422
    assert "This move needs a reason" in answer.content.decode()
    application.refresh_from_db()
    assert application.status == Status.SUBMITTED


def test_bulk_move_of_another_consulate_answers_404_and_moves_nothing(coordinator):
    own = sent(1, status=Status.INTERVIEW_CONFIRMED)
    other = sent(2, status=Status.INTERVIEW_CONFIRMED, consulate="denver")
    rows = [f"{own.pk}.interview_confirmed", f"{other.pk}.interview_confirmed"]

    assert coordinator.get(f"{LIST}move/interviewed/?pk={own.pk}&pk={other.pk}").status_code == 404
    assert coordinator.post(f"{LIST}move/interviewed/", {"row": rows}).status_code == 404
    assert not StatusChange.objects.filter(to_status=Status.INTERVIEWED).exists()


def test_action_on_a_row_of_another_consulate_chooses_nothing(coordinator):
    other = sent(2, status=Status.INTERVIEW_CONFIRMED, consulate="denver")

    answer = choose(coordinator, Status.INTERVIEWED, other)

    page = coordinator.get(answer.headers["Location"], follow=True)
    assert "Choose at least one application first." in page.content.decode()


@pytest.mark.parametrize(
    "rows", [[], ["x"], ["1"], ["1.", ".submitted"], ["99999999999999999999.a"]]
)
def test_nonsense_rows_lead_back_to_the_list(office, rows):
    answer = office.post(f"{LIST}move/in_screening/", {"row": rows})

    assert answer.headers["Location"] == LIST


@pytest.mark.parametrize("chosen", [["abc"], ["1\x00"], ["-1"], ["9" * 30], []])
@pytest.mark.parametrize("action", ["move_to_in_screening", "delete_selected", ""])
def test_nonsense_chosen_in_the_list_moves_nothing(office, chosen, action):
    sent()

    answer = office.post(
        LIST, {"action": action, "_selected_action": chosen, "index": "x"}, follow=True
    )

    assert answer.status_code == 200
    assert StatusChange.objects.count() == 1


def test_every_row_across_pages_is_no_more_than_the_filtered_list(office):
    sent(1, consulate="denver")
    chosen = sent(2)
    data = {"action": "move_to_in_screening", "select_across": "1", "index": 0}

    answer = office.post(
        f"{LIST}?consulate=new-york", {**data, "_selected_action": [chosen.pk]}, follow=True
    )

    assert [row.application.pk for row in answer.context["rows"]] == [chosen.pk]


@pytest.mark.parametrize("target", ["draft", "lapsed", "nonsense"])
def test_bulk_move_to_what_nobody_moves_to_is_not_there(office, target):
    assert office.get(f"{LIST}move/{target}/?pk=1").status_code == 404


def test_more_than_a_page_of_rows_is_not_taken_at_once(office):
    rows = [f"{number}.submitted" for number in range(1, 102)]

    assert office.post(f"{LIST}move/in_screening/", {"row": rows}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_bulk_preview_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    keys = [sent(number).pk for number in range(rows)]

    with django_assert_num_queries(7):
        office.get(f"{LIST}move/in_screening/", {"pk": keys})
