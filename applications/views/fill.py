"""Filling an application: the task list, one page per section, discarding a draft."""

from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from applications.domain.errors import NotEditable, Overtaken, UnknownSection, Unreadable
from applications.domain.form import completeness, drafts
from applications.domain.form.answers import form_answers, section_answers
from applications.domain.form.completeness import Loaded
from applications.domain.form.doubts import warn_section
from applications.models import UNSENT, Application
from applications.sections.base import Section, as_typed
from applications.sections.registry import declared_anywhere, section_named
from applications.views import discards
from applications.views.common import applicant_page, own, reader_zone, zone_choice
from applications.views.late import kept_for, own_clocks
from applications.views.listing import Step, list_views, step_named
from applications.views.listing import summary as list_summary
from applications.views.meanwhile import section_after_sending
from applications.views.parked import clear_chosen, parks_typing
from applications.views.rows import counted, left_to_do, letters_in_trouble, part_url, task_groups
from applications.views.verdicts import eligibility_tasks
from applications.views.warned import news, shown_warnings
from jetportal.parking import lot
from jetportal.requests import SignedInRequest
from positions.deadlines import in_words

VERSION_DIGITS = 9


@dataclass(frozen=True, slots=True)
class WaitingForm:
    """A form that was sent while its owner was signed out, and when."""

    pk: int
    words: str


def aside(request: SignedInRequest, application: Application) -> dict[str, object]:
    """Return what every page of a draft shows beside its content."""
    clocks = own_clocks(
        application.round,
        application.late_until,
        at=request.received_at,
        zone=reader_zone(request),
    )
    return {
        "nav": "account",
        "application": application,
        "clocks": clocks,
        **zone_choice(request),
    }


@require_GET
@applicant_page
def tasks(request: SignedInRequest, key: UUID) -> HttpResponse:
    application = own(request, key)
    if application.status not in UNSENT:
        return redirect("applications:receipt", key=key)
    judgements = completeness.judge(completeness.load(application))
    return render(
        request,
        "applications/tasks.html",
        {
            **aside(request, application),
            "groups": (eligibility_tasks(application), *task_groups(application, judgements)),
            **counted(application, judgements),
            "left": left_to_do(application, judgements),
            "trouble": letters_in_trouble(judgements),
            "kept": kept_for(application),
        },
    )


@require_http_methods(["GET", "POST"])
@parks_typing
@applicant_page
def section(request: SignedInRequest, key: UUID, section_key: str) -> HttpResponse:
    if request.method == "POST":
        return save_section(request, key, section_key)
    application = own(request, key, filling=True)
    declared = section_named(application.round, section_key)
    if declared is None:
        raise Http404
    if application.status not in UNSENT:
        return redirect("applications:receipt", key=key)
    loaded = completeness.load(application)
    if loaded.is_unreadable(declared):
        return unreadable_page(request, loaded, declared)
    return section_page(request, loaded, declared)


def section_page(
    request: SignedInRequest, loaded: Loaded, declared: Section, overtaken: Overtaken | None = None
) -> HttpResponse:
    """Show a section as it is saved, or as it was typed in a page that another one overtook."""
    application, row = loaded.application, loaded.answers.get(declared.key)
    parts = completeness.part_keys(loaded)
    saved = loaded.form(declared)
    bound = loaded.lists(declared, saved)
    waiting = lot.waiting(request.path, at=request.received_at)
    chosen = next((form for form in waiting if str(form.pk) == request.GET.get("parked")), None)
    typed = overtaken.typed if overtaken else as_typed(saved, chosen.typed) if chosen else None
    form = saved if typed is None else declared.bind(typed, loaded.asked)
    warned = warn_section(loaded, declared, form, bound)
    context = {
        **aside(request, application),
        "section": declared,
        "form": form,
        "warned": shown_warnings(warned),
        "waiting": [
            WaitingForm(form.pk, in_words(form.parked_at, application.round.zoneinfo))
            for form in waiting
            if form != chosen
        ],
        "chosen": chosen,
        "version": row.version if row else 0,
        "copied": row is not None and row.is_copied,
        "number": parts.index(declared.key) + 1,
        "total": len(parts),
        "saved": in_words(row.saved_at, application.round.zoneinfo) if row else "",
        "elsewhere": section_answers(loaded, declared) if overtaken else (),
        "lists": list_views(bound, form.warned, saved=row is not None),
        "list_problems": list_summary(bound) if row else [],
    }
    status = 409 if overtaken else 200
    return render(request, "applications/section.html", context, status=status)


