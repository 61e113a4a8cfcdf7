from datetime import timedelta

from applications.domain.errors import RoundClosed
from positions.clocks import duration_in_words
from positions.deadlines import in_words_to_the_second

SECOND = timedelta(seconds=1)


def late_context(refusal: RoundClosed) -> dict[str, object]:
    """Say how late a request was, by which clock; or that the round is not open, or cancelled."""
    late = refusal.late_by
    return {
        "late_by": "" if late is None else how_late(late),
        "arrived": in_words_to_the_second(refusal.received_at),
        "cancelled": refusal.cancelled,
    }


def how_late(late: timedelta) -> str:
    return duration_in_words(late) if late >= SECOND else "less than a second"
