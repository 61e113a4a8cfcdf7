"""Two requests of one person at the same instant, each on a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connection

from jetportal.accounts import codes
from jetportal.accounts.models import MAX_ATTEMPTS, SignInCode, User
from tests.jetportal.accounts.people import mailed_code

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

AT = datetime(2024, 4, 3, 12, tzinfo=UTC)


def together(action: Callable[[], object], times: int) -> list[object]:
    barrier = Barrier(times)

    def run() -> object:
        barrier.wait()
        try:
            return action()
        except codes.Refused as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return [job.result() for job in [pool.submit(run) for _ in range(times)]]


def ask() -> str:
    codes.send_code("mia@example.org", browser="b", network="n", at=AT)
    return mailed_code().replace(" ", "")


def test_two_clicks_on_sign_in_make_one_account():
    code = ask()

    results = together(lambda: codes.redeem(code, browser="b", at=AT), 2)

    assert results == [User.objects.get()] * 2


def test_guesses_at_once_are_all_counted():
    code = ask()
    guess = f"{(int(code) + 1) % 10**8:08}"

    results = together(lambda: codes.redeem(guess, browser="b", at=AT), 8)

    assert SignInCode.objects.get().attempts == MAX_ATTEMPTS
    assert (results.count(codes.WrongCode), results.count(codes.NoCode)) == (4, 4)
    with pytest.raises(codes.NoCode):
        codes.redeem(code, browser="b", at=AT)
