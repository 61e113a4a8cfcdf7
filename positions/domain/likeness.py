"""What apps above keep for a round, and a new round like a past one begins with, too.

They register at start-up how theirs is copied, so that nothing here imports upwards.
"""

from collections.abc import Callable

from positions.models import RecruitmentRound

Copy = Callable[[RecruitmentRound, RecruitmentRound], None]

_copies: dict[str, Copy] = {}


def register(name: str, copy: Copy) -> None:
    """Add a function that copies from the past round (first) to the new one.

    Raises ValueError where another one has that name.
    """
    if _copies.setdefault(name, copy) is not copy:
        raise ValueError(f"There is a copy named {name!r} already.")


def copy_settings(past: RecruitmentRound, new: RecruitmentRound) -> None:
    """Copy what is registered; `new` is stored. Runs in the transaction of the caller."""
    for copy in _copies.values():
        copy(past, new)
