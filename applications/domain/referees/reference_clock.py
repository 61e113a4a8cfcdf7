"""Until when a letter counts: the rule of the round, with ends that are later than its own.

There is no second rule of "late": every end given here is an argument of
`RecruitmentRound.accepts`. Requests must come from `with_clock`.
"""

from datetime import datetime

from applications.models import Application, LettersClock, ReferenceRequest
from applications.models.reference_settings import settings_of
from positions.deadlines import days_later, deadline_in_words
from positions.models import RecruitmentRound


def soft_end(round_: RecruitmentRound) -> datetime | None:
    """Return the end that the round gives to letters alone, where it gives one."""
    asked = settings_of(round_)
    if asked.clock != LettersClock.SOFT:
        return None
    return days_later(round_.closes_at, asked.soft_days, round_.zoneinfo)


def until(round_: RecruitmentRound, *own: datetime | None) -> datetime | None:
    """Return the latest of the ends beside the round's own; None where there is none."""
    return max((end for end in (soft_end(round_), *own) if end is not None), default=None)


def _until(request: ReferenceRequest) -> datetime | None:
    return until(_round(request), request.late_until, request.until_at)


def _round(request: ReferenceRequest) -> RecruitmentRound:
    application: Application = request.referee.application
    return application.round


def ends_at(request: ReferenceRequest) -> datetime:
    """Return the first instant at which a letter no longer counts."""
    return _round(request).end(_until(request))


def accepts(request: ReferenceRequest, at: datetime) -> bool:
    """Tell whether a letter that arrives at `at` counts."""
    return _round(request).accepts(at, until=_until(request))


def is_late(request: ReferenceRequest, at: datetime) -> bool:
    """Tell whether a letter that arrives at `at` is after the deadline of the application itself.

    With a soft clock it may count all the same.
    """
    return not _round(request).accepts(at, until=request.late_until)


def deadline(request: ReferenceRequest) -> str:
    """Write the last minute that counts for the letter, in the zone of the round."""
    return deadline_in_words(ends_at(request), _round(request).zoneinfo)


def letters_end(application: Application) -> datetime:
    """Return the end of the letters of an application without one of their own, for its pages."""
    round_ = application.round
    return round_.end(until(round_, application.late_until))


def reminders(round_: RecruitmentRound, end: datetime) -> list[datetime]:
    """List the instants at which a letter that ends at `end` is reminded of, earliest first."""
    return [days_later(end, -days, round_.zoneinfo) for days in settings_of(round_).days]
