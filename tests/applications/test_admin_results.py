"""Results at the desk: recorded from the files, released by two, answers and seats followed up."""

import re
from datetime import datetime, timedelta

import pytest
import time_machine

from applications import tasks as tasks_of_applications
from applications.domain import access
from applications.domain.outcomes import release, results
from applications.models import (
    Application,
    Decision,
    ErasureRequest,
    LateGrant,
    Reply,
    ReplyForm,
    ResultBatch,
    ResultSettings,
    Status,
)
from jetportal.mail.nudge import nudge_task
from positions.deadlines import HST, deadline_in_words
from positions.models import RecruitmentRound
from tests.applicants import make_application, make_office, make_user
from tests.applications.desk import LIST, move_page, sent
from tests.applications.test_exports import TITLES, exported
from tests.factories import CLOSES_AT, make_round

pytestmark = pytest.mark.django_db

NOW = CLOSES_AT + timedelta(days=30)
BATCHES = "/admin/applications/resultbatch/"
SEATS = f"{BATCHES}seats/sea-2025-summer/"
SCREENED = {"seen": "in_screening"}


@pytest.fixture(autouse=True)
def standing_clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def second(at_the_desk):
    return at_the_desk(access.PROGRAM_OFFICE, email="second@example.org")


def text(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def recorded(office, outcome: Status = Status.INTERVIEW_OFFERED, number: int = 0) -> ResultBatch:
    status = (
        Status.INTERVIEWED
        if outcome in (Status.SHORT_LISTED, Status.ALTERNATE)
        else Status.IN_SCREENING
    )
    application = sent(number, status=status)
    office.post(move_page(application, outcome), {"seen": status})
    return Decision.objects.get(application=application, outcome=outcome).batch


def page(batch: ResultBatch, name: str = "change") -> str:
    return f"{BATCHES}{batch.pk}/{name}/"


def days(**changes: str) -> dict[str, str]:
    return {"when": "now", "reply_on": "2025-05-01", "reply_time": "23:59", **changes}


def seen(client, batch: ResultBatch) -> dict[str, str]:
    """Look at a release and return the mark of what was seen."""
    return {"seen": client.get(page(batch)).context["mark"]}


def ask(client, batch: ResultBatch, **changes: str):
    return client.post(page(batch, "ask"), seen(client, batch) | days(**changes))


def approve(client, batch: ResultBatch):
    return client.post(page(batch, "approve"), seen(client, batch))


def test_button_of_a_result_records_and_says_so(office):
    application = sent(status=Status.IN_SCREENING)
    address = move_page(application, Status.NOT_SELECTED)

    preview = text(office.get(address))
    office.post(address, SCREENED | {"reason": "Tokyo list 3"}, follow=True)

    assert f"Record {application.reference_shown}: not selected" in preview
    assert "the applicant sees nothing until then" in preview
    application.refresh_from_db()
    assert application.status == Status.IN_SCREENING
    file = text(office.get(f"{LIST}{application.pk}/change/"))
    assert "Recorded: not selected" in file


def test_coordinator_sees_nothing_of_it_and_has_no_page_of_releases(office, coordinator):
    batch = recorded(office)
    application = Application.objects.get()

    assert "Recorded: " not in text(coordinator.get(f"{LIST}{application.pk}/change/"))
    for address in (BATCHES, page(batch), SEATS):
        assert coordinator.get(address).status_code == 403
    for name in ("ask", "approve", "take-back", "order", f"remove/{Decision.objects.get().pk}"):
        assert coordinator.post(page(batch, name)).status_code == 403
    for name in ("declined", "late", "number"):
        assert coordinator.post(f"{SEATS}{name}/{application.pk}/").status_code == 403


def test_many_are_recorded_at_once_from_the_list(office):
    rows = [sent(number, status=Status.IN_SCREENING) for number in (1, 2)]
    keys = [f"{row.pk}.in_screening" for row in rows]

    preview = office.get(f"{LIST}move/not_selected/", {"pk": [row.pk for row in rows]})
    answer = office.post(f"{LIST}move/not_selected/", {"row": keys}, follow=True)

    assert text(preview).count("Is recorded for the release.") == 2
    assert "2 recorded as not selected:" in text(answer)
    assert Decision.objects.count() == 2


def test_one_asks_and_another_approves(office, second):
    batch = recorded(office)

    ask(office, batch)
    own = approve(office, batch)
    assert own.status_code == 409
    assert "Somebody else of the office approves it." in text(own)
    answer = approve(second, batch)

    assert answer["Location"] == page(batch)
    assert ResultBatch.objects.get().release_at == NOW
    assert "Still to carry out" in text(second.get(page(batch)))
    release.settle_due(at=NOW)
    assert "Carried out" in text(second.get(page(batch)))


def test_file_is_moved_from_its_released_result_before_a_worker_comes(office, second):
    batch = recorded(office)
    ask(office, batch)
    approve(second, batch)
    application = Application.objects.get()
    address = move_page(application, Status.DISQUALIFIED)

    preview = office.get(address)
    mark = re.search(r'name="seen" value="(\w+)"', text(preview))
    answer = office.post(address, {"seen": mark and mark[1], "reason": "Two positions."})

    assert "Interview offered" in text(preview)
    assert answer.status_code == 302
    application.refresh_from_db()
    assert application.status == Status.DISQUALIFIED


def test_page_before_the_release_shows_what_would_happen(office):
    batch = recorded(office)
    waiting = sent(5, status=Status.IN_SCREENING)

    shown = text(office.get(page(batch)))

    assert "Mail: interview offered" in shown
    assert "Without a result: 1" in shown
    assert waiting.reference_shown in shown
    assert "You are invited to an interview." in shown
    assert "Gone another way since: 0" in shown


def test_samples_name_the_usual_day_until_one_is_set(office):
    batch = recorded(office, Status.SHORT_LISTED)
    usual, chosen = "Monday, April 28, 2025, 11:59 PM HST", "Thursday, May 1, 2025, 11:59 PM HST"

    before = text(office.get(page(batch)))
    ask(office, batch)
    after = text(office.get(page(batch)))

    assert f"Answers are due {usual} in them" in before
    assert (before.count(usual) > 1, usual in after, chosen in after) == (True, False, True)


def test_set_moment_is_shown_and_can_be_taken_back(office, second):
    batch = recorded(office)

    ask(office, batch, when="later", release_on="2025-04-21", release_time="09:00")
    approve(second, batch)
    shown = text(office.get(page(batch)))
    second.post(page(batch, "take-back"))

    assert "Monday, April 21, 2025, 9:00 AM HST" in shown
    assert ResultBatch.objects.get().asked_at is None
    assert text(office.get(page(batch))).count("Taken back") == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"when": "later"}, "A set moment needs both date and time."),
        ({"when": "later", "release_on": "2025-04-01", "release_time": "9:00"}, "is over"),
        ({"when": "soon"}, "Choose one of the answers offered here."),
        ({"reply_on": "2025-04-01"}, "Answers are due after the release."),
        ({"reply_on": "tomorrow"}, "This is not a date."),
    ],
)
def test_wrong_moments_are_told_beside_the_field(office, changes, words):
    batch = recorded(office, Status.SHORT_LISTED)

    answer = ask(office, batch, **changes)

    assert answer.status_code == 422
    assert words in text(answer)
    assert ResultBatch.objects.get(pk=batch.pk).asked_at is None


