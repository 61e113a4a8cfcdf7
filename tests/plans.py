"""Which way a query takes through its tables."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet


def plan_of(rows: QuerySet[Any], *, without: str = "") -> str:
    """Return the plan on PostgreSQL, with no way through a whole table where an index leads there.

    Tables of tests are so small that a plan would take all of them otherwise, or any index: name
    the one that must not be taken instead. Within a transaction, which must not be committed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        if without:
            cursor.execute(f"DROP INDEX {without}")
    return rows.explain()
