"""Whoever tells of a round locks its announcement first, and stores mail after it.

On PostgreSQL alone: on SQLite whole transactions take turns.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction

from jetportal.mail import outbox
from jetportal.mail.models import OutgoingMail
from positions.domain import announcements, watch_words, watches
from positions.domain.told import opening_key
from positions.domain.watch_links import Purpose, token
from positions.models import Announcement, Watch
from tests.positions.watching import AT, archery_round, make_staff, make_watch, told
from tests.race.test_stale_round import PATIENCE, somebody_waits
from tests.services import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def confirm(watch: Watch) -> Watch | None:
    try:
        return watches.confirm(token(watch, Purpose.CONFIRM), at=AT)
    finally:
        connection.close()


def test_confirmation_waits_for_a_batch_that_is_about_to_tell_the_same_address():
    watch = make_watch("slow@example.org", confirmed_at=None)
    make_watch("waits@example.org")
    round_ = archery_round()
    announcements.announce(round_.pk, by=make_staff(), at=AT)
    message = watch_words.opened(watch, watch_words.opened_facts(round_, at=AT))

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Announcement.objects.select_for_update().get()
            confirming = pool.submit(partial(confirm, watch))
            wait_until(somebody_waits, "the confirmation to wait for the announcement")
            outbox.enqueue_all({opening_key(round_, watch.email): message}, at=AT)
        confirmed = confirming.result(PATIENCE)

    assert confirmed is not None
    assert told("watch_opened") == ["slow@example.org"]
    assert OutgoingMail.objects.filter(kind="watch_opened").count() == 1
