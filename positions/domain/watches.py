"""Asking to be told of rounds: ask, confirm by mail, renew, stop.

Whoever asks hears the same answer whether the address is known or not; only the mail differs.
What is told to those who wait is in `positions.domain.announcements`.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.crypto import salted_hmac

from jetportal.accounts.limits import lately
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from positions.domain import announcements, watch_words
from positions.domain.errors import Refused
from positions.domain.watch_links import Purpose, key_in
from positions.models import Sport, Vacancy, Watch, WatchRequest, WatchSubject

LASTS = timedelta(days=730)
RENEWAL_BEFORE = timedelta(days=30)
UNCONFIRMED_FOR = timedelta(days=7)
REQUESTS_KEPT = timedelta(days=1)
SAME_CLICK = timedelta(seconds=10)
WINDOW = timedelta(hours=1)
PER_ADDRESS_AND_NETWORK = 10
PER_ADDRESS = 20  # a stranger can have so many mails sent to somebody, and no more
PER_NETWORK = 300  # a campus shares one address
BATCH = 200


class TooMany(Refused):
    """No further mail was sent."""


def ask(
    email: str, *, subject: WatchSubject, sport: Sport | None, network: str, at: datetime
) -> None:
    """Keep a watch of a normalized address until it is confirmed, and queue the mail that asks.

    Asked again, the mail goes out again; for a confirmed watch it says that there is one already.
    Raises TooMany.
    """
    _require_room(email, network=network, at=at)
    with transaction.atomic():
        WatchRequest.objects.create(address=_digest(email), network=network, created_at=at)
        held = Watch.objects.select_for_update(of=("self",))
        watch, created = held.get_or_create(
            email=email, subject=subject, sport=sport, defaults={"asked_at": at}
        )
        if not created:
            if watch.asked_at > at - SAME_CLICK:
                return
            watch.asked_at = at
            watch.save(update_fields=["asked_at"])
        outbox.enqueue(
            watch_words.confirm(watch),
            key=f"watch:{watch.pk}:confirm:{at.isoformat()}",
            lane=Lane.DECISIONS,
            at=at,
        )


def known_sports(at: datetime) -> QuerySet[Sport]:
    """Select the sports that anybody may read of: of published rounds, and those watched already.

    What only a draft names stays with staff.
    """
    shown = Vacancy.objects.filter(sport=OuterRef("pk"), round__published_at__lte=at)
    watched = Watch.objects.filter(sport=OuterRef("pk"))
    return Sport.objects.filter(Exists(shown) | Exists(watched))


def find(token: str, purpose: Purpose) -> Watch | None:
    """Return the watch of a link, None when it was stopped or has ended. Raises UnknownLink."""
    return Watch.objects.select_related("sport").filter(key=key_in(token, purpose)).first()


def confirm(token: str, *, at: datetime) -> Watch | None:
    """Start the watch of a link; once more changes nothing. None as in `find`.

    Whoever asked before an announcement and confirms after it is told in the same transaction, and
    once more after it: a sweep may have passed the row before it was committed.
    """
    watch = _confirmed(token, at=at)
    if watch is not None and watch.confirmed_at == at:
        announcements.tell_one(watch, at=at)
    return watch


@transaction.atomic(durable=True)
def _confirmed(token: str, *, at: datetime) -> Watch | None:
    watch = _locked(token, Purpose.CONFIRM)
    if watch is not None and watch.confirmed_at is None:
        watch.confirmed_at, watch.expires_at = at, at + LASTS
        watch.save(update_fields=["confirmed_at", "expires_at"])
        announcements.tell_one(watch, at=at)
    return watch


@transaction.atomic(durable=True)
def renew(token: str, *, at: datetime) -> Watch | None:
    """Let the watch of a link last for its full time from `at` on. None as in `find`."""
    watch = _locked(token, Purpose.RENEW)
    if watch is None or watch.confirmed_at is None:
        return None
    watch.expires_at, watch.renewal_asked_at = at + LASTS, None
    watch.save(update_fields=["expires_at", "renewal_asked_at"])
    return watch


def stop(token: str, *, everything: bool) -> None:
    """Delete the watch of a link, or all of its address. What is gone already stays gone."""
    key = key_in(token, Purpose.STOP)
    watches = Watch.objects.filter(key=key)
    if everything:
        watches = Watch.objects.filter(email__in=watches.values("email"))
    with transaction.atomic():
        Watch.objects.filter(pk__in=list(watches.values_list("pk", flat=True))).delete()


def others_of(watch: Watch) -> int:
    """Count what else this address watches."""
    return Watch.objects.filter(email=watch.email).exclude(pk=watch.pk).count()


def ask_renewals(*, at: datetime) -> int:
    """Ask whoever's watch ends within 30 days, once, whether to go on; return how many."""
    asked = 0
    while batch := _ask_some(at):
        asked += batch
    return asked


@transaction.atomic(durable=True)
def _ask_some(at: datetime) -> int:
    due = Watch.objects.to_renew(at, at + RENEWAL_BEFORE).select_for_update(of=("self",))
    batch = list(due.select_related("sport").order_by("pk")[:BATCH])
    outbox.enqueue_all(
        {
            f"watch:{watch.pk}:renew:{watch.expires_at:%Y-%m-%d}": watch_words.renewal(watch)
            for watch in batch
        },
        at=at,
    )
    Watch.objects.filter(pk__in=[watch.pk for watch in batch]).update(renewal_asked_at=at)
    return len(batch)


def forget(*, at: datetime) -> int:
    """Delete what was never confirmed, what has ended, and old requests; return how many watches.

    Safe to run at any time.
    """
    WatchRequest.objects.filter(created_at__lte=at - REQUESTS_KEPT).delete()
    unconfirmed = Q(confirmed_at=None, asked_at__lte=at - UNCONFIRMED_FOR)
    return Watch.objects.filter(unconfirmed | Q(expires_at__lte=at)).delete()[0]


def _locked(token: str, purpose: Purpose) -> Watch | None:
    rows = Watch.objects.select_for_update(of=("self",)).select_related("sport")
    return rows.filter(key=key_in(token, purpose)).first()


def _require_room(email: str, *, network: str, at: datetime) -> None:
    counted = lately(
        WatchRequest.objects.all(),
        own=Q(address=_digest(email)),
        near=Q(network=network),
        since=at - WINDOW,
    )
    if counted["here"] >= PER_ADDRESS_AND_NETWORK or counted["address"] >= PER_ADDRESS:
        raise TooMany(
            "We have sent many mails to this address in the last hour. "
            "Look for the newest one, or ask again in an hour.",
            field="email",
        )
    if counted["network"] >= PER_NETWORK:
        raise TooMany(
            "Very many people asked from your network in the last hour. Ask again later.",
            field="email",
        )


def _digest(email: str) -> str:
    return salted_hmac("positions.watches", email, algorithm="sha256").hexdigest()
