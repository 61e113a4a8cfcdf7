"""Where a file stands, and since when, for whoever reads it at the desk.

A result that is released counts from its moment on, also before a worker has made the move.
"""

from datetime import datetime
from typing import Any

from django.db.models import Subquery

from applications.models import Application, Decision


def with_standing(rows: Any, at: datetime) -> Any:
    """Read with each row what `Application.standing` and `standing_since` need; no query more."""
    released = Decision.objects.due_of_row(at).values("batch__release_at")[:1]
    return rows.with_due_result(at).annotate(due_since=Subquery(released))


def standing_since(application: Application) -> datetime:
    """Return since when it stands there; rows from `with_standing`."""
    released: datetime | None = getattr(application, "due_since", None)
    return max(released, application.status_at) if released else application.status_at
