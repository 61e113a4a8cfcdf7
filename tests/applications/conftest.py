"""Browsers in which members of staff are signed in."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from applications.domain import access
from tests.applicants import make_staff

SignIn = Callable[..., Client]


@pytest.fixture
def at_the_desk(settings: Settings) -> SignIn:
    """Return a function that signs staff in; the second factor has tests of its own."""
    settings.DEMO = True

    def sign_in(*groups: str, email: str = "desk@example.org", consulate: str | None = None):
        client = Client()
        client.force_login(make_staff(email, *groups, consulate=consulate))
        return client

    return sign_in


@pytest.fixture
def office(at_the_desk: SignIn) -> Client:
    """The program office: sees all, moves much."""
    return at_the_desk(access.PROGRAM_OFFICE, email="office@example.org")


@pytest.fixture
def coordinator(at_the_desk: SignIn) -> Client:
    """The coordinator of New York."""
    return at_the_desk(access.COORDINATORS, email="new-york@example.org", consulate="new-york")
