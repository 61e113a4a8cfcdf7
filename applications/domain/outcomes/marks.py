"""Nobody lets a release go that is not the one they looked at."""

from hashlib import sha256

from applications.domain.errors import Refused
from applications.models import ResultBatch


class Changed(Refused):
    """What somebody decides about is not any more what they looked at."""


def mark_of(batch: ResultBatch) -> str:
    """Sum up what a release of the batch would do, in 64 symbols; one query."""
    rows = batch.decisions.order_by("pk").values_list("pk", "outcome", "rank")
    asked = (batch.asked_at, batch.release_at, batch.replies_until, batch.over_seats)
    return sha256(repr((asked, list(rows))).encode()).hexdigest()


def require_seen(batch: ResultBatch, seen: str | None) -> None:
    """Raise Changed where `seen`, a mark, is not that of the locked batch; None asks nothing."""
    if seen is not None and seen != mark_of(batch):
        raise Changed("Something about it was changed since you looked. Look at it again.")
