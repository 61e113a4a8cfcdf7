"""What a row of the list of applications shows, loaded for the rows of one page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from applications.admin.checked import with_triage
from applications.admin.letter_lines import with_letters
from applications.domain.names import with_names
from applications.domain.outcomes.standings import with_standing
from applications.domain.review import desk_queues, score_sums
from applications.models import Application
from applications.models.application import ApplicationQuerySet
from jetportal.accounts.models import User


def loaded(visible: Any, keys: Sequence[int], *, to: User, at: datetime) -> list[Application]:
    """Read those of the visible rows that have these keys, in this order.

    Apart from the question which rows they are: PostgreSQL weighs eight tables against each other,
    and a row shows more than that. Asked both at once, it may join them to every row first.
    """
    if not keys:
        return []
    page: ApplicationQuerySet = with_standing(visible.filter(pk__in=keys), at)
    rows = with_triage(with_letters(with_names(page)))
    rows = score_sums.with_sums(desk_queues.with_refused(rows, to=to), to=to)
    found: dict[int, Application] = {row.pk: row for row in rows.order_by()}
    return [found[key] for key in keys if key in found]
