"""A letter beside everything else that may happen to the same request."""

from datetime import timedelta
from functools import partial

import pytest

from applications.domain.errors import DraftOvertaken, LinkDead, Refused
from applications.domain.referees import asking, letter_drafts, letters, references
from applications.domain.referees.asking import AlreadyThere
from applications.domain.referees.letters import Letter
from applications.models import (
    Application,
    Reference,
    ReferenceRequest,
    RequestMail,
    RequestState,
)
from jetportal.mail.models import OutgoingMail
from tests.applicants import EMPLOYER, PROFESSOR, make_application
from tests.race.together import together
from tests.referees import ASKED_AT, WRITTEN_AT, ask, fresh, token_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def application() -> Application:
    return make_application()


def submitting(token: str):
    letter = Letter(text="A letter")
    return partial(
        letters.submit_letter, token, letter, received_at=WRITTEN_AT, recorded_at=WRITTEN_AT
    )


def refusals(outcomes: list[object]) -> list[type]:
    return [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]


def test_two_clicks_submit_one_letter(application):
    token = token_of(ask(application))

    outcomes = together(submitting(token), submitting(token))

    assert refusals(outcomes) == [LinkDead]
    assert Reference.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="reference_received").count() == 1


def test_letter_and_replacement_have_one_winner(application):
    request = ask(application)
    replacing = partial(
        references.replace,
        application.key,
        request.referee.key,
        PROFESSOR,
        by=application.applicant,
        at=WRITTEN_AT,
    )

    outcomes = together(submitting(token_of(request)), replacing)

    request.refresh_from_db()
    assert len(refusals(outcomes)) == 1
    came = request.state == RequestState.RECEIVED
    assert Reference.objects.exists() is came
    assert application.referees.filter(replaced_at=None, email=PROFESSOR.email).exists() is not came


def test_two_clicks_on_send_ask_once(application):
    referee = application.referees.get(place=1)
    sending = partial(
        asking.send, application.key, referee.key, by=application.applicant, at=ASKED_AT
    )

    outcomes = together(sending, sending)

    assert refusals(outcomes) == [AlreadyThere]
    assert OutgoingMail.objects.filter(kind="reference_request").count() == 1


def test_two_clicks_on_send_again_ask_once_more(application):
    request = ask(application)
    again = partial(
        asking.send_again,
        application.key,
        request.referee.key,
        by=application.applicant,
        at=ASKED_AT + timedelta(hours=1),
    )

    outcomes = together(again, again)

    assert refusals(outcomes) == [AlreadyThere]
    assert RequestMail.objects.count() == 2


def test_two_windows_name_one_referee_in_the_last_place(application):
    application.referees.get(place=2).delete()
    adding = [
        partial(references.add, application.key, words, by=application.applicant, at=ASKED_AT)
        for words in (EMPLOYER, PROFESSOR)
    ]

    outcomes = together(*adding)

    assert refusals(outcomes) == [Refused]
    assert application.referees.count() == 2


def test_declining_and_submitting_have_one_winner(application):
    request = ask(application)
    token = token_of(request)
    declining = partial(letters.decline, token, reason="", at=WRITTEN_AT)

    outcomes = together(submitting(token), declining)

    assert refusals(outcomes) == [LinkDead]
    came = fresh(request.referee).state == RequestState.RECEIVED
    assert Reference.objects.exists() is came
    assert ReferenceRequest.objects.filter(state=RequestState.DECLINED).exists() is not came


def test_letter_and_another_window_that_saves_lose_neither_text(application):
    request = ask(application)
    token, seen = token_of(request), {"letter": ["The letter that was looked over"]}
    version = letters.save_draft(token, seen, seen_version=0, at=WRITTEN_AT).version
    letter = Letter(text=seen["letter"][0], seen_version=version)
    sending = partial(
        letters.submit_letter, token, letter, received_at=WRITTEN_AT, recorded_at=WRITTEN_AT
    )
    other = {"letter": ["What the other window holds"]}
    saving = partial(letters.save_draft, token, other, seen_version=version, at=WRITTEN_AT)

    outcomes = together(sending, saving)

    kept = letter_drafts.typing_of(request).typed
    if Reference.objects.exists():
        assert refusals(outcomes) == [LinkDead]  # the page gives the typing back
    else:
        assert (refusals(outcomes), kept) == ([DraftOvertaken], other)
