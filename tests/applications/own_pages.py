"""What tests of the pages of an applicant begin with."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.models import Application
from tests.applicants import (
    SENT_AT,
    make_user,
)


@pytest.fixture
def ana(client: Client):
    """A browser in which Ana is signed in, two days before the deadline."""
    with time_machine.travel(SENT_AT, tick=False):
        client.force_login(make_user())
        yield client


def url(name: str, application: Application, *more: str) -> str:
    if name in {"remove_document", "replace_document"}:
        more = (str(application.documents.filter(slot="citizenship")[0].key),)
    return reverse(f"applications:{name}", args=[application.key, *more])


OWN_PAGES = [
    ("tasks", ()),
    ("section", ("identity",)),
    ("after", ("identity",)),
    ("documents", ()),
    ("remove_document", ()),
    ("check", ()),
    ("receipt", ()),
    ("withdraw", ()),
    ("discard", ()),
]
POSTS = [
    ("section", ("identity",)),
    ("upload", ("citizenship",)),
    ("remove_document", ()),
    ("submit", ()),
    ("withdraw", ()),
    ("take_back", ()),
    ("answer", ("interview_confirmed",)),
    ("discard", ()),
]
