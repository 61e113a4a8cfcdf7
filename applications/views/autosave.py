"""Saving a section by itself while it is typed: what `static/js/autosave.js` asks."""

from uuid import UUID

from django.http import Http404, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from applications.domain import drafts
from applications.domain.errors import NotEditable, Overtaken, UnknownSection, Unreadable
from applications.models import Application, SectionAnswers
from applications.views.fill import version_seen
from applications.views.parked import sent_by, signed_out
from jetportal.requests import PortalRequest, SignedInRequest
from positions.deadlines import in_words

SIGNED_OUT, CONFLICT = 401, 409


@require_POST
@never_cache
def autosave(request: PortalRequest, key: UUID, section_key: str) -> JsonResponse:
    """Save as the button does, and tell in a few words how it went; never choose between two."""
    if not request.user.is_authenticated:
        return signed_out(request, status=SIGNED_OUT)
    try:
        return _saved(request, key, section_key)  # type: ignore[arg-type]
    except (Application.DoesNotExist, UnknownSection) as problem:
        raise Http404 from problem
    except (NotEditable, Unreadable) as refusal:
        return JsonResponse({"refused": str(refusal)}, status=CONFLICT)
    except Overtaken:
        return JsonResponse({"conflict": True}, status=CONFLICT)


def _saved(request: SignedInRequest, key: UUID, section_key: str) -> JsonResponse:
    """Save; a page that names no version has seen none."""
    at, seen = request.received_at, version_seen(request) or 0
    drafts.save_section(key, section_key, sent_by(request), by=request.user, at=at, seen=seen)
    rows = SectionAnswers.objects.select_related("application__round")
    row = rows.filter(application__key=key, section=section_key).first()
    if row is None or row.saved_at != at:  # another window was faster than this question
        return JsonResponse({"conflict": True}, status=CONFLICT)
    clock = in_words(at, row.application.round.zoneinfo).rpartition(", ")[2]
    return JsonResponse({"saved": f"Saved at {clock}", "version": row.version})
