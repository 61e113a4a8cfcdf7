"""The way through a list from file to file: what comes before and after, with its filters."""

from copy import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.http import QueryDict
from django.urls import reverse

from applications.admin.kept import KEPT, kept_words
from applications.admin.paging import NEWEST_FIRST, Cursor, ScoreCursor, is_by_score
from applications.domain import access
from applications.models import Application
from jetportal.requests import SignedInRequest

CHANGE = "admin:applications_application_change"


@dataclass(frozen=True, slots=True)
class Queue:
    """Where the list goes on; an address is empty where the list ends."""

    newer_url: str
    older_url: str
    list_url: str


def queue_of(request: SignedInRequest, application: Application) -> Queue | None:
    """Find the neighbors in the list somebody came from; None for those who have no list."""
    if application.submitted_at is None or not access.may_review(request.user):
        return None
    words = kept_words(request)
    carried = words.urlencode()
    words.pop(PAGE_VAR, None)
    filtered = bool(words)
    rows = _rows(request, words)
    if filtered and not words:  # they say nothing
        carried = ""
    by_score = is_by_score(words)
    mean = _mean_in(rows, application) if by_score else None
    sent_at = application.submitted_at

    def neighbor(*, older: bool) -> str:
        if by_score and mean is None:
            return ""
        by_time = Cursor(older, sent_at, application.pk)
        place = by_time if mean is None else ScoreCursor(older, mean, application.pk)
        pk = place.beyond(rows).values_list("pk", flat=True).first()
        query = urlencode({KEPT: carried}) if carried else ""
        return _with(reverse(CHANGE, args=[pk]), query) if pk else ""

    return Queue(
        newer_url=neighbor(older=False),
        older_url=neighbor(older=True),
        list_url=_with(reverse("admin:applications_application_changelist"), carried),
    )


def _mean_in(rows: Any, application: Application) -> int | None:
    """Return by what a list sorted by score holds the file; None where it does not."""
    means = rows.filter(pk=application.pk).values_list("score_sum__mean", flat=True)
    mean: int | None = means.first()
    return mean


def _rows(request: SignedInRequest, words: QueryDict) -> Any:
    """Return the rows of the list; filters that say nothing are the whole list."""
    if words:
        asked = copy(request)
        asked.GET = words  # type: ignore[assignment]
        try:
            listed = admin.site.get_model_admin(Application).get_changelist_instance(asked)
        except IncorrectLookupParameters:
            words.clear()
        else:
            return listed.queryset
    rows = access.reviewable_by(request.user).filter(submitted_at__isnull=False)
    return rows.select_related(None).order_by(*NEWEST_FIRST)


def _with(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address
