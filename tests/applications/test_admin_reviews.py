"""Reviews at the desk: the queue, the score, the round, lines of a file, files of others."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from applications.domain import access
from applications.domain.review import scoring
from applications.domain.review.scoring import Line
from applications.models import Application, Assignment, Criterion, FileOpening, ScoreSheet, Status
from tests.applicants import assign, make_application, make_office, make_staff
from tests.applications.desk import LIST, sent

pytestmark = pytest.mark.django_db

REVIEWS = "/admin/applications/assignment/"
REASON = {"reason": "She moved"}


@pytest.fixture
def file() -> Application:
    return make_application(status=Status.SUBMITTED)


@pytest.fixture
def reviewer(at_the_desk) -> Client:
    return at_the_desk(access.REVIEWERS, email="reviewer@example.org")


def account(name: str = "reviewer"):
    return make_staff(f"{name}@example.org", access.REVIEWERS)


def page(file: Application, name: str = "change") -> str:
    return f"{LIST}{file.pk}/{name}/"


def rubric(file: Application) -> Criterion:
    line = Line("Motivation", "Why Japan", weight=1, least=1, most=5)
    scoring.set_rubric(file.round_id, [line], by=make_office())
    return scoring.rubric_of(file.round)[0]


def test_reviewer_is_asked_first_and_then_reads_no_contact_data(reviewer, file):
    assign(file, account(), asked=False)

    led = reviewer.get(page(file))
    asked = reviewer.get(led["Location"]).content.decode()
    answered = reviewer.post(led["Location"], {"knows": "no"})
    text = reviewer.get(answered["Location"]).content.decode()

    assert led["Location"] == page(file, "conflict")
    assert "Do you know this person?" in asked
    assert "I coach archery" in text
    for hidden in (file.email, "202 555 0100", "12 Example Street", "Keep this note", "History"):
        assert hidden not in text
    assert "okafor" not in text.lower()


def test_yes_hides_the_file_and_gives_it_to_nobody_else_by_itself(reviewer, file):
    assign(file, account(), asked=False)

    reviewer.post(page(file, "conflict"), {"knows": "yes"})

    for name in ("change", "conflict", "score"):
        assert reviewer.get(page(file, name)).status_code == 404
    assert file.reference_shown not in reviewer.get(REVIEWS).content.decode()
    assert not Assignment.objects.running().exists()


@pytest.mark.parametrize("answer", [{}, {"knows": "perhaps"}])
def test_question_without_an_answer_is_asked_again(reviewer, file, answer):
    assign(file, account(), asked=False)

    heard = reviewer.post(page(file, "conflict"), answer)

    assert heard.status_code == 422
    assert "Choose one of the two." in heard.content.decode()
    assert not file.conflict_answers.exists()


def test_score_is_given_on_its_page_and_shown_on_the_file(reviewer, office, file):
    assign(file, account())
    criterion = rubric(file)

    shown = reviewer.get(page(file, "score")).content.decode()
    sent_to = reviewer.post(
        page(file, "score"), {f"criterion_{criterion.pk}": "4", "comment": "Clear <b>"}
    )

    assert "Why Japan" in shown
    assert sent_to["Location"] == page(file)
    for client in (reviewer, office):
        text = client.get(page(file)).content.decode()
        assert "75 %" in text
        assert "Clear &lt;b&gt;" in text


@pytest.mark.parametrize("value", ["", "0", "6", "x"])
def test_score_out_of_range_is_refused_beside_its_field_and_kept(reviewer, file, value):
    assign(file, account())
    criterion = rubric(file)

    answer = reviewer.post(
        page(file, "score"), {f"criterion_{criterion.pk}": value, "comment": "What I typed"}
    )

    assert answer.status_code == 422
    assert "Choose from 1 to 5." in answer.content.decode()
    assert "What I typed" in answer.content.decode()
    assert not ScoreSheet.objects.exists()


def test_office_sets_a_score_aside_and_takes_a_file_away(office, file):
    assignment = assign(file, account())
    criterion = rubric(file)
    sheet = scoring.give(file.pk, {criterion.pk: 1}, comment="", by=account(), at=assignment.at)

    office.post(page(file, f"score/{sheet.pk}/set-aside"), REASON)
    office.post(page(file, f"review/{assignment.pk}/take-away"))

    assert not ScoreSheet.objects.counted().exists()
    assert not Assignment.objects.running().exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_queue_costs_the_same_queries_at_any_length(reviewer, rows, django_assert_num_queries):
    for number in range(rows):
        assign(sent(number), account(), asked=number % 2 == 0)

    with django_assert_num_queries(8):
        text = reviewer.get(REVIEWS).content.decode()

    assert text.count("/change/") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_page_of_a_round_costs_the_same_queries(office, rows, django_assert_num_queries):
    for number in range(rows):
        file = sent(number)
        assign(file, account(f"reviewer{number}"))

    with django_assert_num_queries(12):
        office.get(f"{REVIEWS}{file.round_id}/")


def test_office_sets_rubric_and_numbers_of_a_round(office, file):
    address = f"{REVIEWS}{file.round_id}/"
    lines = {
        "rubric-TOTAL_FORMS": "2",
        "rubric-INITIAL_FORMS": "0",
        "rubric-0-name": "Motivation",
        "rubric-0-weight": "3",
        "rubric-0-least": "1",
        "rubric-0-most": "5",
        "rubric-1-weight": "1",
        "rubric-1-least": "1",
        "rubric-1-most": "5",
    }

    office.post(f"{address}rubric/", lines)
    office.post(
        address, {"reviewers": "3", "spread": "40", "opening_hours": "2", "reminder_hours": "24"}
    )

    kept = file.round.criteria.values_list("name", "weight", "least", "most")
    assert list(kept) == [("Motivation", 3, 1, 5)]
    settings = file.round.review_settings
    assert (settings.reviewers, settings.spread, settings.opening_hours) == (3, 40, 2)


@pytest.mark.parametrize(
    "bad", [{"rubric-0-most": "1"}, {"rubric-0-weight": "0"}, {"rubric-TOTAL_FORMS": "x"}]
)
def test_rubric_out_of_range_is_refused(office, file, bad):
    lines = {
        "rubric-TOTAL_FORMS": "1",
        "rubric-INITIAL_FORMS": "0",
        "rubric-0-name": "Motivation",
        "rubric-0-weight": "3",
        "rubric-0-least": "1",
        "rubric-0-most": "5",
    }

    answer = office.post(f"{REVIEWS}{file.round_id}/rubric/", {**lines, **bad})

    assert answer.status_code == 422
    assert not Criterion.objects.exists()


def test_plan_is_looked_at_and_then_done(office, file):
    account()
    address = f"{REVIEWS}{file.round_id}/by-rule/"

    shown = office.get(address, {"rule": "evenly"})
    office.post(address, {"rule": "evenly", "mark": shown.context["plan"].mark})
    again = office.post(address, {"rule": "evenly", "mark": "0"})

    assert "1 would be assigned." in shown.content.decode()
    assert Assignment.objects.count() == 1
    assert again.status_code == 409


def test_lines_are_looked_at_and_then_assigned(office, file):
    account()
    address = f"{REVIEWS}{file.round_id}/by-lines/"
    text = f"\ufeffreference;email\r\n{file.reference_shown};reviewer@example.org\r\n"
    upload = SimpleUploadedFile("who.csv", text.encode())

    shown = office.post(address, {"file": upload})
    nothing_yet = not Assignment.objects.exists()
    office.post(address, {"content": shown.context["content"], "sure": "on"})

    assert "1 line, all can be done." in shown.content.decode()
    assert nothing_yet
    assert Assignment.objects.count() == 1


def test_wrong_line_is_answered_and_offers_no_button(office, file):
    upload = SimpleUploadedFile("who.csv", b"reference,email\nnothing,nobody@example.org\n")

    shown = office.post(f"{REVIEWS}{file.round_id}/by-lines/", {"file": upload})

    assert shown.status_code == 422
    assert "1 of 1 lines cannot be done." in shown.content.decode()
    assert 'name="sure"' not in shown.content.decode()


@pytest.mark.parametrize("content", [b"", b"a|b\n1|2\n", b"\x89PNG\r\n"])
def test_file_that_is_no_list_is_refused_beside_its_field(office, file, content):
    upload = SimpleUploadedFile("who.csv", content)

    shown = office.post(f"{REVIEWS}{file.round_id}/by-lines/", {"file": upload})

    assert shown.status_code == 422
    assert "desk-error" in shown.content.decode()


def test_coordinator_opens_a_file_of_another_consulate_and_its_consulate_reads_why(
    at_the_desk, coordinator, file
):
    denver = at_the_desk(access.COORDINATORS, email="denver@example.org", consulate="denver")
    before = denver.get(page(file)).status_code

    led = denver.post(f"{LIST}open/", {"reference": file.reference_shown, **REASON})
    text = denver.get(led["Location"]).content.decode()

    assert before == 404
    assert file.email in text
    assert "Keep this note" not in text
    assert denver.post(page(file, "note"), {"text": "Hello"}).status_code == 404
    assert file.reference_shown not in denver.get(LIST).content.decode()
    told = coordinator.get(page(file)).content.decode()
    assert "Opened from another consulate" in told
    assert "She moved" in told


@pytest.mark.parametrize("sent_in", [{}, {"reference": "7K4M-92TP-H", **REASON}])
def test_number_that_is_none_opens_nothing(coordinator, sent_in):
    answer = coordinator.post(f"{LIST}open/", sent_in)

    assert answer.status_code == 422
    assert not FileOpening.objects.exists()
