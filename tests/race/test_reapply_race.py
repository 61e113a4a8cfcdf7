"""Two clicks on "Start from my earlier application"."""

from functools import partial

import pytest

from applications.domain.form import reapplying
from applications.models import Application
from tests.applicants import STARTED_AT, make_application
from tests.factories import make_round
from tests.race.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def test_two_clicks_copy_once():
    earlier = make_application(round_=make_round())
    round_ = make_round(slug="sea-2025-winter")
    click = partial(
        reapplying.start_from,
        earlier.key,
        round_slug=round_.slug,
        by=earlier.applicant,
        at=STARTED_AT,
    )

    outcomes = together(click, click)

    draft = Application.objects.get(round=round_)
    assert outcomes == [draft, draft]
    copied = draft.sections.values_list("section", flat=True)
    assert len(set(copied)) == len(copied) > 5
