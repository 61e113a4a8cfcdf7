"""Links that lead nowhere all say the same, and nothing of the applicant."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from applications.domain.referees import (
    asking,
    letters,
    references,
    request_ends,
)
from applications.domain.referees.dead_links import PER_NETWORK
from applications.models import (
    DeadLinkVisit,
    ReferenceRequest,
)
from applications.tasks import forget_dead_links
from tests.applications.letter_pages import (
    APPLICANT,
    PAGES,
    SUZUKI,
    asked,
    everything,
    now,
    referee,
    text_of,
)
from tests.letters import LETTER, TYPED, RefereeBrowser
from tests.referees import WRITTEN_AT, ask, fresh, submit, token_of

__all__ = ["asked", "now", "referee"]

pytestmark = pytest.mark.django_db


def unknown(asked: ReferenceRequest) -> str:
    return "never-made-here"


def altered(asked: ReferenceRequest) -> str:
    token = token_of(asked)
    return token[:-1] + ("A" if token[-1] != "A" else "B")


def cut_short(asked: ReferenceRequest) -> str:
    return token_of(asked)[:-4]


def very_long(asked: ReferenceRequest) -> str:
    return "A" * 4000


def used(asked: ReferenceRequest) -> str:
    submit(asked)
    return token_of(asked)


def declined(asked: ReferenceRequest) -> str:
    letters.decline(token_of(asked), reason="", at=WRITTEN_AT)
    return token_of(asked)


def replaced(asked: ReferenceRequest) -> str:
    token, mine = token_of(asked), asked.referee.application
    references.replace(mine.key, asked.referee.key, SUZUKI, by=mine.applicant, at=WRITTEN_AT)
    return token


def given_another_address(asked: ReferenceRequest) -> str:
    token, mine = token_of(asked), asked.referee.application
    asking.correct_address(
        mine.key, asked.referee.key, "new@example.org", by=mine.applicant, at=WRITTEN_AT
    )
    return token


def withdrawn(asked: ReferenceRequest) -> str:
    with transaction.atomic():
        request_ends.cancel_all(asked.referee.application, at=WRITTEN_AT, withdrawn=True)
    return token_of(asked)


def expired(asked: ReferenceRequest) -> str:
    round_ = asked.referee.application.round
    type(round_).objects.update(closes_at=WRITTEN_AT)
    return token_of(asked)


DEAD: list[Callable[[ReferenceRequest], str]] = [
    unknown,
    altered,
    cut_short,
    very_long,
    used,
    declined,
    replaced,
    given_another_address,
    withdrawn,
    expired,
]


@pytest.mark.parametrize("make", DEAD, ids=lambda make: make.__name__)
def test_dead_links_all_say_the_same_and_nothing_of_the_applicant(asked, make):
    stranger = RefereeBrowser("never-made-here")
    expected = text_of(stranger.get())
    referee = RefereeBrowser(make(asked))

    answers = {page: referee.get(page) for page in PAGES}

    assert {answer.status_code for answer in answers.values()} == {404}
    assert {text_of(answer) for answer in answers.values()} == {expected}
    assert APPLICANT not in expected


@pytest.mark.parametrize("make", DEAD, ids=lambda make: make.__name__)
def test_dead_links_take_nothing_and_give_the_typing_back(asked, make):
    referee = RefereeBrowser(make(asked))
    before = everything()

    answers = [referee.write(), referee.post("submit", **TYPED), referee.post("autosave", **TYPED)]
    others = [referee.post(page) for page in ("start", "decline", "not-me", "received", "declined")]

    assert [answer.status_code for answer in answers] == [404, 404, 409]
    assert all(LETTER in text_of(answer) for answer in answers[:2])
    assert APPLICANT not in text_of(answers[0])
    assert {answer.status_code for answer in others} == {404}
    assert everything() == before


def test_receipt_is_not_for_whoever_finds_a_used_link(asked):
    submit(asked)
    finder = RefereeBrowser(asked)

    for proof in ("", "guessed", "ä", "x" * 5000):
        assert finder.get("received", proof=proof).status_code == 404
        assert finder.post("submit", proof=proof).status_code == 404


def test_proof_of_one_link_opens_no_other(asked):
    application = asked.referee.application
    other = RefereeBrowser(ask(application, SUZUKI))
    proof = RefereeBrowser(asked).get("decline").context["proof"]
    submit(fresh(application.referees.get(email=SUZUKI.email)))

    assert other.get("received", proof=proof).status_code == 404


def test_very_many_dead_links_from_one_network_are_slowed_and_a_living_one_opens(asked):
    stranger, referee = RefereeBrowser("never-made-here"), RefereeBrowser(asked)

    codes = [stranger.get().status_code for _ in range(PER_NETWORK + 2)]

    assert codes == [404] * PER_NETWORK + [429] * 2
    assert DeadLinkVisit.objects.count() == PER_NETWORK
    assert referee.get().status_code == 200


def test_visits_to_dead_links_are_forgotten_after_a_day(now):
    stranger = RefereeBrowser("never-made-here")
    stranger.get()
    now.move_to(WRITTEN_AT + timedelta(hours=2))
    stranger.get()

    now.move_to(WRITTEN_AT + timedelta(days=1, seconds=1))
    forget_dead_links()

    later = WRITTEN_AT + timedelta(hours=2)
    assert [visit.created_at for visit in DeadLinkVisit.objects.all()] == [later]


# --- Cost ---------------------------------------------------------------------------------------
