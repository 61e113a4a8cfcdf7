"""Lists at the desk cost the same however much is stored behind them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jetportal import desklists
from jetportal.mail.models import MailState, OutgoingMail
from tests.applicants import make_user
from tests.plans import plan_of

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"


@pytest.fixture
def administrator(settings) -> Client:
    """The second factor has its own tests."""
    guard = "jetportal.accounts.middleware.StaffSecondFactorMiddleware"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != guard]
    client = Client()
    client.force_login(make_user("root@example.org", is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize(("most", "words"), [(2, "The first 2 users."), (3, "3 users")])
def test_list_counts_no_further_than_needed(administrator, monkeypatch, most, words):
    monkeypatch.setattr(desklists, "MOST_ROWS", most)
    for number in range(2):
        make_user(f"person{number}@example.org")

    with CaptureQueriesContext(connection) as asked:
        page = administrator.get(USERS)

    (counted,) = [query["sql"] for query in asked if "COUNT(*)" in query["sql"]]
    assert f"LIMIT {most + 1}" in counted
    assert words in " ".join(page.content.decode().split())


def test_failed_mail_is_found_without_the_mail_that_left():
    failed = OutgoingMail.objects.filter(state=MailState.FAILED).order_by("-pk")

    assert "mail_failed_newest" in plan_of(failed[:50])


def test_mail_to_one_address_is_found_however_it_was_typed():
    assert "mail_by_recipient" in plan_of(OutgoingMail.objects.filter(recipient__iexact="Ana@x"))
