"""Bulk moves in the background: proposed, reckoned, started once, carried out row by row."""

import logging
import uuid
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.db.models import Field

from applications.domain import access, workflow
from applications.domain.errors import ReasonNeeded, Refused
from applications.domain.outcomes import results
from applications.domain.review import bulk_moves, bulk_work
from applications.models import (
    Application,
    BulkMove,
    BulkMoveRow,
    BulkRowState,
    BulkState,
    ConflictAnswer,
    Decision,
    Status,
    StatusChange,
)
from jetportal.accounts.models import User
from tests.applicants import make_office, make_staff
from tests.applications.desk import LIST, last_change, sent
from tests.factories import CLOSES_AT

pytestmark = pytest.mark.django_db

NOW = CLOSES_AT + timedelta(days=3)
SYMBOLS = "23456789ABCDEFGH"
LATER = NOW + timedelta(minutes=5)
GONE = "You cannot see it any more."


@pytest.fixture(autouse=True)
def after_the_deadline():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def small(monkeypatch):
    """Let the request itself move one row at most, so that two are a long move."""
    monkeypatch.setattr("applications.admin.bulk.MOST", 1)


def proposed(*applications: Application, target=Status.IN_SCREENING, by: User | None = None):
    chosen = [(application.pk, application.status) for application in applications]
    return bulk_moves.propose(chosen, target, by=by or make_office(), at=NOW)


def started(*applications: Application, reason: str = "", **wish) -> BulkMove:
    bulk = proposed(*applications, **wish)
    return bulk_moves.start(bulk.key, reason=reason, by=bulk.asked_by, at=NOW)


def carried_out(at: datetime = LATER) -> int:
    return bulk_work.carry_out_due(now=lambda: at)


def became(bulk: BulkMove) -> list[tuple[str, str]]:
    return list(bulk.rows.values_list("state", "why"))


