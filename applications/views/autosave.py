"""Saving a section or an entry by itself while it is typed: what `static/js/autosave.js` asks."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from applications.domain.errors import (
    EntryOvertaken,
    ListFull,
    NotEditable,
    Overtaken,
    UnknownEntry,
    UnknownSection,
    Unreadable,
)
from applications.domain.form import drafts, lists
from applications.models import Application, SectionAnswers
from applications.views.fill import version_seen
from applications.views.parked import sent_by, signed_out
from jetportal.requests import PortalRequest, SignedInRequest
from positions.deadlines import in_words

SIGNED_OUT, CONFLICT = 401, 409


Saving = Callable[..., JsonResponse]


def saving_by_itself(view: Saving) -> Saving:
    """Save as the button does, and tell in a few words how it went; never choose between two."""

    @wraps(view)
    def answered(request: PortalRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        if not request.user.is_authenticated:
            return signed_out(request, status=SIGNED_OUT)
        try:
            return view(request, *args, **kwargs)
        except (Application.DoesNotExist, UnknownEntry, UnknownSection) as problem:
            raise Http404 from problem
        except (ListFull, NotEditable, Unreadable) as refusal:
            return JsonResponse({"refused": str(refusal)}, status=CONFLICT)
        except (EntryOvertaken, Overtaken):
            return _conflict()

    guarded: Saving = require_POST(never_cache(answered))
    return guarded


@saving_by_itself
def autosave(request: SignedInRequest, key: UUID, section_key: str) -> JsonResponse:
    """Save a section; a page that names no version has seen none."""
    at, seen = request.received_at, version_seen(request) or 0
    drafts.save_section(key, section_key, sent_by(request), by=request.user, at=at, seen=seen)
    row = _row(key, section_key)
    return _told(row, row.version, at=at) if row else _conflict()


@saving_by_itself
def autosave_entry(
    request: SignedInRequest, key: UUID, section_key: str, list_key: str, entry_id: str
) -> JsonResponse:
    """Save one entry of a list; the first time it begins the entry."""
    at, place = request.received_at, (section_key, list_key, entry_id)
    seen = version_seen(request) or 0
    lists.save_entry(key, *place, sent_by(request), by=request.user, at=at, seen=seen)
    row = _row(key, section_key)
    opened = row.opened() if row else None
    entries = opened[1].get(list_key, []) if opened else []
    version = next((entry["version"] for entry in entries if entry["id"] == entry_id), None)
    return _told(row, version, at=at) if row and version else _conflict()


def _row(key: UUID, section_key: str) -> SectionAnswers | None:
    rows = SectionAnswers.objects.select_related("application__round")
    row: SectionAnswers | None = rows.filter(application__key=key, section=section_key).first()
    return row


def _told(row: SectionAnswers, version: int, *, at: datetime) -> JsonResponse:
    if row.saved_at != at:  # another window was faster than this question
        return _conflict()
    clock = in_words(at, row.application.round.zoneinfo).rpartition(", ")[2]
    return JsonResponse({"saved": f"Saved at {clock}", "version": version})


def _conflict() -> JsonResponse:
    return JsonResponse({"conflict": True}, status=CONFLICT)
