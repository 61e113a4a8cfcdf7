"""What tests of the pages behind a referee's link begin with."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from django.http import HttpResponse

from applications.domain.referees import (
    letter_drafts,
)
from applications.models import (
    Reference,
    ReferenceDraft,
    ReferenceEvent,
    ReferenceRequest,
)
from jetportal.mail.models import OutgoingMail
from tests.letters import ITO, RefereeBrowser, asked_by_mail
from tests.referees import WRITTEN_AT

SUZUKI = replace(ITO, name="鈴木 恵", email="suzuki@example.org")

APPLICANT = "Lindqvist-Moreno"
PAGES = ["", "start", "write", "autosave", "preview", "file", "submit", "received", "decline"]
PAGES += ["not-me", "declined"]
ENGLISH, JAPANESE = {"accept-language": "en-US"}, {"accept-language": "ja,en;q=0.5"}


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(WRITTEN_AT, tick=False) as clock:
        yield clock


@pytest.fixture
def asked() -> ReferenceRequest:
    return asked_by_mail()


@pytest.fixture
def referee(asked: ReferenceRequest) -> RefereeBrowser:
    return RefereeBrowser(asked)


@pytest.fixture
def writing(referee: RefereeBrowser) -> RefereeBrowser:
    """A referee who has started."""
    referee.post("start")
    return referee


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def everything() -> list[object]:
    """Return every row that a referee's page may write."""
    models = (ReferenceRequest, ReferenceEvent, ReferenceDraft, Reference, OutgoingMail)
    return [list(model.objects.order_by("pk").values()) for model in models]


def kept(asked: ReferenceRequest) -> dict[str, list[str]]:
    return dict(letter_drafts.typing_of(asked).typed)


# --- Opening and starting -----------------------------------------------------------------------