def test_stale_page_of_a_release_neither_asks_nor_approves(office, second):
    batch = recorded(office)
    old = seen(office, batch)
    recorded(office, number=1)

    stale = office.post(page(batch, "ask"), old | days())
    assert (stale.status_code, "was changed since you looked" in text(stale)) == (409, True)
    ask(office, batch)
    old = seen(second, batch)
    office.post(page(batch, "take-back"))
    recorded(office, Status.NOT_SELECTED, 2)
    ask(office, batch)
    stale = second.post(page(batch, "approve"), old)
    assert (stale.status_code, "was changed since you looked" in text(stale)) == (409, True)

    approve(second, batch)
    assert ResultBatch.objects.get().approved_at == NOW


def test_second_click_is_told_what_the_first_did(office, second):
    batch = recorded(office)
    mark = seen(office, batch)

    clicks = [office.post(page(batch, "ask"), mark | days()) for _ in range(2)]
    mark = seen(second, batch)
    clicks += [second.post(page(batch, "approve"), mark) for _ in range(2)]

    assert [click.status_code for click in clicks] == [302, 409, 302, 409]
    assert "The release was asked for and waits for approval." in text(clicks[1])
    assert "These results are released." in text(clicks[3])
    assert batch.steps.count() == 2


@pytest.mark.parametrize(("later", "told"), [("", 1), ("2025-04-21", 0)])
def test_approving_a_release_for_now_tells_a_worker(
    office, second, later, told, django_capture_on_commit_callbacks
):
    batch = recorded(office)
    when = {"when": "later", "release_on": later, "release_time": "09:00"} if later else {}
    ask(office, batch, **when)

    with django_capture_on_commit_callbacks() as after:
        approve(second, batch)

    tasks = [call.args for call in after if getattr(call, "func", None) is nudge_task]
    assert tasks == [(results.CARRY_OUT,)] * told
    assert tasks_of_applications.carry_out_results.name == results.CARRY_OUT


