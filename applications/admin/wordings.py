"""The office's own words for the mails of a round: what holds, changing it, and a preview."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from applications.admin.forms import typed
from applications.admin.words import short_time
from applications.domain.errors import Refused
from applications.domain.mailing import previews, wordings
from applications.domain.mailing.kinds import TO_REFEREES, grouped, offered
from applications.domain.mailing.placeholders import Placeholder, Words, problems
from applications.models import RoundWording, WordingKind
from jetportal.desklists import DeskList
from jetportal.mail.message import Message
from jetportal.requests import SignedInRequest
from positions.models import RecruitmentRound

KINDS = "admin:applications_roundwording_round"
WORDS = "admin:applications_roundwording_words"
FOLDER = "admin/applications/wordings"
REFUSED = 422
# What a kind of mail brings whatever its words are.
NOTES: Mapping[str, str] = {
    **dict.fromkeys(
        (WordingKind.INTERVIEW_TIME, WordingKind.INTERVIEW_CHANGED),
        "The entry for a calendar is attached by itself, whatever the words are.",
    ),
    **dict.fromkeys(
        TO_REFEREES,
        "Referees read English or Japanese: write both. The link of a referee is a right of their "
        "own, and no preview shows it.",
    ),
    WordingKind.CONFIRMATION: "This mail is the proof that an application arrived: it keeps the "
    "reference number, the moment of arrival and the deadline.",
}


class WordsForm(forms.Form):
    """Subject and text; `seen` is when the words on the page were changed, empty for none."""

    subject = forms.CharField(label="Subject", required=False)
    text = forms.CharField(label="Text", required=False, widget=forms.Textarea)
    reference = forms.CharField(label="Reference number", required=False, max_length=20)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        sent: Mapping[str, str] | None = None,
        *,
        places: tuple[Placeholder, ...],
        **more: Any,
    ) -> None:
        super().__init__(None if sent is None else typed(sent), **more)
        self.places = places

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.words = wordings.tidied(cleaned.get("subject", ""), cleaned.get("text", ""))
        for field, wrong in problems(self.words, self.places).items():
            for words in wrong:
                self.add_error(field, words)
        return cleaned

    def seen_at(self) -> datetime | None:
        """Read when the shown words were changed; nonsense is a page older than any words."""
        text = self.cleaned_data.get("seen", "")
        try:
            return datetime.fromisoformat(text) if text else None
        except ValueError:
            return datetime.min  # noqa: DTZ901  equal to no instant


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of mail of a round; `changed` is empty where the delivered words hold."""

    label: str
    url: str
    changed: str


