"""The applicant's pages of references: who is asked, and where each request stands."""

from collections.abc import Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from applications.domain.errors import Refused
from applications.domain.referees import asking, reference_clock, references
from applications.domain.referees.asking import AlreadyThere
from applications.domain.referees.reference_rules import NUMBERS, kinds_of
from applications.domain.referees.references import RefereeWords
from applications.models import Application, Referee, RefereeKind, ReferenceRequest, RequestState
from applications.models.reference_settings import settings_of
from applications.sections.referees import NAMES, AddressForm, RefereeForm
from applications.views.common import applicant_page, by_button, own, reader_zone
from applications.views.fill import aside
from applications.views.late import own_clocks
from applications.views.parked import clear_chosen, offered, parks_typing
from applications.views.referee_rows import Reader, letter_row
from jetportal.requests import SignedInRequest
from positions.deadlines import last_minute

PAGE = "applications:references"
Act = Callable[[dict[str, Any]], object]


def page_of(request: SignedInRequest, application: Application) -> dict[str, object]:
    """Return what every page of references shows: the clock beside it is that of the letters."""
    round_, at, zone = application.round, request.received_at, reader_zone(request)
    until = reference_clock.until(round_, application.late_until)
    return {**aside(request, application), "clocks": own_clocks(round_, until, at=at, zone=zone)}


@require_GET
@applicant_page
def index(request: SignedInRequest, key: UUID) -> HttpResponse:
    application, at = own(request, key), request.received_at
    asked = settings_of(application.round).number
    reader = Reader(application.round, _local(request, application))
    may_change = references.may_change(application)
    asked_now = references.requests_of(application)
    rows = [letter_row(row, reader, at=at, may_change=may_change) for row in asked_now]
    end = reference_clock.letters_end(application)
    context = {
        **page_of(request, application),
        "rows": sorted(rows, key=lambda row: not row.trouble),
        "asked": NUMBERS[asked],
        "letters": "letter" if asked == 1 else "letters",
        "until": reader.times("Letters count until", last_minute(end)),
        "may_add": may_change and len(rows) < asked,
        "faults": references.faults(application, asked_now),
    }
    return render(request, "applications/references.html", context)


def _local(request: SignedInRequest, application: Application) -> ZoneInfo | None:
    """Return the zone the reader has chosen, or that of their consulate, as mail to them does."""
    consulate = application.consulate
    return reader_zone(request) or (ZoneInfo(consulate.zone) if consulate else None)


@require_http_methods(["GET", "POST"])
@parks_typing
@applicant_page
def add(request: SignedInRequest, key: UUID) -> HttpResponse:
    application = own(request, key)

    def act(cleaned: dict[str, Any]) -> None:
        words = RefereeWords(**cleaned)
        references.add(key, words, by=request.user, at=request.received_at)
        messages.success(request, f"{words.name} is named. The request is not sent yet.")

    form = RefereeForm(_sent(request), kinds=kinds_of(application.round))
    return _form_page(request, application, form, act, heading="Add a referee", button="Save")


@require_http_methods(["GET", "POST"])
@parks_typing
@applicant_page
def change(request: SignedInRequest, key: UUID, referee_key: UUID) -> HttpResponse:
    """Change a referee whose request was not sent."""
    application = own(request, key)
    row = _row(application, referee_key)
    if row.state != RequestState.DRAFT:
        return redirect(PAGE, key)

    def act(cleaned: dict[str, Any]) -> None:
        words = RefereeWords(**cleaned)
        references.change(key, referee_key, words, by=request.user, at=request.received_at)
        messages.success(request, "Saved.")

    initial = {name: getattr(row.referee, name) for name in NAMES}
    form = RefereeForm(_sent(request), kinds=kinds_of(application.round), initial=initial)
    return _form_page(
        request,
        application,
        form,
        act,
        besides=row.referee,
        heading="Change a referee",
        button="Save",
    )


@require_http_methods(["GET", "POST"])
@parks_typing
@applicant_page
def replace(request: SignedInRequest, key: UUID, referee_key: UUID) -> HttpResponse:
    """Name somebody else; the link of the one before ends."""
    application = own(request, key)
    row = _row(application, referee_key)
    if row.state in (RequestState.DRAFT, RequestState.RECEIVED):
        return redirect(PAGE, key)

    def act(cleaned: dict[str, Any]) -> None:
        words = RefereeWords(**cleaned)
        references.replace(key, referee_key, words, by=request.user, at=request.received_at)
        messages.success(request, f"{words.name} is named. The request is not sent yet.")

    form = RefereeForm(
        _sent(request),
        kinds=kinds_of(application.round),
        initial={"kind": row.referee.kind},
    )
    return _form_page(
        request,
        application,
        form,
        act,
        besides=row.referee,
        heading="Name another referee",
        button="Save, and close the earlier request",
        before=row.referee.name,
    )