def grant(batch: ResultBatch, email: str, *, until: datetime) -> None:
    LateGrant.objects.create(
        applicant=make_user(email),
        round=batch.round,
        reason="Storm",
        until_at=until,
        asked_by=make_office(),
        asked_at=CLOSES_AT,
        approved_by=make_office(2),
        approved_at=CLOSES_AT,
    )


def test_round_that_takes_applications_is_told_to_both_who_release(office, second):
    batch, words = recorded(office), "This round still takes applications"
    closed = text(office.get(page(batch)))
    until, later = NOW + timedelta(days=2), NOW + timedelta(days=5)
    grant(batch, "person0@example.org", until=later)  # has applied already
    applied = text(office.get(page(batch)))
    RecruitmentRound.objects.filter(slug=batch.round_id).update(closes_at=until)

    open_ = text(office.get(page(batch)))
    asked = ask(office, batch)
    seen_by_second = text(second.get(page(batch)))
    second.post(page(batch, "take-back"))
    ask(office, batch, when="later", release_on="2025-04-21", release_time="09:00")
    after_the_end = text(second.get(page(batch)))

    assert [words in shown for shown in (closed, applied, open_, seen_by_second)] == [
        False,
        False,
        True,
        True,
    ]
    assert f"Applications are taken until {batch_end(until, batch)}." in seen_by_second
    assert asked.status_code == 302
    assert words not in after_the_end
    grant(batch, "late@example.org", until=NOW + timedelta(days=20))
    assert "By a late grant somebody may still apply" in text(second.get(page(batch)))
    assert approve(second, batch).status_code == 302


def batch_end(until: datetime, batch: ResultBatch) -> str:
    return deadline_in_words(until, batch.round.zoneinfo).replace("\u00a0", " ")


def test_alternates_are_put_in_order_by_numbers(office):
    batch = recorded(office, Status.ALTERNATE, 1)
    recorded(office, Status.ALTERNATE, 2)
    first, second = Decision.objects.filter(outcome="alternate").order_by("rank")

    def sent(*places: str) -> dict[str, str]:
        return dict(zip((f"place-{first.pk}", f"place-{second.pk}"), places, strict=False))

    office.post(page(batch, "order"), sent("7", "3"))
    wrong, tied, stale = (
        office.post(page(batch, "order"), sent(*places)) for places in (("x", "3"), "44", "5")
    )

    ranks = Decision.objects.filter(outcome="alternate").order_by("rank")
    assert [row.pk for row in ranks] == [second.pk, first.pk]
    assert (wrong.status_code, text(wrong).count("A place is a number, from 1 on.")) == (422, 1)
    assert f'name="place-{first.pk}" value="x" aria-invalid="true"' in text(wrong)
    assert (tied.status_code, text(tied).count("Place 4 is there twice.")) == (422, 2)
    assert (stale.status_code, "The list has changed meanwhile." in text(stale)) == (409, True)


def test_wrong_place_for_a_list_that_waits_for_its_release_changes_nothing(office):
    batch = recorded(office, Status.ALTERNATE, 1)
    place = f"place-{Decision.objects.get(outcome='alternate').pk}"
    moment = NOW.astimezone(HST) + timedelta(hours=1)
    release = {"release": (moment.date(), moment.time()), "reply_by": None}
    results.ask(batch.key, **release, by=make_office(), at=NOW)

    answers = [office.post(page(batch, "order"), {place: typed}) for typed in ("x", "", "1")]

    assert [answer.status_code for answer in answers] == [409] * 3


