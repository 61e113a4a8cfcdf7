"""Numbers in a list that are counted only so far."""

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

MOST_COUNTED = 5_000


class CountUpTo(Subquery):
    """Count rows that belong to each row of a list, and one beyond `MOST_COUNTED` at most.

    A `Count` goes through all of them, each time the list is shown.
    """

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[: MOST_COUNTED + 1])


def in_words(number: int) -> str:
    """Write what was counted: "412", "more than 5,000"."""
    return f"more than {MOST_COUNTED:,}" if number > MOST_COUNTED else f"{number:,}"
