"""Telling those who wait that a round is there, and those who were told how it changed.

Staff start an announcement; the sweep (`positions.tasks`) stores its mails batch by batch. How far
it has come is written in the same transaction as the mails, and each mail has one key for ever, by
its address, so a run that was cut off, or two runs at once, tell everybody once. See
docs/decisions/0015 and 0021.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet

from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.message import Message
from jetportal.mail.models import OutgoingMail
from jetportal.setaside import set_aside
from positions.domain import watch_words
from positions.domain.errors import Refused
from positions.domain.told import change_key, opening_key
from positions.domain.watch_links import names
from positions.models import Announcement, RecruitmentRound, RoundChange, Watch
from positions.models.watches import WatchQuerySet, interest

BATCH = 200  # mails per transaction
BATCHES = 25  # per sweep: what a worker has the time for
SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail as it would leave, with its address masked and without its links of one's own."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Preview:
    count: int
    samples: tuple[Sample, ...]


def announcement(round_: RecruitmentRound, *, at: datetime) -> Preview:
    """Return how many people would be told of `round_` at `at`, and the first mails to read.

    The round comes from `with_vacancies()`.
    """
    waiting = Watch.objects.wanting(round_, at)
    facts = watch_words.opened_facts(round_, at=_shown_at(round_, at))
    first = list(waiting.select_related("sport").order_by("pk")[:BATCH])
    addresses = list(_first_by(first, lambda watch: watch.email).values())
    return Preview(
        count=waiting.aggregate(people=Count("email", distinct=True))["people"],
        samples=tuple(
            Sample(to=watch_words.masked(watch.email), subject=message.subject, text=message.text)
            for watch in addresses[:SAMPLES]
            for message in [watch_words.opened_sample(watch, facts)]
        ),
    )


def announce(round_id: int, *, by: User, at: datetime) -> Announcement:
    """Begin to tell everybody who waits for a round, once. Raises Refused.

    The mails follow with the next sweep; where the round is published later, with the first sweep
    after that. People count as waiting who do so at that instant.
    """
    round_ = RecruitmentRound.objects.with_vacancies().get(pk=round_id)
    require_announceable(round_, at=at)
    if not Watch.objects.wanting(round_, at).exists():
        raise Refused("Nobody waits for this round yet, so there is nobody to tell.")
    begun, created = Announcement.objects.get_or_create(
        round=round_, change=None, defaults={"by": by, "at": at}
    )
    if not created:
        raise Refused("This round has been announced already.")
    return begun


def tell_again(round_: RecruitmentRound, *, at: datetime) -> None:
    """Go through those who wait once more, where a round that was announced answers more of them.

    Whoever was told is not told again. To be called where a post is new, or its sport.
    """
    openings = Announcement.objects.openings().filter(round=round_, at__lte=at)
    openings.update(finished_at=None, last_watch=0, again_at=at)


def call_off(round_: RecruitmentRound) -> None:
    """Take back the announcement of a round that becomes a draft or goes. Raises Refused."""
    openings = Announcement.objects.openings().filter(round=round_)
    if openings.filter(count__gt=0).exists():
        raise Refused("People have been told of this round already. It stays.")
    openings.delete()


def require_announceable(round_: RecruitmentRound, *, at: datetime) -> None:
    """Raise Refused unless `round_` is, or will be, open to those who would be told."""
    if round_.published_at is None:
        raise Refused("This round is a draft. Publish it first: the mail links to its page.")
    if round_.cancelled_at is not None:
        raise Refused("This round is cancelled.")
    if round_.closes_at <= at:
        raise Refused(f"The deadline, {round_.deadline}, is over.")


def untold_changes() -> QuerySet[RoundChange]:
    """Select what changed since a round was announced, and was not begun to be told."""
    openings = Announcement.objects.openings().filter(
        round=OuterRef("round"), at__lte=OuterRef("at")
    )
    return RoundChange.objects.filter(Exists(openings), announcement=None)


def tell_changes(*, at: datetime) -> int:
    """Begin to tell what changed since a round was announced; return how many changes.

    Each change is told once, to those who were told of the round.
    """
    rows = [
        Announcement(round_id=change.round_id, change=change, by_id=change.by_id, at=at)
        for change in untold_changes().order_by("pk")
    ]
    Announcement.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def carry_on(*, at: datetime, batches: int = BATCHES) -> int:
    """Store the next mails of every announcement that is not finished; return how many people."""
    told = 0
    for pk in list(Announcement.objects.due(at).values_list("pk", flat=True)):
        while batches:
            count = None
            with set_aside("announcement", pk):
                count = _tell_some(pk, at=at)
            if count is None:
                break
            told, batches = told + count, batches - 1
    return told


@transaction.atomic(durable=True)
def _tell_some(announcement_id: int, *, at: datetime) -> int | None:
    """Tell the next batch of one announcement; None when it is finished."""
    due = Announcement.objects.due(at).filter(pk=announcement_id)
    found = due.select_for_update(of=("self",)).first()
    if found is None:
        return None
    round_ = RecruitmentRound.objects.with_vacancies().get(pk=found.round_id)
    if found.finished_at is not None:  # told before the opening: once more from the beginning
        found.finished_at, found.last_watch = None, 0
    tell = _opening if found.change_id is None else _change
    batch, mails = tell(found, round_, at=at)
    outbox.enqueue_all(mails, at=at)
    found.count += len(mails)
    if len(batch) < BATCH:
        found.finished_at = max(at, found.at)
    if batch:
        found.last_watch = batch[-1].pk
    found.save(update_fields=["count", "finished_at", "last_watch"])
    return len(mails)


def _opening(
    found: Announcement, round_: RecruitmentRound, *, at: datetime
) -> tuple[list[Watch], dict[str, Message]]:
    """Return who comes next, and the mail to those not told yet; nobody once the round is over."""
    if round_.cancelled_at is not None or round_.closes_at <= at:
        return [], {}
    batch = _next(Watch.objects.wanting(round_, _horizon(found, round_, at=at)), found)
    untold = _untold(_first_by(batch, lambda watch: opening_key(round_, watch.email)))
    facts = watch_words.opened_facts(round_, at=at)
    return batch, _written(untold, lambda watch: watch_words.opened(watch, facts))


def _horizon(found: Announcement, round_: RecruitmentRound, *, at: datetime) -> datetime:
    """Return until when somebody has to have begun to wait to be told by `found`."""
    until = _shown_at(round_, found.again_at or found.at)
    return max(until, round_.opens_at) if round_.opens_at and round_.opens_at <= at else until


def tell_one(watch: Watch, *, at: datetime) -> None:
    """Tell somebody who asked before the announcement of a round and has confirmed since.

    A round that takes no applications any more is left out, and so is what they were told of.
    """
    running = Announcement.objects.openings().filter(
        round__published_at__lte=at, round__closes_at__gt=at, round__cancelled_at=None
    )
    for found in running.order_by("pk"):
        round_ = RecruitmentRound.objects.with_vacancies().get(pk=found.round_id)
        wanted = Watch.objects.wanting(round_, at).filter(pk=watch.pk).exists()
        if wanted and watch.asked_at <= _horizon(found, round_, at=at):
            with set_aside("mail of watch", watch.pk), transaction.atomic():
                _tell_late(watch, found, round_, at=at)


def _tell_late(
    watch: Watch, found: Announcement, round_: RecruitmentRound, *, at: datetime
) -> None:
    """Store the mail, after the same lock as `_tell_some`: else each waits for the other."""
    Announcement.objects.select_for_update(of=("self",)).get(pk=found.pk)
    facts = watch_words.opened_facts(round_, at=at)
    for key in _untold({opening_key(round_, watch.email): watch}):
        outbox.enqueue_all({key: watch_words.opened(watch, facts)}, at=at)
        Announcement.objects.filter(pk=found.pk).update(count=F("count") + 1)


def _change(
    found: Announcement, round_: RecruitmentRound, *, at: datetime
) -> tuple[list[Watch], dict[str, Message]]:
    """Return the next who watch, and the mail to those of them who were told of the round."""
    batch = _next(Watch.objects.live(at), found)
    change = _change_of(found, round_)
    told = _were_told(batch, round_)
    untold = _untold(_first_by(told, lambda watch: change_key(change, watch.email)))
    facts = watch_words.changed_facts(change, round_)
    return batch, _written(untold, lambda watch: watch_words.changed(watch, facts))


def _written(untold: Mapping[str, Watch], write: Callable[[Watch], Message]) -> dict[str, Message]:
    """Write the mails; one that cannot be written is left out. Where none can, the run stops here:
    then the fault is not in one row, and nobody may be passed over.
    """
    mails = {}
    for key, watch in untold.items():
        with set_aside("mail of watch", watch.pk):
            mails[key] = write(watch)
    if untold and not mails:
        raise ValueError("none of these mails can be written")
    return mails


def _untold(mails: Mapping[str, Watch]) -> dict[str, Watch]:
    """Leave out the keys that have their mail: that address has been told."""
    stored = set(_stored(mails).values_list("key", flat=True))
    return {key: watch for key, watch in mails.items() if key not in stored}


def _first_by(watches: Iterable[Watch], key: Callable[[Watch], str]) -> dict[str, Watch]:
    """Keep the first of the watches that share a key: an address is told by one."""
    first: dict[str, Watch] = {}
    for watch in watches:
        first.setdefault(key(watch), watch)
    return first


def _were_told(batch: Sequence[Watch], round_: RecruitmentRound) -> list[Watch]:
    """Keep those whose address was told of `round_`, by this watch or by another that is gone.

    A watch of the address that has nothing to do with the round does not speak for one that was
    stopped.
    """
    keys = {watch.pk: opening_key(round_, watch.email) for watch in batch}
    mails = dict(_stored(keys.values()).values_list("key", "headers"))
    wanting = Watch.objects.filter(interest(round_), pk__in=keys).values_list("pk", flat=True)
    fitting = set(wanting)
    return [
        watch
        for watch in batch
        if keys[watch.pk] in mails and (watch.pk in fitting or names(mails[keys[watch.pk]], watch))
    ]


def _stored(keys: Collection[str]) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(key__in=list(keys))


def _change_of(found: Announcement, round_: RecruitmentRound) -> RoundChange:
    return next(change for change in round_.changes.all() if change.pk == found.change_id)


def _next(watches: WatchQuerySet, found: Announcement) -> list[Watch]:
    following = watches.filter(pk__gt=found.last_watch).select_related("sport")
    return list(following.order_by("pk")[:BATCH])


def _shown_at(round_: RecruitmentRound, at: datetime) -> datetime:
    """Return `at`, or the instant from which the round is shown where that is later."""
    return max(at, round_.published_at or at)
