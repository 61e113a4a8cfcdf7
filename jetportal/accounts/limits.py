"""How often something was asked for lately, counted in the table that keeps the asking."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet


def lately(
    rows: "QuerySet[Any]", *, own: Q, near: Q, since: datetime, **more: Count
) -> dict[str, int]:
    """Count rows made after `since`: `own` by this address, `near` from this network, both `here`.

    `rows` have `created_at`; `more` is counted in the same query.
    """
    counted: dict[str, int] = rows.filter(own | near, created_at__gt=since).aggregate(
        here=Count("pk", filter=own & near),
        address=Count("pk", filter=own),
        network=Count("pk", filter=near),
        **more,
    )
    return counted
