"""Two presses at once on the pages behind a referee's link."""

from collections.abc import Iterator
from functools import partial

import pytest
import time_machine

from applications.domain.referees import letter_drafts
from applications.models import Reference
from jetportal.mail.models import OutgoingMail
from tests.letters import RefereeBrowser, asked_by_mail
from tests.race.together import together
from tests.referees import WRITTEN_AT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(WRITTEN_AT, tick=False):
        yield


def test_two_presses_send_one_letter_and_both_find_the_receipt():
    asked = asked_by_mail()
    referee = RefereeBrowser(asked)
    referee.post("start")
    referee.write()
    context = referee.get("preview").context
    data = {"version": context["version"], "proof": context["proof"]}

    answers = together(*[partial(RefereeBrowser(asked).post, "submit", **data)] * 2)

    assert len({answer["Location"] for answer in answers}) == 1
    assert "/received/" in answers[0]["Location"]
    assert Reference.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="reference_thanks").count() == 1


def test_two_windows_that_save_at_once_lose_neither_text():
    asked = asked_by_mail()
    referee = RefereeBrowser(asked)
    referee.post("start")
    texts = ("From one window", "From the other")

    answers = together(
        *[partial(RefereeBrowser(asked).write, then="later", letter=text) for text in texts]
    )

    kept = letter_drafts.typing_of(asked).typed["letter"][0]
    (refused,) = (answer for answer in answers if answer.status_code == 409)
    assert kept in texts
    assert all(text in refused.content.decode() for text in texts)
