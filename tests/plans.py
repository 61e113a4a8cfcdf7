"""Which way a query takes through its tables."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet


def plan_of(rows: QuerySet[Any]) -> str:
    """Return the plan on PostgreSQL, with no way through a whole table where an index leads there.

    Tables of tests are so small that a plan would take all of them otherwise. Within a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()
