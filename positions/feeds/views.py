"""The addresses of the feeds. Like the pages they are kept, and the same for everybody."""

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from jetportal.pagecache.pages import PublicPage, kept_page, public_page
from jetportal.pagecache.windows import Window
from jetportal.requests import TimedRequest
from positions.domain import shelf
from positions.feeds import api, atom, calendar
from positions.feeds.facts import absolute, address_of, changed_at, in_utc
from positions.models import PositionType, RecruitmentRound

FOR_EVERY_SITE = {"Access-Control-Allow-Origin": "*"}


@require_safe
@kept_page()
def feed(request: TimedRequest) -> HttpResponse:
    found = shelf.everything(request.received_at)
    text = atom.feed(found.listed, request.received_at)
    return PublicPage(
        text,
        window=found.window,
        content_type=atom.CONTENT_TYPE,
        kept_headers=FOR_EVERY_SITE,
    )


@require_safe
@kept_page()
def deadlines(request: TimedRequest) -> HttpResponse:
    found = shelf.everything(request.received_at)
    text = calendar.calendar(found.listed, request.received_at)
    return _calendar(text, "jet-program-deadlines.ics", found.window)


@require_safe
@kept_page()
def deadline(request: TimedRequest, slug: str) -> HttpResponse:
    at = request.received_at
    round_ = RecruitmentRound.objects.published(at).with_vacancies().filter(slug=slug).first()
    if round_ is None:
        raise Http404("There is no such round.")
    window = Window.around(round_.changes_at(), at)
    return _calendar(calendar.calendar([round_], at), f"{slug}.ics", window)


def _calendar(text: bytes, name: str, window: Window) -> PublicPage:
    return PublicPage(
        text,
        window=window,
        content_type=calendar.CONTENT_TYPE,
        kept_headers={**FOR_EVERY_SITE, "Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
@kept_page()
def rounds(request: TimedRequest) -> HttpResponse:
    found = shelf.everything(request.received_at)
    text = api.document(found.listed, request.received_at)
    return PublicPage(
        text,
        window=found.window,
        content_type=api.CONTENT_TYPE,
        kept_headers=FOR_EVERY_SITE,
    )


@require_safe
@kept_page()
def about(request: TimedRequest) -> HttpResponse:
    """Say what programs can read here, and how."""
    context = {"trail": [(reverse("positions:home"), "Home")], "version": api.VERSION}
    return public_page(request, "positions/api.html", context)


@require_safe
@kept_page()
def sitemap(request: TimedRequest) -> HttpResponse:
    """List every public page for search engines, past and archived rounds included."""
    found = shelf.everything(request.received_at)
    pages = ("home", "positions", "rounds", "deadlines", "api", "accessibility", "privacy")
    slugs = [position.slug for position in PositionType.objects.all()]
    addresses = [
        *((absolute(f"positions:{name}"), "") for name in pages),
        *((absolute("positions:position", slug), "") for slug in slugs),
        *(_entry(round_) for round_ in (*found.listed, *found.archived)),
    ]
    text = render_to_string("positions/sitemap.xml", {"addresses": addresses})
    return PublicPage(text, window=found.window, content_type="application/xml")


def _entry(round_: RecruitmentRound) -> tuple[str, str]:
    return address_of(round_), in_utc(changed_at(round_))
