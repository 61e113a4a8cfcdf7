"""Every address and who may open it. A new address fails here until it has its line."""

import uuid
from collections import defaultdict
from collections.abc import Mapping

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from applications.models import Application
from tests.applicants import make_application, make_user
from tests.factories import make_round
from tests.security.addresses import every_address
from tests.security.safety import amiss

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("refusals_untold")]

Answers = tuple[int | str, int | str]  # to GET and to POST: a status, or where it leads
SIGN_IN, ACCOUNT = "/accounts/login/", "/accounts/"
MINE = "/applications/"
START = "/applications/start/sea-2024-summer/"
CODE = "/accounts/login/code/"
MARK = "/static/img/mark.svg"
ELSEWHERE = "//evil.example/"  # where no address leads, whatever it is asked

# What a stranger hears, and what somebody signed in hears who asks for the application of another.
PUBLIC: tuple[Answers, Answers] = ((200, 405), (200, 405))
WATCH: tuple[Answers, Answers] = ((200, 200), (200, 200))
LINK: tuple[Answers, Answers] = ((404, 404), (404, 404))  # whoever has the link, signed in or not
OWN_PAGE: tuple[Answers, Answers] = ((SIGN_IN, 405), (404, 405))
OWN_FORM: tuple[Answers, Answers] = ((SIGN_IN, SIGN_IN), (404, 404))
OWN_CALL: tuple[Answers, Answers] = ((405, 401), (405, 404))  # by a script, not by people
DESK: tuple[Answers, Answers] = ((SIGN_IN, SIGN_IN), (404, 404))

RULES: Mapping[str, tuple[Answers, Answers]] = {
    "positions:home": PUBLIC,
    "positions:positions": PUBLIC,
    "positions:position": PUBLIC,
    "positions:rounds": PUBLIC,
    "positions:round": PUBLIC,
    "positions:feed": PUBLIC,
    "positions:deadline_calendars": PUBLIC,
    "positions:deadline_calendar": PUBLIC,
    "positions:api": PUBLIC,
    "positions:rounds_json": PUBLIC,
    "positions:sitemap": PUBLIC,
    "positions:deadlines": PUBLIC,
    "positions:accessibility": PUBLIC,
    "positions:privacy": PUBLIC,
    "positions:watch": WATCH,
    "positions:watch_sent": PUBLIC,
    "positions:watch_confirm": LINK,
    "positions:watch_renew": LINK,
    "positions:watch_stop": LINK,
    "positions:time": PUBLIC,
    "positions:robots": PUBLIC,
    "health": PUBLIC,
    "icon": ((MARK, 405), (MARK, 405)),
    "references:landing": LINK,
    "references:start": LINK,
    "references:write": LINK,
    "references:autosave": ((404, 409), (404, 409)),
    "references:preview": LINK,
    "references:file": LINK,
    "references:submit": LINK,
    "references:received": LINK,
    "references:decline": LINK,
    "references:not_me": LINK,
    "references:declined": LINK,
    "verify": WATCH,
    "round_questions": PUBLIC,
    "round_eligibility": WATCH,
    "applications:list": ((SIGN_IN, 405), (200, 405)),
    "applications:start": ((SIGN_IN, SIGN_IN), (200, "/rounds/sea-2024-summer/")),
    "applications:start_from": ((SIGN_IN, SIGN_IN), (START, START)),
    "applications:document": OWN_PAGE,
    "applications:tasks": OWN_PAGE,
    "applications:eligibility": OWN_FORM,
    "applications:check": OWN_PAGE,
    "applications:submit": OWN_FORM,
    "applications:receipt": OWN_PAGE,
    "applications:interview_calendar": OWN_PAGE,
    "applications:copy": OWN_PAGE,
    "applications:answers": OWN_PAGE,
    "applications:change_contact": OWN_FORM,
    "applications:corrections": OWN_FORM,
    "applications:correct": OWN_FORM,
    "applications:asked_document": OWN_FORM,
    "applications:withdraw": OWN_FORM,
    "applications:take_back": OWN_FORM,
    "applications:answer": OWN_FORM,
    "applications:reply": OWN_FORM,
    "applications:discard": OWN_FORM,
    "applications:after": OWN_PAGE,
    "applications:autosave": OWN_CALL,
    "applications:autosave_entry": OWN_CALL,
    "applications:purpose_preview": OWN_PAGE,
    "applications:references": OWN_PAGE,
    "applications:add_referee": OWN_FORM,
    "applications:referee": OWN_FORM,
    "applications:remove_referee": OWN_FORM,
    "applications:replace_referee": OWN_FORM,
    "applications:correct_address": OWN_FORM,
    "applications:send_request": OWN_FORM,
    "applications:send_again": OWN_FORM,
    "applications:documents": OWN_PAGE,
    "applications:upload": OWN_FORM,
    "applications:replace_document": OWN_FORM,
    "applications:remove_document": OWN_FORM,
    "applications:section": OWN_FORM,
    "applications:add_entry": OWN_PAGE,
    "applications:entry": OWN_FORM,
    "applications:remove_entry": OWN_FORM,
    "applications:drop_parked": OWN_FORM,
    "own_data": ((SIGN_IN, SIGN_IN), (200, 405)),
    "own_data_file": ((SIGN_IN, SIGN_IN), (200, 405)),
    "own_data_erasure": ((SIGN_IN, SIGN_IN), ("/accounts/data/", "/accounts/data/")),
    "account_home": ((SIGN_IN, SIGN_IN), (200, 200)),
    "account_login": ((200, 200), (MINE, MINE)),
    "account_code": ((SIGN_IN, SIGN_IN), (MINE, MINE)),
    "account_new_code": ((CODE, SIGN_IN), (MINE, MINE)),
    "account_logout": ((200, "/"), (200, "/")),
    "account_signup": ((SIGN_IN, SIGN_IN), (SIGN_IN, SIGN_IN)),
    "account_inactive": ((403, 403), (403, 403)),
    "mfa_index": ((ACCOUNT, ACCOUNT), (ACCOUNT, ACCOUNT)),
}

