"""The Statement of Purpose as it would fill its pages."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from applications.domain.form import completeness
from applications.models import UNSENT
from applications.sections.base import SectionForm
from applications.sections.fields import over_limit
from applications.sections.pages import pages
from applications.sections.registry import section_named
from applications.sections.text import count_characters, count_words
from applications.views.common import applicant_page, own
from applications.views.fill import aside
from jetportal.requests import SignedInRequest

SECTION, FIELD = "purpose", "statement"
ALLOWED = 2  # pages


@dataclass(frozen=True, slots=True)
class Measure:
    """How long a text is, as its field counts it; `over` says by how much it is too long."""

    words: int
    characters: int
    over: tuple[str, ...]


@require_GET
@applicant_page
def preview(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Show the saved text as on paper: 12 pt, double-spaced, margins of an inch."""
    application = own(request, key)
    section = section_named(application.round, SECTION)
    if section is None:
        raise Http404
    if application.status not in UNSENT:
        return redirect("applications:receipt", key=key)
    form = completeness.load(application).form(section)
    text = str(form[FIELD].value() or "")
    context = {
        **aside(request, application),
        "section": section,
        "text": text,
        "sheets": pages(text),
        "allowed": ALLOWED,
        "measure": _measure(form, text.strip()),
    }
    return render(request, "applications/purpose_preview.html", context)


def _measure(form: SectionForm, text: str) -> Measure:
    words, characters = count_words(text), count_characters(text)
    field = form.fields[FIELD]
    limits = ((words, field.max_words, "word"), (characters, field.max_characters, "character"))  # type: ignore[attr-defined]
    told = (over_limit(used, limit, unit) for used, limit, unit in limits if limit is not None)
    return Measure(words, characters, tuple(filter(None, told)))
