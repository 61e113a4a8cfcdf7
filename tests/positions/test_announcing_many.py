"""Ten thousand watchers cost as many queries a batch as a few."""

import pytest

from jetportal.mail.models import OutgoingMail
from positions.domain import announcements
from positions.domain.announcements import BATCH
from tests.positions.watching import AT, archery_round, make_many, make_staff

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("people", [BATCH, 10_000])
def test_batch_of_an_announcement_takes_a_fixed_number_of_queries(
    people, django_assert_num_queries
):
    make_many(people)
    round_ = archery_round()
    announcements.announce(round_.pk, by=make_staff(), at=AT)

    with django_assert_num_queries(11):
        told = announcements.carry_on(at=AT, batches=1)

    assert told == OutgoingMail.objects.count() == BATCH
