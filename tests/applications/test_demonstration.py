"""The demonstration may be loaded again over whatever people did with it."""

from datetime import UTC, datetime, timedelta

import pytest

from applications.domain import demonstration
from positions.domain import catalogue
from positions.models import RecruitmentRound, RoundState

pytestmark = pytest.mark.django_db

AT = datetime(2025, 2, 20, 20, 0, tzinfo=UTC)
LATER = AT + timedelta(weeks=20)


def test_demonstration_opens_again_what_somebody_archived():
    catalogue.load()
    demonstration.load(at=AT)
    rounds = RecruitmentRound.objects.filter(slug="sea-demo")
    assert rounds.update(archived_at=LATER) == 1

    demonstration.load(at=LATER)

    assert rounds.get().state(LATER) == RoundState.OPEN
