"""Scores in the list of the desk: column, filter and order, and what a reviewer is not told."""

import re
from itertools import chain
from urllib.parse import quote_plus

import pytest

from applications.domain import access
from applications.domain.review import scoring
from applications.domain.review.scoring import Line
from applications.domain.soundness import faults
from applications.models import Application, Assignment, ReviewSettings, ScoreSum
from jetportal.accounts.models import User
from tests.applicants import SENT_AT, assign, make_office, make_staff
from tests.applications.desk import LIST, sent

pytestmark = pytest.mark.django_db


def reviewer(number: int) -> User:
    return make_staff(f"reviewer{number}@example.org", access.REVIEWERS)


def score(file: Application, *values: int) -> None:
    """Let one reviewer after the other give this, from 0 to 100."""
    if not file.round.criteria.exists():
        scoring.set_rubric(file.round_id, [Line("All", "", 1, 0, 100)], by=make_office())
    criterion = file.round.criteria.get()
    for number, value in enumerate(values):
        person = reviewer(number)
        assign(file, person)
        scoring.give(file.pk, {criterion.pk: value}, comment="", by=person, at=SENT_AT)


def listed(client, query: str) -> list[int]:
    return [row.pk for row in client.get(LIST + query).context["cl"].result_list]


def cells(client) -> list[str]:
    page = client.get(LIST).content.decode()
    return [
        " ".join(re.sub(r"<[^>]+>", " ", cell).split())
        for cell in re.findall(r'<td class="field-score[^"]*">(.*?)</td>', page, re.DOTALL)
    ]


def test_list_tells_the_mean_the_number_and_what_lies_far_apart(office):
    one, near, far, none = (sent(number) for number in range(4))
    score(one, 40)
    score(near, 70, 75)
    score(far, 20, 90)

    assert cells(office) == ["-", "55 % Far apart 2 scores", "72 % 2 scores", "40 % 1 score"]
    assert listed(office, "?score=given") == [far.pk, near.pk, one.pk]
    assert listed(office, "?score=none") == [none.pk]
    assert listed(office, "?score=apart") == [far.pk]
    ReviewSettings.objects.create(round=far.round, spread=5)
    assert listed(office, "?score=apart") == [far.pk, near.pk]
    assert list(faults()) == []


def test_score_that_is_set_aside_leaves_the_list(office):
    file = sent(0)
    score(file, 20, 90)
    first, second = file.score_sheets.order_by("pk")

    scoring.set_aside(first.pk, reason="Of another file.", by=make_office(), at=SENT_AT)
    assert cells(office) == ["90 % 1 score"]
    scoring.set_aside(second.pk, reason="Of another file.", by=make_office(), at=SENT_AT)

    assert cells(office) == ["-"]
    assert not ScoreSum.objects.exists()


def test_sums_that_were_not_kept_are_found(office):
    file = sent(0)
    score(file, 20)
    ScoreSum.objects.all().delete()

    assert list(faults()) == [f"Application {file.pk} has 1 scores that count; lists tell of 0."]


def test_list_by_score_goes_from_page_to_page_and_from_file_to_file(office, monkeypatch):
    monkeypatch.setattr("applications.admin.application.ApplicationAdmin.list_per_page", 2)
    files = [sent(number) for number in range(6)]
    for file, value in zip(files, (50, 90, 50, 10, 50, None), strict=True):
        score(file, *([] if value is None else [value]))
    wanted = [files[place].pk for place in (1, 4, 2, 0, 3)]

    pages = [LIST + "?order=score"]
    shown = []
    while pages[-1]:
        found = office.get(pages[-1]).context["cl"]
        shown.append([row.pk for row in found.result_list])
        pages.append(LIST + found.older_url if found.older_url else "")
    back = office.get(LIST + found.newer_url).context["cl"]

    assert shown == [wanted[:2], wanted[2:4], wanted[4:]]
    assert [row.pk for row in back.result_list] == wanted[2:4]
    assert listed(office, "?order=score&p=older-1-1") == wanted[:2]
    kept = quote_plus("order=score")
    walked = [wanted[0]]
    while (
        url := office.get(f"{LIST}{walked[-1]}/change/?_changelist_filters={kept}")
        .context["queue"]
        .older_url
    ):
        walked.append(int(re.search(r"/(\d+)/change/", url)[1]))
    assert walked == wanted
    unscored = office.get(f"{LIST}{files[5].pk}/change/?_changelist_filters={kept}")
    assert (unscored.context["queue"].newer_url, unscored.context["queue"].older_url) == ("", "")


def test_reviewer_with_the_list_is_told_nothing_while_it_is_their_turn(at_the_desk):
    mine, other, blank = sent(0), sent(1), sent(2)
    score(mine, 20, 90)
    score(other, 30)
    both = (access.COORDINATORS, access.REVIEWERS)
    client = at_the_desk(*both, email="both@example.org", consulate="new-york")
    person = User.objects.get(email="both@example.org")
    assign(mine, person)
    assign(blank, person)

    assert cells(client) == ["-", "30 % 1 score", "-"]
    told = (listed(client, f"?score={way}") for way in ("given", "none", "apart"))
    assert list(chain.from_iterable(told)) == [other.pk]
    assert listed(client, "?order=score") == [other.pk]

    turn = Assignment.objects.filter(application=mine, reviewer=person)
    turn.update(ended_at=SENT_AT, ended_by=person)
    assert cells(client) == ["-", "30 % 1 score", "55 % Far apart 2 scores"]
    assert listed(client, "?order=score") == [mine.pk, other.pk]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("query", ["", "?order=score", "?score=apart"])
def test_list_with_scores_costs_no_further_query(office, rows, query, django_assert_num_queries):
    for number in range(rows):
        score(sent(number), 20, 90)

    with django_assert_num_queries(13):
        found = office.get(LIST + query).context["cl"].result_list

    assert len(found) == rows