@require_http_methods(["GET", "POST"])
@parks_typing
@applicant_page
def correct_address(request: SignedInRequest, key: UUID, referee_key: UUID) -> HttpResponse:
    application = own(request, key)
    row = _row(application, referee_key)
    if row.state not in (RequestState.SENT, RequestState.FAILED):
        return redirect(PAGE, key)

    def act(cleaned: dict[str, Any]) -> None:
        email = cleaned["email"]
        asking.correct_address(key, referee_key, email, by=request.user, at=request.received_at)
        messages.success(request, "The request is on its way to the new address.")

    form = AddressForm(_sent(request), initial={"email": row.referee.email})
    return _form_page(
        request,
        application,
        form,
        act,
        heading="Correct the address",
        button="Send the request",
        person=row.referee.name,
    )


@require_http_methods(["GET", "POST"])
@applicant_page
def remove(request: SignedInRequest, key: UUID, referee_key: UUID) -> HttpResponse:
    """Ask once, then take back a referee whose request was not sent."""
    application = own(request, key)
    row = _row(application, referee_key)
    if request.method == "POST":
        return _acted(request, key, referee_key, references.remove, "is not named any more")
    context = {**page_of(request, application), "referee": row.referee}
    return render(request, "applications/remove_referee.html", context)


@by_button(PAGE)
def send(request: SignedInRequest, key: UUID, referee_key: UUID) -> HttpResponse:
    return _acted(request, key, referee_key, asking.send, "is asked. The request is on its way")


@by_button(PAGE)
def send_again(request: SignedInRequest, key: UUID, referee_key: UUID) -> HttpResponse:
    return _acted(request, key, referee_key, asking.send_again, "is asked again")


def _acted(
    request: SignedInRequest, key: UUID, referee_key: UUID, act: Callable[..., Any], words: str
) -> HttpResponse:
    """Do one thing with a request, say what became of it, and come back to the list."""
    name = _row(own(request, key), referee_key).referee.name
    try:
        act(key, referee_key, by=request.user, at=request.received_at)
    except AlreadyThere as already:
        messages.info(request, str(already))
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"{name} {words}.")
    return redirect(PAGE, key)


def _row(application: Application, referee_key: UUID) -> ReferenceRequest:
    """Return the request to one of those asked now, or answer 404."""
    rows = references.requests_of(application)
    found = next((row for row in rows if row.referee.key == referee_key), None)
    if found is None:
        raise Http404
    return found


def _sent(request: SignedInRequest) -> dict[str, list[str]] | None:
    if request.method != "POST":
        return None
    return {name: [str(text) for text in values] for name, values in request.POST.lists()}


def _form_page(
    request: SignedInRequest,
    application: Application,
    form: forms.Form,
    act: Act,
    *,
    besides: Referee | None = None,
    **words: str,
) -> HttpResponse:
    """Show the form, or do what it asks; what is refused stands in it as it was typed.

    `besides` is the referee the form is about. `words`: heading and button; before (who was named
    until now) or person (who stays).
    """
    if form.is_bound and not form.is_valid():
        _tell_address(application, form, besides)
    elif form.is_bound:
        try:
            act(_words(form.cleaned_data))
        except AlreadyThere as already:
            messages.info(request, str(already))
            return redirect(PAGE, application.key)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            clear_chosen(request)
            return redirect(PAGE, application.key)
    parked = offered(request, application)
    if parked.chosen and not form.is_bound:
        form.initial.update({name: texts[0] for name, texts in parked.chosen.typed.items()})
    context = {
        **page_of(request, application),
        "form": form,
        "parked": parked,
        **words,
    }
    status = 422 if form.errors else 200
    return render(request, "applications/referee.html", context, status=status)


def _tell_address(application: Application, form: forms.Form, besides: Referee | None) -> None:
    """Say of the address what the domain would refuse, together with what else is to be mended."""
    email = form.cleaned_data.get("email", "")
    if email:
        try:
            references.other_address(application, email, besides=besides)
        except Refused as refusal:
            form.add_error("email", str(refusal))


def _words(cleaned: dict[str, Any]) -> dict[str, Any]:
    if "kind" not in cleaned:
        return cleaned
    return {**cleaned, "kind": RefereeKind(cleaned["kind"])}