def test_released_result_stands_everywhere_before_it_is_carried_out(office):
    """The list, the file, the table that is exported and the request for erasure say the same."""
    application = sent(1, status=Status.IN_SCREENING)
    moment = NOW.astimezone(HST) + timedelta(hours=1)
    decision = results.record(application.pk, Status.INTERVIEW_OFFERED, by=make_office(), at=NOW)
    release = {"release": (moment.date(), moment.time()), "reply_by": None}
    batch = results.ask(decision.batch_id, **release, by=make_office(), at=NOW)
    results.approve(batch.key, by=make_office(2), at=NOW)
    erasure = ErasureRequest.objects.create(applicant=application.applicant, asked_at=NOW)
    decide = f"/admin/applications/erasurerequest/{erasure.pk}/"

    def told(at: datetime) -> list[str]:
        with time_machine.travel(at, tick=False):
            (row,) = office.get(LIST).context["cl"].result_list
            file = office.get(f"{LIST}{application.pk}/change/").context["page"]
            (asked,) = re.findall(r"</bdi>: ([a-z ]+)</li>", text(office.get(decide)))
            _titles, cells = exported(office)
        status, since = (TITLES.index(title) for title in ("Status", "Status since (HST)"))
        return [str(row.standing.label), file.chip.words, asked, cells[status], cells[since]]

    before, after = told(NOW), told(moment)

    assert before[:4] == ["In screening", "In screening", "in screening", "In screening"]
    assert after[:3] == ["Interview offered", "Interview offered", "interview offered"]
    assert after[3:] == ["Interview offered", f"{moment:%Y-%m-%d %H:%M:%S}"]
    application.refresh_from_db()
    assert application.status == Status.IN_SCREENING


def test_recorded_result_can_be_taken_away(office):
    batch = recorded(office)

    office.post(page(batch, f"remove/{Decision.objects.get().pk}"))

    assert not Decision.objects.exists()
    assert office.post(page(batch, "remove/99")).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_releases_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    for number in range(rows):
        recorded(office, Status.SHORT_LISTED if number else Status.INTERVIEW_OFFERED, number)
    office.get(BATCHES)

    with django_assert_num_queries(8):
        office.get(BATCHES)


def test_list_is_filtered_by_what_is_recorded_for_the_program_office_alone(office, coordinator):
    batch = recorded(office)
    done = batch.decisions.get().application
    waiting = sent(5, status=Status.IN_SCREENING)

    def found(client, query: str) -> list[Application]:
        page = client.get(f"{LIST}?result={query}", follow=True)
        return list(page.context["cl"].result_list)

    assert found(office, "interview_offered") == [done]
    assert found(office, "waiting") == [waiting]
    assert len(found(coordinator, "interview_offered")) == 2
    assert len(found(office, "nonsense")) == 2


def offered(number: int = 1, status: Status = Status.SHORT_LISTED) -> Application:
    return make_application(applicant=make_user(f"person{number}@example.org"), status=status)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_of_seats_uses_a_fixed_number_of_queries(office, rows, django_assert_num_queries):
    for number in range(rows):
        offered(number)
        offered(10 + number, Status.ALTERNATE)
    office.get(SEATS)

    with django_assert_num_queries(16):
        office.get(SEATS)


def test_seats_of_a_cycle_are_set_at_the_desk(office):
    cycle = make_round(slug="annual-2026")
    for number, status in ((1, Status.DECLINED), (2, Status.ALTERNATE), (3, Status.SHORT_LISTED)):
        make_application(
            round_=cycle, applicant=make_user(f"person{number}@example.org"), status=status
        )
    alternate = Application.objects.get(status=Status.ALTERNATE)
    address, alt = f"{BATCHES}seats/{cycle.slug}/", cycle.vacancies.get(position="ALT")
    number = f"{address}number/{alt.pk}/"

    unset = text(office.get(address))
    wrong = office.post(number, {"seats": "many"})
    few = office.post(number, {"seats": "0"})
    set_ = office.post(number, {"seats": "3"}, follow=True)

    assert f"1 seat came back: you can offer it to {alternate.reference_shown}." in unset
    assert "Assistant Language Teacher (ALT)" in unset
    assert (wrong.status_code, "Write a whole number." in text(wrong)) == (422, True)
    assert (few.status_code, "1 were given already." in text(few)) == (422, True)
    assert f"2 seats are free: you can offer it to {alternate.reference_shown}." in text(set_)
    assert office.post(f"{address}number/{alt.pk + 99}/").status_code == 404
    assert address in text(office.get(BATCHES))


def test_page_of_seats_proposes_the_next_alternate_after_a_decline(office):
    offered(1), offered(2, Status.DECLINED)
    alternate = offered(3, Status.ALTERNATE)

    shown = text(office.get(SEATS))

    assert f"Next</dt><dd>{alternate.reference_shown}. First on the list." in shown
    assert f"Upgrade {alternate.reference_shown}" in shown
    assert "Declined the seat, " in shown