def copies(application: Application, number: int) -> None:
    """Make so many more applications like this one, of as many people; without their answers."""
    first = User.objects.count()
    values = {field.attname: getattr(application, field.attname) for field in fields()}
    people = User.objects.bulk_create(
        User(email=f"copy{first + one}@example.org") for one in range(number)
    )
    Application.objects.bulk_create(
        Application(
            **{**values, "applicant_id": person.pk, "key": uuid.uuid4()},
            reference="".join(SYMBOLS[person.pk // 16**place % 16] for place in range(9)),
        )
        for person in people
    )


def fields() -> list[Field]:
    own = {"id", "reference"}
    return [field for field in Application._meta.concrete_fields if field.name not in own]


def choose_all(client, target: str = "in_screening", query: str = "", **more):
    data = {"action": f"move_to_{target}", "select_across": "1", "index": 0, **more}
    return client.post(LIST + query, data)


def test_whole_list_is_chosen_without_ticking_a_row_and_moves_in_the_background(office, small):
    first, second = sent(1), sent(2)
    sent(3, consulate="denver")

    answer = choose_all(office, query="?consulate=new-york&q=lind")
    page = office.get(answer.headers["Location"])
    bulk = BulkMove.objects.get()

    assert (page.status_code, bulk.filters) == (200, "consulate=new-york")
    assert "2 of 2 can be done." in page.content.decode()
    assert page.context["list_url"] == f"{LIST}?consulate=new-york&q=lind"
    assert office.post(answer.headers["Location"], {"reason": "Read."}).status_code == 302
    running = office.get(answer.headers["Location"]).content.decode()
    assert "0 of 2 applications" in running
    assert "look-again" in running
    assert carried_out() == 2
    done = office.get(answer.headers["Location"]).content.decode()
    assert "2 moved to in screening" in done
    assert "look-again" not in done
    assert f'href="{LIST}?consulate=new-york&amp;q=lind"' in done
    for application in (first, second):
        change = ("submitted", "in_screening", "office@example.org", "Read.")
        assert last_change(application) == change


def release_and_wait(*applications: Application) -> None:
    """Release an invitation to interview; no worker has carried it out yet."""
    for application in applications:
        row = results.record(application.pk, Status.INTERVIEW_OFFERED, by=make_office(), at=NOW)
    results.ask(row.batch_id, release=None, reply_by=None, by=make_office(), at=NOW)
    results.approve(row.batch_id, by=make_office(2), at=NOW)


@pytest.mark.parametrize("most", [1, 100])
def test_rows_with_a_released_result_are_moved_from_it_before_a_worker_comes(
    office, monkeypatch, most
):
    monkeypatch.setattr("applications.admin.bulk.MOST", most)
    rows = [sent(number, status=Status.IN_SCREENING) for number in (1, 2)]
    release_and_wait(*rows)

    page = choose_all(office, "disqualified").headers["Location"]
    preview = office.get(page)
    seen = [row.value for row in preview.context["rows"]] if most > 1 else []
    office.post(page, {"reason": "Two positions.", "row": seen})
    carried_out()

    assert "2 of 2 can be done." in preview.content.decode()
    change = ("interview_offered", "disqualified", "office@example.org", "Two positions.")
    assert [last_change(row) for row in rows] == [change] * 2


def test_few_rows_are_still_moved_in_the_request(office):
    sent(1)

    answer = choose_all(office)

    assert answer.headers["Location"].startswith(f"{LIST}move/in_screening/?")
    assert not BulkMove.objects.exists()


def test_second_press_of_either_button_changes_nothing(office, small):
    sent(1), sent(2)

    pages = {choose_all(office).headers["Location"] for _press in range(2)}
    (page,) = pages
    for _press in range(2):
        assert office.post(page, {"reason": ""}).headers["Location"] == page
    assert choose_all(office).headers["Location"] == page

    assert BulkMove.objects.get().state == BulkState.RUNNING
    assert (carried_out(), carried_out()) == (2, 0)
    assert office.post(page, {"reason": ""}).status_code == 302
    assert StatusChange.objects.filter(to_status=Status.IN_SCREENING).count() == 2


def test_preview_counts_refusals_by_reason_and_moves_nothing(office, small):
    sent(1), sent(2), sent(3, status=Status.WITHDRAWN), sent(4, status=Status.WITHDRAWN)
    sent(5, status=Status.IN_SCREENING)

    answer = choose_all(office)
    reckoned = office.get(answer.headers["Location"]).context["reckoned"]

    assert (reckoned.possible, reckoned.refused) == (2, 3)
    assert reckoned.reasons == (
        ("It is withdrawn already; this move is not possible from there.", 2),
        ("It is in screening already; this move is not possible from there.", 1),
    )
    assert not StatusChange.objects.filter(to_status=Status.IN_SCREENING, at=NOW).exists()


def test_preview_says_the_same_as_the_rows_do_later():
    office = make_office()
    own = sent(1, applicant=office)
    known, moved, open_ = sent(2), sent(3), sent(4)
    ended = sent(5, status=Status.WITHDRAWN)
    bulk = proposed(own, known, moved, open_, ended, by=office)
    ConflictAnswer.objects.create(application=known, by=office, knows=True, at=NOW)
    workflow.move(
        moved.pk, Status.IN_SCREENING, by=make_office(2), actors=access.actors_of(office), at=NOW
    )

    reckoned = bulk_moves.reckon(bulk, at=NOW)
    bulk_moves.start(bulk.key, reason="", by=office, at=NOW)

    assert carried_out() == 1
    assert reckoned.possible == 1
    assert dict(reckoned.reasons) == dict(bulk_moves.reasons(bulk))
    assert became(bulk) == [
        ("refused", "This is your own application. Somebody else at the desk moves it."),
        ("refused", GONE),
        ("refused", "It is in screening already; look at it again."),
        ("moved", ""),
        ("refused", "It is withdrawn already; this move is not possible from there."),
    ]


def test_results_are_recorded_and_leave_the_status_alone():
    application = sent(1, status=Status.IN_SCREENING)
    bulk = proposed(application, target=Status.NOT_SELECTED)

    assert bulk_moves.reckon(bulk, at=NOW).recorded == 1
    bulk_moves.start(bulk.key, reason="", by=bulk.asked_by, at=NOW)
    carried_out()

    application.refresh_from_db()
    assert became(bulk) == [("recorded", "")]
    assert application.status == Status.IN_SCREENING
    assert Decision.objects.get(application=application).outcome == Status.NOT_SELECTED


def test_reason_is_asked_for_first_and_not_kept_here_longer_than_the_work(office, small):
    first, _second = sent(1), sent(2)
    page = choose_all(office, "ineligible").headers["Location"]

    assert office.post(page, {"reason": " "}).status_code == 422
    with pytest.raises(ReasonNeeded):
        bulk_moves.start(
            BulkMove.objects.get().key,
            reason=" ",
            by=User.objects.get(email="office@example.org"),
            at=NOW,
        )
    office.post(page, {"reason": "No degree."})
    assert BulkMove.objects.get().reason == "No degree."
    carried_out()

    assert BulkMove.objects.get().reason == ""
    assert last_change(first)[3] == "No degree."


def test_worker_that_dies_leaves_the_rest_to_the_next_and_nothing_twice(monkeypatch):
    bulk = started(*(sent(number) for number in range(5)))
    keep, kept = bulk_work._keep, []

    def dies_at_the_third(row, state, **more):
        kept.append(row.pk)
        if len(kept) == 3:
            raise OperationalError("the worker is gone")  # before its transaction ends
        keep(row, state, **more)

    with monkeypatch.context() as broken:
        broken.setattr(bulk_work, "_keep", dies_at_the_third)
        with pytest.raises(OperationalError):
            carried_out()

    assert bulk_moves.counts(bulk) == {BulkRowState.MOVED: 2, BulkRowState.WAITING: 3}
    assert Application.objects.filter(status=Status.IN_SCREENING).count() == 2
    assert carried_out() == 0  # its lease runs
    assert carried_out(LATER + bulk_work.LEASE) == 3
    bulk.refresh_from_db()
    assert (bulk.state, bulk_moves.counts(bulk)) == (BulkState.DONE, {BulkRowState.MOVED: 5})
    assert StatusChange.objects.filter(to_status=Status.IN_SCREENING).count() == 5


def test_run_whose_time_is_over_leaves_the_rest_to_the_next_at_once():
    bulk = started(*(sent(number) for number in range(3)))
    ticks = (LATER + timedelta(seconds=5 * number) for number in range(1000))

    assert bulk_work.carry_out_due(now=lambda: next(ticks)) == 0
    ticks = (LATER + timedelta(minutes=1, seconds=2 * number) for number in range(1000))
    done = bulk_work.carry_out_due(now=lambda: next(ticks))

    assert 0 < done < 3
    bulk.refresh_from_db()
    assert bulk.state == BulkState.RUNNING
    assert carried_out(LATER + timedelta(minutes=3)) == 3 - done


def test_row_that_breaks_is_told_and_holds_up_no_other(monkeypatch, caplog):
    broken, sound = sent(1), sent(2)
    bulk = started(broken, sound, reason="About Ana")
    move_within = workflow.move_within

    def breaks(pk, *words, **more):
        if pk == broken.pk:
            raise ValueError("Ana Lindqvist-Moreno")
        return move_within(pk, *words, **more)

    monkeypatch.setattr(workflow, "move_within", breaks)
    with caplog.at_level(logging.INFO):
        assert carried_out() == 1

    assert became(bulk) == [("refused", bulk_work.BROKE), ("moved", "")]
    assert "Ana" not in caplog.text
    assert bulk.rows.get(application=broken).at == LATER


def test_stopped_move_leaves_the_rest_and_says_so(office, small):
    sent(1), sent(2)
    page = choose_all(office).headers["Location"]
    office.post(page, {"reason": "Read."})

    answer = office.post(f"{page}stop/", follow=True)

    assert carried_out() == 0
    assert "Stopped. 2 applications stayed where they were." in answer.content.decode()
    assert BulkMove.objects.get().reason == ""


def test_refused_files_are_listed_with_links_to_whom_they_are_visible(office, small):
    known, ended = sent(1, status=Status.WITHDRAWN), sent(2, status=Status.WITHDRAWN)
    sent(3)
    page = choose_all(office).headers["Location"]
    office.post(page, {"reason": ""})
    carried_out()
    person = User.objects.get(email="office@example.org")
    ConflictAnswer.objects.create(application=known, by=person, knows=True, at=NOW)

    shown = office.get(page)

    assert ended.reference_shown in shown.content.decode()
    assert known.reference_shown not in shown.content.decode()
    assert shown.context["unlisted"] == 1


def test_bulk_move_is_seen_by_its_starter_and_the_program_office_alone(at_the_desk, small):
    rows = [sent(number, status=Status.INTERVIEW_CONFIRMED) for number in range(2)]
    person = make_staff("new-york@example.org", access.COORDINATORS, consulate="new-york")
    bulk = proposed(*rows, target=Status.INTERVIEWED, by=person)
    page = f"/admin/applications/bulkmove/{bulk.key}/"

    def heard(group: str, email: str, **more) -> int:
        return at_the_desk(group, email=email, **more).get(page).status_code

    assert heard(access.COORDINATORS, "new-york@example.org", consulate="new-york") == 200
    assert heard(access.COORDINATORS, "second@example.org", consulate="new-york") == 404
    assert heard(access.PROGRAM_OFFICE, "office@example.org") == 200
    assert heard(access.ADMINISTRATORS, "admin@example.org") == 404
    office = at_the_desk(access.PROGRAM_OFFICE, email="office@example.org")
    assert "Whoever proposed this starts it." in office.post(page).content.decode()
    with pytest.raises(Refused):
        bulk_moves.start(bulk.key, reason="", by=make_office(), at=NOW)
    bulk.refresh_from_db()
    assert bulk.state == BulkState.PROPOSED


def test_starter_who_left_moves_nothing_more():
    bulk = started(sent(1), sent(2))
    User.objects.filter(pk=bulk.asked_by_id).update(is_active=False)

    assert carried_out() == 0
    assert became(bulk) == [("refused", GONE)] * 2


def test_more_than_the_most_is_refused_plainly(office, small, monkeypatch):
    monkeypatch.setattr(bulk_moves, "MOST", 1)
    sent(1), sent(2)

    answer = choose_all(office)

    told = [str(message) for message in office.get(LIST).context["messages"]]
    assert answer.status_code == 302
    assert told == [
        "Choose at most 1 applications at once; these are 2. "
        "Nothing was moved. Narrow the list first."
    ]
    assert not BulkMove.objects.exists()


def test_what_was_never_started_goes_after_a_day_and_what_ended_after_a_month():
    idle, over, running = proposed(sent(1)), started(sent(2)), proposed(sent(3))
    carried_out()
    bulk_moves.start(running.key, reason="", by=running.asked_by, at=NOW)

    assert bulk_moves.forget(at=NOW + timedelta(hours=23)) == 0
    assert bulk_moves.forget(at=NOW + timedelta(days=1)) == 1
    assert not BulkMove.objects.filter(pk=idle.pk).exists()
    assert bulk_moves.forget(at=LATER + timedelta(days=30)) == 1
    assert list(BulkMove.objects.all()) == [running]
    assert not BulkMoveRow.objects.filter(bulk_move=over.pk).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_preview_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    person = User.objects.get(email="office@example.org")
    bulk = proposed(*(sent(number) for number in range(rows)), by=person)

    with django_assert_num_queries(11):
        office.get(f"/admin/applications/bulkmove/{bulk.key}/")


def test_preview_of_5000_files_is_chosen_and_reckoned_as_cheaply(
    office, django_assert_num_queries, django_assert_max_num_queries
):
    copies(sent(0, status=Status.WITHDRAWN), 2000)
    copies(sent(1), 2998)

    with django_assert_max_num_queries(30):  # the rows are written in batches
        answer = choose_all(office)
    with django_assert_num_queries(11):
        reckoned = office.get(answer.headers["Location"]).context["reckoned"]

    assert (reckoned.possible, reckoned.refused) == (2999, 2001)
    assert BulkMoveRow.objects.count() == 5000


@pytest.mark.parametrize("rows", [1, 3])
def test_progress_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    started(*(sent(number, status=Status.WITHDRAWN) for number in range(rows)), sent(9))
    carried_out()
    bulk = BulkMove.objects.get()

    with django_assert_num_queries(9):
        page = office.get(f"/admin/applications/bulkmove/{bulk.key}/")

    assert len(page.context["refusals"][0].rows) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_bulk_moves_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    for number in range(rows):
        proposed(sent(number))

    with django_assert_num_queries(7):
        page = office.get("/admin/applications/bulkmove/")

    assert page.content.decode().count("Move to in screening") == rows