# Second factors are the account library's: each address is asked of a stranger below.
FACTORS = "mfa_"


@pytest.fixture
def places() -> Mapping[str, object]:
    """What stands in addresses: the application of somebody, and numbers of nothing."""
    call_command("load_catalogue", verbosity=0)
    application = make_application(round_=make_round())
    named = {
        "slug": "sea-2024-summer",
        "key": application.key,
        "document_key": application.documents.all()[0].key,
        "slot": "citizenship",
        "referee_key": application.referees.all()[0].key,
        "section_key": "coaching",
        "list_key": "qualifications",
        "entry_id": "00000001",
        "target": "interview_confirmed",
    }
    return defaultdict(lambda: 1, named)


def heard(response: HttpResponse) -> int | str:
    """Return the status, or the path that a redirect leads to: none leaves this site."""
    return response.get("Location", "").partition("?")[0] or response.status_code


def asked(user_email: str | None, path: str) -> Answers:
    answers = []
    for method in ("get", "post"):
        client = Client()
        if user_email:
            client.force_login(make_user(user_email))
        answer = getattr(client, method)(f"{path}?next={ELSEWHERE}")
        assert amiss(answer) == [], path
        answers.append(heard(answer))
    return answers[0], answers[1]


def test_every_address_has_a_rule_and_every_rule_its_address(places):
    names = {
        name
        for name, _ in every_address(places)
        if not name.startswith(("admin:", "mail:", FACTORS))
    }

    assert names == {name for name in RULES if not name.startswith(FACTORS)}


def test_strangers_and_others_hear_what_the_rules_say(places):
    before = Application.objects.values().get()

    heard_now = {
        name: (asked(None, path), asked("stranger@example.org", path))
        for name, path in every_address(places)
        if name in RULES
    }

    assert heard_now == RULES
    assert Application.objects.values().get() == before


def test_strangers_reach_no_page_about_second_factors(places):
    factors = [(n, path) for n, path in every_address(places) if n.startswith(FACTORS)]

    reached = {name: asked(None, path) for name, path in factors if name not in RULES}

    assert len(reached) > 10
    assert {answer for pair in reached.values() for answer in pair} == {SIGN_IN}


def test_desk_is_closed_to_strangers_and_not_there_for_applicants(places):
    desk = [path for name, path in every_address(places) if name.startswith("admin:")]

    rules = {path: (asked(None, path), asked("stranger@example.org", path)) for path in desk}

    assert len(rules) > 50
    assert {path: rule for path, rule in rules.items() if rule != DESK} == {}


def test_page_of_the_mail_folder_has_no_address_here():
    assert Client().get("/development/mail/").status_code == 404


def test_key_that_does_not_exist_is_answered_like_that_of_somebody_else(places):
    there = [path for name, path in every_address(places) if name.startswith("applications:")]
    mine = [str(places[name]) for name in ("key", "document_key")]
    other = str(uuid.UUID(int=1))

    pairs = []
    for path in there:
        missing = path
        for key in mine:
            missing = missing.replace(key, other)
        pairs.append((asked("stranger@example.org", path), asked("stranger@example.org", missing)))

    assert [pair for pair in pairs if pair[0] != pair[1]] == []
