from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from jetportal.accounts import codes
from jetportal.accounts.models import SignInCode
from jetportal.accounts.tasks import forget_codes

AT = datetime(2024, 4, 3, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_forget_codes_leaves_those_of_today():
    codes.send_code("old@example.org", browser="b", network="n", at=AT - timedelta(hours=25))
    codes.send_code("new@example.org", browser="b", network="n", at=AT - timedelta(hours=23))

    with time_machine.travel(AT, tick=False):
        assert forget_codes() == 1

    assert SignInCode.objects.get().email == "new@example.org"
