"""What the pages behind a referee's link share: who asks, who sees a receipt, dead links."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.signing import Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from applications.domain.errors import LinkDead
from applications.domain.names import names_of, with_names
from applications.domain.referees import dead_links
from applications.domain.referees.reference_clock import ends_at
from applications.forms.letter import MOST_PAGES, Answer, ReferenceForm, answers, as_typed
from applications.models import Application, ReferenceRequest
from applications.views.bilingual import JAPANESE, NAMES, View, bilingual
from applications.views.common import reader_zone
from applications.views.moments import moments
from jetportal.accounts.networks import network_of
from jetportal.requests import PortalRequest
from positions.deadlines import last_minute

PROOF = "proof"
GONE, CONFLICT, UNFIT, TOO_MANY = 404, 409, 422, 429
VERSION_DIGITS = 9
MEND = "mend"  # in the address: say what is missing


def behind_a_link(view: Callable[..., HttpResponse]) -> View:
    """Guard a page behind a referee's link: never kept, never found, its address never passed on.

    The link alone allows everything, so a form needs no token of ours: there is no sign-in that
    somebody else's page could borrow, and without a referrer a browser sends no origin either.
    See docs/decisions/0026.
    """

    @csrf_exempt
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @bilingual
    @wraps(view)
    def guarded(request: PortalRequest, token: str, **parts: Any) -> HttpResponse:
        try:
            response = view(request, token, **parts)
        except LinkDead:
            response = dead_page(request)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return guarded


def dead_page(request: PortalRequest) -> HttpResponse:
    """Say that a link is not in use, the same for every reason; what was typed is shown back."""
    allowed = dead_links.count(network_of(request), at=request.received_at)
    status = GONE if allowed else TOO_MANY
    return page(request, "dead", {"text": typed_text(request)}, status=status)


def typed_text(request: HttpRequest) -> str:
    """Return what somebody sent to a link that was dead when it came, to be copied."""
    typed = as_typed(dict(request.POST.lists()))
    own = [request.POST.get("reason", "")]
    words = [*typed.get("known", []), *typed.get("letter", []), *own]
    return "\n\n".join(text for text in words if text.strip())


def version_seen(request: PortalRequest) -> int:
    """Return the version of the draft the page was made from; 0 for none, and for nonsense."""
    text = request.POST.get("version", "")
    plain = text.isascii() and text.isdecimal() and len(text) <= VERSION_DIGITS
    return int(text) if plain else 0


def read_out(form: ReferenceForm) -> list[Answer]:
    """Return all that a form holds as it is read, the letter last."""
    return [*answers(form), Answer(str(form["letter"].label), form.text)]


def page(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    shown = {"languages": NAMES, **context}
    return render(request, f"references/{name}.html", shown, status=status)


def asked_context(request: PortalRequest, link: ReferenceRequest, token: str) -> dict[str, Any]:
    """Return what every page of a living link shows: who asks, for what, until when."""
    application = link.referee.application
    round_ = application.round
    return {
        "token": token,
        PROOF: proof_of(token),
        "referee": link.referee,
        "applicant": full_name(application),
        "round": round_,
        "position": position_named(application),
        "demonstration": round_.is_demonstration,
        "megabytes": round_.documents_max_megabytes,
        "most_pages": MOST_PAGES,
        "moments": moments(
            last_minute(ends_at(link)), deciding=round_.zoneinfo, reader=reader_zone(request)
        ),
    }


def full_name(application: Application) -> str:
    """Write the applicant's name as it is spoken, given name first."""
    (named,) = with_names(Application.objects.filter(pk=application.pk))
    family, first = names_of(named)
    return f"{first} {family}".strip()


def position_named(application: Application) -> str:
    """Name the position in the reader's language, by its official name in Japanese."""
    if application.position is None:
        return ""
    in_japanese = get_language() == JAPANESE
    return application.position.name_ja if in_japanese else application.position.name


def proof_of(token: str, what: str = "alive") -> str:
    """Sign that a page was made while the link lived: whoever sends it back sees the receipt.

    So a second press, or a reload, finds the receipt; anybody else with a used link learns nothing.
    """
    return Signer(salt=f"applications.references.{what}").signature(token)


def is_proven(request: HttpRequest, token: str, what: str = "alive") -> bool:
    given = request.POST.get(PROOF) or request.GET.get(PROOF) or ""
    return constant_time_compare(given, proof_of(token, what))


def with_proof(name: str, token: str, what: str = "alive") -> str:
    return f"{reverse(name, args=[token])}?{urlencode({PROOF: proof_of(token, what)})}"