def unreadable_page(
    request: SignedInRequest, loaded: Loaded, declared: Section, refusal: Unreadable | None = None
) -> HttpResponse:
    """Say that what is saved cannot be opened; show what was typed now, so that it is copied."""
    form = declared.bind(refusal.typed, loaded.asked) if refusal else None
    context = {
        **aside(request, loaded.application),
        "section": declared,
        "typed": [answer for answer in form_answers(form) if answer.words] if form else (),
        "refused": refusal,
    }
    return render(request, "applications/unreadable.html", context, status=409)


def version_seen(request: SignedInRequest) -> int | None:
    """Return the version of the answers the page was made from; None for nonsense."""
    text = request.POST.get("version", "")
    return (
        int(text) if text.isascii() and text.isdecimal() and len(text) <= VERSION_DIGITS else None
    )


def step_asked(request: SignedInRequest, section_key: str) -> Step | None:
    """Return what one of the buttons of a list asks for, once the section is saved."""
    declared = declared_anywhere(section_key)
    return step_named(request.POST.get("then", ""), declared) if declared else None


def save_section(request: SignedInRequest, key: UUID, section_key: str) -> HttpResponse:
    """Keep what was typed; go on where the part is complete, else stay and say what is missing."""
    sent = dict(request.POST.lists())
    step = step_asked(request, section_key)
    try:
        judgement = drafts.save_section(
            key,
            section_key,
            sent,
            by=request.user,
            at=request.received_at,
            seen=version_seen(request),
            shift=step.shift if step else None,
        )
    except Overtaken as refusal:
        own_row = own(request, key)
        loaded = replace(refusal.loaded, application=own_row)
        return section_page(request, loaded, refusal.section, refusal)
    except Unreadable as refusal:
        loaded = replace(refusal.loaded, application=own(request, key))
        return unreadable_page(request, loaded, refusal.section, refusal)
    except UnknownSection as refusal:
        raise Http404 from refusal
    except NotEditable as refusal:
        return section_after_sending(request, key, section_key, sent, refusal)
    clear_chosen(request)
    if step:
        return redirect(step.url(key, section_key))
    if not judgement.complete or news(request, judgement.warnings):
        return redirect("applications:section", key=key, section_key=section_key)
    messages.success(request, f"{judgement.title}: saved. Nothing is sent until you send it.")
    return redirect("applications:after", key=key, section_key=section_key)


@require_GET
@applicant_page
def after(request: SignedInRequest, key: UUID, section_key: str) -> HttpResponse:
    """Lead from one finished part to the next unfinished one, then to the check of the answers."""
    application = own(request, key)
    judgements = completeness.judge(completeness.load(application))
    parts = [judgement.key for judgement in judgements]
    here = parts.index(section_key) if section_key in parts else -1
    later = [part for part in judgements[here + 1 :] if not part.complete or not part.needed]
    unfinished = later or [part for part in judgements if not part.complete]
    if not unfinished:
        return redirect("applications:check", key=key)
    return redirect(part_url(application, unfinished[0].key))


@require_http_methods(["GET", "POST"])
@applicant_page
def discard(request: SignedInRequest, key: UUID) -> HttpResponse:
    if request.method == "POST":
        return _discarded(request, key)
    application = own(request, key)
    if application.status not in UNSENT:
        return redirect("applications:withdraw", key=key)
    return render(request, "applications/discard.html", aside(request, application))


def _discarded(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Discard a draft; who presses twice is led where the first click led."""
    was_own = Application.objects.of(request.user).filter(key=key).first()
    if was_own:
        discards.note(request, key, round_slug=was_own.round_id)
    try:
        drafts.discard(key, by=request.user, at=request.received_at)
    except NotEditable as refusal:
        messages.warning(request, str(refusal))
        return redirect("applications:receipt", key=key)
    except Application.DoesNotExist:
        if not was_own and not discards.noted(request, key):
            raise
    messages.success(request, "The draft is deleted.")
    return redirect("applications:list")
