"""The keys by which the outbox remembers who was told what: by address, whoever tells it.

So a second watch, a watch stopped and asked for again, or a draft beside a watch bring no second
mail. The digest needs no key of ours: the row that bears it holds the address as well.
"""

from hashlib import sha256

from positions.models import RecruitmentRound, RoundChange


def opening_key(round_: RecruitmentRound, email: str) -> str:
    return f"told:{round_.slug}:{digest(email)}:opened"


def change_key(change: RoundChange, email: str) -> str:
    """Name the mail about a change, to watchers and to applicants alike."""
    return f"told:{change.pk}:{digest(email)}:changed"


def digest(email: str) -> str:
    return sha256(email.lower().encode()).hexdigest()
