"""What is kept apart, at the desk: asked for with a reason, shown once, and kept in the history."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications.admin.forms import LONGEST, typed
from applications.admin.words import short_time
from applications.domain import access, openings
from applications.domain.errors import Refused, UnknownSection
from applications.domain.names import applicant_name
from applications.domain.submitted import ShownPart
from applications.models import Application, SensitiveOpening
from applications.models.answers import SENSITIVE
from applications.sections.base import Section
from applications.sections.registry import declared_anywhere, section_named
from jetportal.accounts.models import User
from jetportal.requests import SignedInRequest

Find = Callable[[SignedInRequest, int], Application]


class OpeningForm(forms.Form):
    reason = forms.CharField(
        label="Why do you open it?",
        max_length=LONGEST,
        widget=forms.Textarea,
        help_text="Kept in the history of the file with your name. Write nothing about the answers "
        "themselves.",
        error_messages={
            "required": "Say why first.",
            "max_length": "This reason is too long: at most 4,000 characters.",
        },
    )


@dataclass(frozen=True, slots=True)
class Opening:
    """One part that was opened: by whom, when, why."""

    words: str
    when: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class KeptApart:
    """What the page of a file says of the sensitive parts, to those who may open them."""

    parts: tuple[tuple[str, str], ...]  # title and address
    openings: tuple[Opening, ...]


def kept_apart(application: Application, *, user: User) -> KeptApart | None:
    """Return the parts with their addresses, and who opened them; None for everybody else."""
    if not access.may_open_sensitive(user, application):
        return None
    rows = SensitiveOpening.objects.filter(application=application).select_related("by")
    return KeptApart(
        parts=tuple(
            (section.title, address(application, section.key)) for section in _parts(application)
        ),
        openings=tuple(
            Opening(_title(row.part), f"{short_time(row.at)} HST", row.by.email, row.reason)
            for row in rows
        ),
    )


def address(application: Application, section_key: str) -> str:
    place = [application.pk, section_key]
    return reverse("admin:applications_application_sensitive", args=place)


def _parts(application: Application) -> tuple[Section, ...]:
    named = (section_named(application.round, key) for key in SENSITIVE)
    return tuple(section for section in named if section)


def _title(part: str) -> str:
    section = declared_anywhere(part)
    return section.title if section else part.replace("_", " ").capitalize()


def pages(find: Find) -> dict[str, tuple[Callable[..., HttpResponse], str]]:
    """Return the page by its address; `find` returns a file the person may see."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def opened(request: SignedInRequest, pk: int, section_key: str) -> HttpResponse:
        application = find(request, pk)
        section = section_named(application.round, section_key)
        if (
            section is None
            or not section.sensitive
            or not access.may_open_sensitive(request.user, application)
        ):
            raise Http404
        if request.method != "POST":
            return _page(request, application, section, OpeningForm())
        return _opened(request, application, section)

    return {"<int:pk>/sensitive/<slug:section_key>/": (opened, "sensitive")}


def _opened(request: SignedInRequest, application: Application, section: Section) -> HttpResponse:
    """Show the part in the answer to the form: no address leads to it a second time."""
    form = OpeningForm(typed(request.POST.dict()))
    if not form.is_valid():
        return _page(request, application, section, form, status=422)
    try:
        part = openings.open_part(
            application,
            section.key,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=request.received_at,
        )
    except UnknownSection:
        refused = "What was sent does not hold this part."
        return _page(request, application, section, form, refused=refused, status=409)
    except Refused as refusal:
        return _page(request, application, section, form, refused=str(refusal), status=409)
    return _page(request, application, section, form, part=part)


def _page(
    request: SignedInRequest,
    application: Application,
    section: Section,
    form: OpeningForm,
    *,
    part: ShownPart | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": f"{section.title}, {application.reference_shown}",
        "application": application,
        "applicant": applicant_name(application),
        "section": section,
        "form": form,
        "part": part,
        "refused": refused,
    }
    name = "admin/applications/application/sensitive.html"
    return TemplateResponse(request, name, context, status=status)