def test_upgrade_beyond_the_seats_asks_for_its_reason_first(office):
    offered(1), offered(2)
    alternate = offered(3, Status.ALTERNATE)
    address = move_page(alternate, Status.SHORT_LISTED)
    seen = {"seen": "alternate"}

    preview = office.get(address)
    refused = office.post(address, seen)
    office.post(address, seen | {"reason": "A third post"})

    assert "There is none free for this. Give the reason." in text(preview)
    assert (preview.status_code, refused.status_code) == (200, 422)
    alternate.refresh_from_db()
    assert alternate.status == Status.SHORT_LISTED


def test_nobody_is_upgraded_once_the_list_has_ended(office):
    """Though the job that closes the list has not come to it yet."""
    offered(1, Status.DECLINED)
    first, second = offered(2, Status.ALTERNATE), offered(3, Status.ALTERNATE)
    address = move_page(first, Status.SHORT_LISTED)
    file = f"{LIST}{first.pk}/change/"
    many = {"pk": [first.pk, second.pk]}
    offers = f"Upgrade {first.reference_shown}"

    def shown() -> list[object]:
        return [
            '<span class="tile-number">2</span> Seats to offer to alternates'
            in text(office.get("/admin/")),
            offers in text(office.get(SEATS)),
            "Upgrade to short-listed" in text(office.get(file)),
            office.get(address).status_code,
            office.get(f"{LIST}move/short_listed/", many).context["possible"],
        ]

    before = shown()
    settings = {"reply_days": 14, "upgrade_reply_days": 7, "alternates_until": NOW}
    ResultSettings.objects.update_or_create(round=first.round, defaults=settings)
    after, sent = shown(), office.post(address, {"seen": "alternate", "reason": "All the same"})

    assert before == [True, True, True, 200, 2]
    assert after == [False, False, False, 409, 0]
    assert (sent.status_code, "The alternate list of this round ended" in text(sent)) == (409, True)
    assert "All the same" in text(sent)
    assert "Nobody is upgraded any more." in text(office.get(SEATS))


def test_missing_answer_is_marked_as_declined_with_a_reason(office, standing_clock):
    application = offered()
    address = f"{SEATS}declined/{application.pk}/"

    assert application.reference_shown in text(office.get(SEATS))
    without = office.post(address, {"reason": " "})
    office.post(address, {"reason": "Called twice"})
    again = office.post(address, {"reason": "What I typed"})
    nothing = office.post(address, {"reason": " "})

    assert (without.status_code, "This move needs a reason." in text(without)) == (422, True)
    assert "<title>Error: " in text(without)
    assert (again.status_code, "What I typed" in text(again)) == (409, False)
    assert (nothing.status_code, "No answer of theirs is overdue" in text(nothing)) == (409, True)
    application.refresh_from_db()
    assert application.status == Status.DECLINED


def test_late_answer_counts_by_a_button(office, client):
    application = offered()
    client.force_login(application.applicant)
    reply = f"/applications/{application.key}/reply/"

    late = client.post(reply, {"answer": "accept"}, follow=True)
    office.post(f"{SEATS}late/{application.pk}/", {"reason": "Storm"})

    assert "Your answer came late, and is kept" in text(late)
    application.refresh_from_db()
    assert application.status == Status.ACCEPTED


def test_days_of_a_round_are_set(office):
    offered()
    values = {"reply_days": "10", "upgrade_reply_days": "5", "list_ends_on": "2025-12-12"}

    office.post(SEATS, values)
    wrong = office.post(SEATS, values | {"reply_days": "0"})
    past = office.post(SEATS, values | {"list_ends_on": "2025-04-01"})

    settings = ResultSettings.objects.get()
    assert (settings.reply_days, settings.alternates_until.isoformat()) == (
        10,
        "2025-12-13T10:00:00+00:00",
    )
    assert (wrong.status_code, past.status_code) == (422, 422)


def test_reply_page_in_time_answers_and_confirms(client):
    application = make_application(status=Status.SHORT_LISTED, at=NOW - timedelta(days=31))
    ReplyForm.objects.update(until_at=NOW + timedelta(hours=1))
    client.force_login(application.applicant)
    address = f"/applications/{application.key}/reply/"

    receipt = text(client.get(f"/applications/{application.key}/receipt/"))
    shown = text(client.get(address))
    nothing = client.post(address, {})
    answer = client.post(address, {"answer": "accept"}, follow=True)
    again = client.post(address, {"answer": "decline"}, follow=True)

    assert "We wait for your answer" in receipt
    assert "I decline the offer" in shown
    assert (nothing.status_code, "Choose your answer" in text(nothing)) == (422, True)
    assert "You accepted the offer." in text(answer)
    assert "We wait for no answer from you now." in text(again)
    assert ReplyForm.objects.get().answer == Reply.ACCEPT
