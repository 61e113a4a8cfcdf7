"""One mail to many: chosen in the list, written, looked at, confirmed once, watched."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.admin.forms import typed
from applications.admin.staff import arrival, staff
from applications.admin.words import short_time
from applications.admin.work_lists import WorkList
from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.mailing import bulk, wordings
from applications.domain.mailing.placeholders import problems
from applications.models import Application, BulkMail, BulkMailState
from jetportal.accounts.models import User
from jetportal.requests import SignedInRequest
from positions.clockwords import Chip

LIST = "admin:applications_application_changelist"
SHOW = "admin:applications_bulkmail_show"
WORDS = "admin:applications_bulkmail_words"
FOLDER = "admin/applications/bulkmail"
REFUSED = 422
SHOWN = 50
CHIPS = {
    BulkMailState.WRITTEN: "upcoming",
    BulkMailState.SENDING: "progress",
    BulkMailState.DONE: "complete",
    BulkMailState.STOPPED: "closed",
}


class MailForm(forms.Form):
    subject = forms.CharField(label="Subject", required=False)
    text = forms.CharField(label="Text", required=False, widget=forms.Textarea)

    def __init__(self, sent: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(None if sent is None else typed(sent), **more)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.words = wordings.tidied(cleaned.get("subject", ""), cleaned.get("text", ""))
        for field, wrong in problems(self.words, bulk.PLACES).items():
            for words in wrong:
                self.add_error(field, words)
        return cleaned


def actions_for(user: User) -> dict[str, tuple[Any, str, str]]:
    """Offer writing to the chosen rows to whoever has the list."""
    return {"write_to": (write_to, "write_to", "Write to them")} if access.may_review(user) else {}


def write_to(_desk: Any, request: HttpRequest, queryset: "QuerySet[Application]") -> Any:
    """Fix who is chosen, one page or the whole filtered list, and lead to the writing."""
    rows = queryset.prefetch_related(None).select_related(None)
    try:
        made = bulk.propose(
            list(rows.values_list("pk", flat=True)), by=staff(request), at=arrival(request)
        )
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return None
    return redirect(WORDS, made.key)


def own_mail(request: SignedInRequest, key: UUID) -> BulkMail:
    """Return a mail that this person wrote; anybody else's is not there, whatever the role."""
    if not access.may_review(request.user):
        raise PermissionDenied
    mine = BulkMail.objects.filter(written_by=request.user)
    found: BulkMail = get_object_or_404(mine, key=key)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: SignedInRequest, key: UUID) -> HttpResponse:
    mail = own_mail(request, key)
    if mail.state != BulkMailState.WRITTEN:
        return redirect(SHOW, key)
    if request.method != "POST":
        form = MailForm(initial={"subject": mail.subject, "text": mail.text})
        return _words(request, mail, form)
    form = MailForm(request.POST.dict())
    refused = ""
    if form.is_valid():
        try:
            bulk.write(key, form.words, by=request.user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            return redirect(SHOW, key)
    return _words(request, mail, form, refused)


def _words(
    request: SignedInRequest, mail: BulkMail, form: MailForm, refused: str = ""
) -> HttpResponse:
    context = {
        "title": f"Write to {mail.total:,} applicants"
        if mail.total > 1
        else "Write to 1 applicant",
        "mail": mail,
        "form": form,
        "places": bulk.PLACES,
        "refused": refused,
    }
    return _page(request, "words", context, REFUSED if refused or form.errors else 200)


@never_cache
@require_safe
def show(request: SignedInRequest, key: UUID) -> HttpResponse:
    """Show the dry run of what is not sent yet, and afterwards how far it is."""
    mail = own_mail(request, key)
    if not mail.edition:
        return redirect(WORDS, key)
    return _show(request, mail)


def _show(request: SignedInRequest, mail: BulkMail, refused: str = "") -> HttpResponse:
    is_open = mail.state == BulkMailState.WRITTEN
    context = {
        "title": mail.subject,
        "mail": mail,
        "chip": chip_of(mail),
        "refused": refused,
        "run": bulk.dry_run(mail, by=request.user) if is_open else None,
        "sending": mail.state == BulkMailState.SENDING,
        "confirmed": f"{short_time(mail.confirmed_at)} HST" if mail.confirmed_at else "",
        "left_out": left_out(mail),
        "left_out_count": len(mail.left_out),
    }
    return _page(request, "show", context, 409 if refused else 200)


def left_out(mail: BulkMail) -> list[tuple[str, str]]:
    """Name the first of those that got no mail, with why; the number is only theirs to see."""
    keys = [int(key) for key in list(mail.left_out)[:SHOWN]]
    if not keys:
        return []
    rows = access.reviewable_by(mail.written_by).filter(pk__in=keys)
    shown = {row.pk: row.reference_shown for row in rows}
    return [(shown.get(key, "One application"), mail.left_out[str(key)]) for key in keys]


@require_POST
def send(request: SignedInRequest, key: UUID) -> HttpResponse:
    mail = own_mail(request, key)
    number = request.POST.get("edition", "")
    edition = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0  # noqa: PLR2004
    try:
        bulk.confirm(key, edition=edition, by=request.user, at=request.received_at)
    except Refused as refusal:
        return _show(request, mail, str(refusal))
    return redirect(SHOW, key)


@require_POST
def stop(request: SignedInRequest, key: UUID) -> HttpResponse:
    own_mail(request, key)
    try:
        bulk.stop(key, by=request.user, at=request.received_at)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    return redirect(SHOW, key)


def chip_of(mail: BulkMail) -> Chip:
    state = BulkMailState(mail.state)
    return Chip(CHIPS[state], str(state.label))


def _page(
    request: SignedInRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    shown = {**admin.site.each_context(request), "opts": BulkMail._meta, **context}
    return TemplateResponse(request, f"{FOLDER}/{name}.html", shown, status=status)


@admin.register(BulkMail)
class BulkMailAdmin(WorkList[BulkMail]):
    """The mails to many that somebody wrote: one's own, and nobody else's."""

    list_display = ("what", "written", "applicants", "state_chip")

    def get_queryset(self, request: HttpRequest) -> Any:
        mine = super().get_queryset(request).filter(written_by=staff(request))
        return mine.defer("rows", "left_out", "text")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": "Your mails to many"}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        guarded: Any = self.admin_site.admin_view
        pages: dict[str, tuple[Any, str]] = {
            "": (self.changelist_view, "changelist"),
            "<uuid:key>/": (show, "show"),
            "<uuid:key>/words/": (words, "words"),
            "<uuid:key>/send/": (send, "send"),
            "<uuid:key>/stop/": (stop, "stop"),
        }
        return [
            path(address, guarded(view), name=f"applications_bulkmail_{name}")
            for address, (view, name) in pages.items()
        ]

    @admin.display(description="Mail")
    def what(self, mail: BulkMail) -> str:
        url = reverse(SHOW, args=[mail.key])
        return format_html('<a href="{}">{}</a>', url, mail.subject or "No words yet")

    @admin.display(description="Chosen, HST")
    def written(self, mail: BulkMail) -> str:
        return short_time(mail.written_at)

    @admin.display(description="Applicants")
    def applicants(self, mail: BulkMail) -> str:
        return f"{mail.done:,} of {mail.total:,}" if mail.confirmed_at else f"{mail.total:,}"

    @admin.display(description="State")
    def state_chip(self, mail: BulkMail) -> str:
        chip = chip_of(mail)
        return render_to_string("includes/_chip.html", {"kind": chip.kind, "words": chip.words})