@dataclass(frozen=True, slots=True)
class Group:
    """The kinds of mail below one heading."""

    title: str
    lines: tuple[KindLine, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail in a preview, and for whose application."""

    reference: str
    mail: Message
    html: str
    borrowed: bool


@require_http_methods(["GET", "HEAD", "POST"])
def rounds(request: SignedInRequest) -> HttpResponse:
    """List the rounds; nothing is chosen here, so a POST leads back to the list."""
    _require(request)
    if request.method == "POST":
        return redirect("admin:applications_roundwording_changelist")
    found = RecruitmentRound.objects.annotate(own=Count("wordings"))
    return _page(request, "rounds", {"title": "Words of mail", "rounds": found})


@require_http_methods(["GET", "HEAD"])
def kinds(request: SignedInRequest, pk: int) -> HttpResponse:
    round_ = _round(request, pk)
    rows = RoundWording.objects.filter(round=round_).select_related("changed_by")
    own = {row.kind: row for row in rows}
    groups = [
        Group(
            title,
            tuple(
                KindLine(kind.label, reverse(WORDS, args=[pk, kind]), changed_words(own.get(kind)))
                for kind in listed
            ),
        )
        for title, listed in grouped()
    ]
    context = {"title": f"Words of mail: {round_.title}", "round": round_, "groups": groups}
    return _page(request, "kinds", context)


def changed_words(own: RoundWording | None) -> str:
    return f"{short_time(own.changed_at)} HST, {own.changed_by.email}" if own else ""


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    round_, whose = _round(request, pk), _kind(kind)
    if request.method != "POST":
        return _words(request, round_, whose, _form_of(round_, whose))
    form = WordsForm(request.POST.dict(), places=offered(whose))
    if not form.is_valid():
        return _words(request, round_, whose, form)
    by, at = request.user, request.received_at
    try:
        wordings.save(round_, whose, form.words, seen=form.seen_at(), by=by, at=at)
    except Refused as refusal:
        return _words(request, round_, whose, form, refused=str(refusal))
    messages.success(request, f"{whose.label}: your own words are kept for {round_.title}.")
    return redirect(KINDS, pk)


@require_POST
def preview(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Show what the words on the page become; nothing is kept."""
    round_, whose = _round(request, pk), _kind(kind)
    form = WordsForm(request.POST.dict(), places=offered(whose))
    shown = None
    if form.is_valid():
        try:
            shown = _shown(request, round_, whose, form.words, form.cleaned_data["reference"])
        except Refused as refusal:
            form.add_error("reference", str(refusal))
    return _words(request, round_, whose, form, shown=shown)


def _shown(
    request: SignedInRequest,
    round_: RecruitmentRound,
    kind: WordingKind,
    own: Words,
    reference: str,
) -> Shown:
    application, borrowed = previews.sample(round_, reference, user=request.user)
    try:
        mail, html = previews.preview(kind, own, application, at=request.received_at)
    except (LookupError, ValueError):
        raise Refused("With this application the mail cannot be written.") from None
    return Shown(application.reference_shown, mail, html, borrowed)


@require_POST
def take_back(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    round_, whose = _round(request, pk), _kind(kind)
    form = WordsForm(request.POST.dict(), places=())
    form.is_valid()
    try:
        wordings.take_back(round_, whose, seen=form.seen_at(), by=request.user)
    except Refused as refusal:
        return _words(request, round_, whose, _form_of(round_, whose), refused=str(refusal))
    messages.success(request, f"{whose.label}: the words are as delivered again.")
    return redirect(KINDS, pk)


def _require(request: SignedInRequest) -> None:
    if not request.user.has_perm(wordings.CHANGE):
        raise PermissionDenied


def _round(request: SignedInRequest, pk: int) -> RecruitmentRound:
    _require(request)
    round_: RecruitmentRound = get_object_or_404(RecruitmentRound, pk=pk)
    return round_


def _kind(name: str) -> WordingKind:
    if name not in WordingKind.values:
        raise Http404
    return WordingKind(name)


def _own(round_: RecruitmentRound, kind: WordingKind) -> RoundWording | None:
    rows = RoundWording.objects.select_related("changed_by")
    found: RoundWording | None = rows.filter(round=round_, kind=kind).first()
    return found


def _form_of(round_: RecruitmentRound, kind: WordingKind) -> WordsForm:
    """Begin from what holds: the own words, or those delivered with the placeholders in them."""
    own = _own(round_, kind)
    now = wordings.as_words(own) if own else previews.as_delivered(kind)
    initial = {
        "subject": now.subject,
        "text": now.text,
        "seen": own.changed_at.isoformat() if own else "",
    }
    return WordsForm(places=offered(kind), initial=initial)


def _words(
    request: SignedInRequest,
    round_: RecruitmentRound,
    kind: WordingKind,
    form: WordsForm,
    *,
    shown: Shown | None = None,
    refused: str = "",
) -> HttpResponse:
    own = _own(round_, kind)
    context = {
        "title": f"{kind.label}: words of mail",
        "round": round_,
        "kind": kind,
        "form": form,
        "changed": changed_words(own),
        "seen": own.changed_at.isoformat() if own else "",
        "delivered": previews.as_delivered(kind),
        "note": NOTES.get(kind, ""),
        "shown": shown,
        "refused": refused,
    }
    status = 409 if refused else (REFUSED if form.errors else 200)
    return _page(request, "words", context, status)


def _page(
    request: SignedInRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    shown = {**admin.site.each_context(request), "opts": RoundWording._meta, **context}
    return TemplateResponse(request, f"{FOLDER}/{name}.html", shown, status=status)


@admin.register(RoundWording)
class RoundWordingAdmin(DeskList[RoundWording]):
    """Rows are made by the pages of a round; there is nothing to add or delete by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RoundWording | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, tuple[Callable[..., HttpResponse], str]] = {
            "": (rounds, "changelist"),
            "<int:pk>/": (kinds, "round"),
            "<int:pk>/<slug:kind>/": (words, "words"),
            "<int:pk>/<slug:kind>/preview/": (preview, "preview"),
            "<int:pk>/<slug:kind>/delivered/": (take_back, "take_back"),
        }
        guarded: Any = self.admin_site.admin_view
        return [
            path(address, guarded(view), name=f"applications_roundwording_{name}")
            for address, (view, name) in pages.items()
        ]
