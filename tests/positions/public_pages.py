"""What tests of the public pages begin with."""

import re
from datetime import datetime, timedelta

import pytest

from positions.domain import catalogue
from tests.factories import (
    OPENS_AT,
)

AT = OPENS_AT + timedelta(days=5)
ROUND = "/rounds/sea-2025-summer/"
PAGES = [
    "/",
    "/positions/",
    "/positions/alt/",
    "/positions/cir/",
    "/positions/sea/",
    "/rounds/",
    "/rounds/sea-2024-summer/",
    "/rounds/annual-2025/",
    "/deadlines/",
    "/accessibility/",
    "/privacy/",
]


@pytest.fixture
def at(time_machine):
    """Set the clock of the portal; it stands still."""

    def move(instant: datetime) -> None:
        time_machine.move_to(instant, tick=False)

    move(AT)
    return move


@pytest.fixture
def official_lists():
    catalogue.load()


def text_of(response) -> str:
    """The words of a page, without its tags, spaces made plain."""
    words = re.sub(r"<(script|template)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", words).replace("\u00a0", " ").split())
