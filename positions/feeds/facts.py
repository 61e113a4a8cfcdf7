"""What every feed says alike: whole addresses, instants in UTC, words for plain text."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from positions.deadlines import in_words
from positions.listing import posts_in_words
from positions.models import ChangeKind, RecruitmentRound

PROGRAM = "Japan Exchange and Teaching (JET) Program"


def absolute(name: str, *args: str) -> str:
    """Return the whole address of a page: it must not depend on how the reader reached us."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def address_of(round_: RecruitmentRound) -> str:
    return absolute("positions:round", round_.slug)


def host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def in_utc(instant: datetime) -> str:
    """Write an instant for programs: "2024-04-06T10:00:00Z"."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(words: str) -> str:
    """Write words of a page for plain text: its unbreakable spaces become common ones."""
    return words.replace("\u00a0", " ")


def changed_at(round_: RecruitmentRound) -> datetime:
    """Return when the published round last changed: its publishing, its end, its texts or posts."""
    instants = [round_.published_at or round_.closes_at, round_.texts_changed_at]
    instants += [change.at for change in round_.changes.all()]
    return max(filter(None, instants))


def changes_so_far(round_: RecruitmentRound) -> int:
    """Count the changes that `changed_at` tells the last of: it only ever rises."""
    return len(round_.changes.all()) + round_.texts_revision


def is_cancelled(round_: RecruitmentRound, at: datetime) -> bool:
    return round_.cancelled_at is not None and round_.cancelled_at <= at


def title_of(round_: RecruitmentRound) -> str:
    """Return the title as it may stand alone: a demonstration says that it is one."""
    return f"Demonstration: {round_.title}" if round_.is_demonstration else round_.title


def news(round_: RecruitmentRound, at: datetime) -> list[str]:
    """List the sentences about a round that a feed tells: its window, posts, and what changed.

    None of them depends on the hour at which it is read: a copy stays true.
    """
    cancelled = is_cancelled(round_, at)
    told = [] if cancelled else _window(round_)
    told.append(f"{posts_in_words(round_).rstrip('.')}.")
    for change in round_.changes.all():
        if change.kind == ChangeKind.EXTENDED and cancelled:
            continue
        if change.kind == ChangeKind.EXTENDED:
            told.append(f"The deadline was extended. Reason: {change.reason}")
        else:
            told.append(f"This round was cancelled. Reason: {change.reason}")
    return told


def _window(round_: RecruitmentRound) -> list[str]:
    deadline = f"Deadline: {plain(round_.deadline)}."
    if round_.opens_at is None:
        return [deadline]
    return [f"Opening: {plain(in_words(round_.opens_at, round_.zoneinfo))}.", deadline]
