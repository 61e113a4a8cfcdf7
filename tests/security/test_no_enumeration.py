"""Whether somebody is known here is told by no word, status, mail, or amount of work."""

import re
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications.domain.referees import letters
from applications.domain.reference_numbers import check_symbol
from applications.models import Status
from jetportal.accounts import sign_ins
from jetportal.accounts.models import SignIn
from jetportal.mail.models import OutgoingMail
from positions.models import Watch, WatchSubject
from tests.applicants import SENT_AT, make_application, make_staff, make_user
from tests.referees import ask, token_of

pytestmark = pytest.mark.django_db

NEVER = "2222-2222-" + check_symbol("2" * 8)  # could be a reference number, and is none
KNOWN, UNKNOWN = "known@example.org", "never@example.org"
BY_NATURE = (
    re.compile(r'name="csrfmiddlewaretoken" value="\w+"'),
    re.compile(r"\d{4} \d{4}"),
    re.compile(f"{KNOWN}|{UNKNOWN}"),
)


@pytest.fixture(autouse=True)
def standing() -> Iterable[None]:
    with time_machine.travel(SENT_AT, tick=False):
        yield


def told(asking: Callable[[Client], HttpResponse]) -> dict[str, object]:
    """Return all that can be noticed of an answer, and of the work and the mail behind it."""
    OutgoingMail.objects.all().delete()
    client = Client()
    with CaptureQueriesContext(connection) as work, comparing() as compared:
        answer = asking(client)
    return {
        "status": answer.status_code,
        "leads to": answer.get("Location"),
        "words": even(answer.content.decode()),
        "next page": even(client.get(answer["Location"]).content.decode())
        if "Location" in answer
        else "",
        "cookies": {name: len(sent.value) for name, sent in answer.cookies.items()},
        "work": [statement(query["sql"]) for query in work.captured_queries],
        "compared": len(compared),
        "mails": [(m.lane, m.state, even(m.text)) for m in OutgoingMail.objects.all()],
    }


@contextmanager
def comparing() -> Iterator[list[str]]:
    """Note each comparison of secrets: those alone take the same time whatever they compare."""
    noted: list[str] = []

    def note(frame: FrameType, event: str, called: object) -> None:
        if event == "c_call" and called is secrets.compare_digest:
            noted.append(frame.f_code.co_name)

    sys.setprofile(note)
    try:
        yield noted
    finally:
        sys.setprofile(None)


def even(words: str) -> str:
    """Leave out what differs between two answers to the same."""
    for nature in BY_NATURE:
        words = nature.sub("~", words)
    return words


def statement(sql: str) -> str:
    """Return the verb and the table: what a statement costs, without its values."""
    return " ".join(re.findall(r"^\w+|(?:FROM|INTO|UPDATE) \"\w+\"", sql))


def signing_in(email: str) -> Callable[[Client], HttpResponse]:
    return lambda client: client.post("/accounts/login/", {"email": email})


def asking_again(email: str) -> Callable[[Client], HttpResponse]:
    def asking(client: Client) -> HttpResponse:
        client.post("/accounts/login/", {"email": email})
        with time_machine.travel(SENT_AT + timedelta(minutes=1), tick=False):
            return client.post("/accounts/login/code/new/")

    return asking


def guessing(email: str) -> Callable[[Client], HttpResponse]:
    def asking(client: Client) -> HttpResponse:
        client.post("/accounts/login/", {"email": email})
        return client.post("/accounts/login/code/", {"code": "0000 0000"})

    return asking


@pytest.mark.parametrize("way", [signing_in, asking_again, guessing])
@pytest.mark.parametrize("who", [make_user, make_staff, "closed"])
def test_signing_in_tells_nobody_who_has_an_account(way, who):
    make_user(KNOWN, is_active=False) if who == "closed" else who(KNOWN)

    assert told(way(KNOWN)) == told(way(UNKNOWN))


@pytest.mark.parametrize("who", [make_user, make_staff])
def test_guessing_tells_nobody_who_is_staff_when_the_log_takes_no_more(who):
    who(KNOWN)
    refused = {"event": "refused", "method": "code", "network": "127.0.0.1", "at": SENT_AT}
    SignIn.objects.bulk_create(SignIn(**refused) for _ in range(sign_ins.MOST_UNKNOWN))

    assert told(guessing(KNOWN)) == told(guessing(UNKNOWN))
    assert SignIn.objects.filter(account=None).count() == sign_ins.MOST_UNKNOWN


def test_watching_tells_nobody_who_watches_already():
    at = SENT_AT - timedelta(days=1)
    Watch.objects.create(
        email=KNOWN,
        subject=WatchSubject.SEA,
        asked_at=at,
        confirmed_at=at,
        expires_at=SENT_AT + timedelta(days=99),
    )

    known, unknown = (
        told(lambda client, email=email: client.post("/watch/", {"about": "sea", "email": email}))
        for email in (KNOWN, UNKNOWN)
    )

    for only_in_the_mailbox in ("mails",):
        assert len(known.pop(only_in_the_mailbox)) == len(unknown.pop(only_in_the_mailbox)) == 1
    assert known == unknown


@pytest.mark.parametrize("sign", ["a", "0"])
def test_verifying_tells_nobody_which_reference_numbers_there_are(sign):
    sent = make_application(status=Status.SUBMITTED)

    answers = [
        told(
            lambda client, number=number: client.post(
                "/verify/", {"reference": number, "fingerprint": sign * 64}
            )
        )
        for number in (sent.reference, NEVER)
    ]

    for answer, number in zip(answers, (sent.reference, NEVER), strict=True):
        answer["words"] = str(answer["words"]).replace(number, "~")
    assert answers[0] == answers[1]
    assert answers[0]["compared"] > 0


def test_link_of_a_referee_tells_nobody_why_it_is_dead():
    request = ask(make_application())
    letters.decline(token_of(request), reason="", at=SENT_AT)
    ended, never = token_of(request), "x" * 43

    answers = [
        told(lambda client, t=token: client.get(f"/references/{t}/")) for token in (ended, never)
    ]

    assert answers[0]["status"] == 404
    assert answers[0] == answers[1]


def test_application_of_somebody_else_costs_as_much_as_none():
    theirs = make_application().key
    stranger = make_user("stranger@example.org")

    def opening(key: object) -> Callable[[Client], HttpResponse]:
        def asking(client: Client) -> HttpResponse:
            client.force_login(stranger)
            return client.get(f"/applications/{key}/")

        return asking

    answers = [told(opening(key)) for key in (theirs, "00000000-0000-4000-8000-000000000000")]
    for answer in answers:
        answer["cookies"] = None
    assert answers[0]["status"] == 404
    assert answers[0] == answers[1]
