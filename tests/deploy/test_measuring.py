"""What the benchmarks measure with: who is judged wrongly, what is lost, what is copied."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from applications.models import Application, Document, SectionAnswers, Status
from benchmarks import table
from benchmarks.clients import Exchange
from benchmarks.people import email_of, prepare
from benchmarks.verdicts import Judged, arrivals, confirmations
from tests.applicants import make_application, make_user
from tests.services import ROOT

CLOSING = datetime(2026, 11, 14, 10, tzinfo=UTC)
AT = CLOSING.timestamp()
README = (ROOT / "benchmarks" / "README.md").read_text()


def row(*, sent: bool, at: datetime = CLOSING) -> Application:
    if not sent:
        return Application(status=Status.DRAFT)
    return Application(status=Status.SUBMITTED, submitted_at=at, recorded_at=at)


def tried(seconds: float, *, status: int, sent: bool) -> Judged:
    """Somebody whose sending arrived so many seconds after closing, and was answered at once."""
    arrived = CLOSING + timedelta(seconds=seconds)
    exchange = Exchange("/", AT + seconds - 0.01, AT + seconds + 0.2, status)
    return Judged(exchange, AT + seconds, row(sent=sent, at=arrived))


def test_verdicts_that_fit_the_arrival_are_right():
    assert tried(-0.001, status=302, sent=True).fault(CLOSING) == ""
    assert tried(0, status=409, sent=False).fault(CLOSING) == ""


@pytest.mark.parametrize(
    ("judged", "fault"),
    [
        (tried(-1, status=409, sent=False), "in time: True, answered 409"),
        (tried(0, status=302, sent=True), "in time: False, answered 302"),
        (tried(-1, status=302, sent=False), "in time, and still a draft"),
        (tried(1, status=409, sent=True), "late, and taken"),
        (tried(-1, status=500, sent=True), "answered 500"),
        (tried(-1, status=0, sent=True), "answered 0"),
        (replace(tried(-1, status=302, sent=True), arrived=None), "no arrival was written down"),
        (
            replace(tried(-5, status=302, sent=True), arrived=AT - 6),
            "arrived outside its sending and its answer",
        ),
        (
            replace(tried(-5, status=302, sent=True), arrived=AT - 4.9),
            "its row names another arrival",
        ),
    ],
)
def test_every_wrong_verdict_is_seen(judged, fault):
    assert judged.fault(CLOSING) == fault


def test_confirmations_are_counted_by_person():
    letters = [{"id": "1", "to": ["a"]}, {"id": "2", "to": ["b"]}, {"id": "2", "to": ["b"]}]

    assert confirmations(letters[:2], {"a", "b"}) == (0, 0)
    assert confirmations(letters, {"a", "b"}) == (0, 1)
    assert confirmations(letters[:2], {"a", "b", "c"}) == (1, 0)
    assert confirmations(letters[:2], {"a"}) == (0, 1)  # a letter to somebody who sent nothing


def test_people_come_in_heaps_towards_the_closing_and_past_it():
    offsets = arrivals(1000, before=120)

    assert offsets == sorted(offsets)
    assert (offsets[0], sum(offset < 0 for offset in offsets)) == (-120, 900)
    assert sum(-12 < offset < 0 for offset in offsets) == 193
    assert sum(-1.2 < offset < 0 for offset in offsets) == 41
    assert offsets[900] == 0
    assert offsets[-1] < 10


@pytest.mark.django_db
def test_copied_drafts_are_whole_and_belong_to_people_of_their_own():
    people = prepare(3, closes_at=CLOSING)

    original = Application.objects.get(applicant__email="original@example.org")
    copies = list(Application.objects.exclude(pk=original.pk).order_by("email"))
    sections = SectionAnswers.objects.filter(application=original).count()
    assert [copy.applicant.email for copy in copies] == [email_of(n) for n in range(3)]
    assert len({copy.key for copy in [*copies, original]}) == 4
    assert [str(copy.key) for copy in copies] == [person.key for person in people]
    assert [copy.sections.count() for copy in copies] == [sections] * 3
    assert Document.objects.count() == 4 * original.documents.count() > 0


@pytest.mark.django_db
def test_rows_made_after_copying_find_free_numbers():
    prepare(3, closes_at=CLOSING)
    newest = max(Application.objects.values_list("pk", flat=True))

    later = make_application(applicant=make_user("later@example.org"), filled=False)

    assert later.pk > newest


def test_table_has_a_place_in_the_readme():
    assert re.search(f"{table.BEGIN}\n.+\n{table.END}", README, re.DOTALL)


def test_table_shows_every_figure_of_a_page():
    figures = dict.fromkeys(table.PAGE, 0.5)

    text = "\n".join(table.pages({"/rounds/": figures}))

    assert text.count("0.5") == len(table.PAGE)
