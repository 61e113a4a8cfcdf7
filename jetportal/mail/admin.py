"""Mail at the desk: what left, what did not, and why. Nothing is edited here."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from jetportal.desklists import DeskList
from jetportal.logs import without_links
from jetportal.mail import again, hiding
from jetportal.mail.models import MailState, OutgoingMail, OutgoingMailAttempt
from jetportal.requests import PortalRequest

if TYPE_CHECKING:
    AttemptInline = admin.TabularInline[OutgoingMailAttempt, OutgoingMail]
else:
    AttemptInline = admin.TabularInline

READ = "mail.read_mail"
CORRECT = "mail.correct_mail_address"
CHANGE = "admin:mail_outgoingmail_change"
REFUSED = 422
# Mails with a link that is somebody's whole right: another address is another referee.
CORRECTED_ELSEWHERE = ("reference:", "reference unsafe:")
FACTS = ("kind", "lane", "state", "attempts", "created_at", "due_at", "sent_at")


class AddressForm(forms.Form):
    address = forms.EmailField(
        label="Address",
        max_length=254,
        error_messages={
            "required": "Write the address first.",
            "invalid": "This is not an e-mail address. Write it as name@example.org.",
        },
    )


class TriesInline(AttemptInline):
    model = OutgoingMailAttempt
    fields = readonly_fields = ("at", "outcome", "smtp_code", "detail")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return request.user.has_perm("mail.view_outgoingmail")


@admin.register(OutgoingMail)
class OutgoingMailAdmin(DeskList[OutgoingMail]):
    """Names and words only for those who may read mail, a sign-in code for nobody."""

    list_display = ("__str__", *FACTS)
    list_filter = ("state", "lane")
    list_per_page = 50
    ordering = ("-pk",)
    show_full_result_count = False
    actions = ("queue_again",)
    inlines = (TriesInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutgoingMail | None = None) -> bool:
        return False

    def has_queue_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mail.queue_mail_again")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.correct)
        own = path("<int:pk>/address/", view, name="mail_outgoingmail_address")
        return [own, *super().get_urls()]

    def correct(self, request: PortalRequest, pk: int) -> HttpResponse:
        """Ask for the right address of a failed mail, and send it there."""
        if not (request.user.has_perm(CORRECT) and request.user.has_perm(READ)):
            raise PermissionDenied
        mail = get_object_or_404(self.get_queryset(request), pk=pk)
        sent = request.POST if request.method == "POST" else None
        form = AddressForm(sent, initial={"address": mail.recipient})
        if not _may_be_corrected(mail):
            messages.warning(request, "The address of this mail is not corrected here.")
            return redirect(CHANGE, pk)
        if form.is_valid():
            address = form.cleaned_data["address"]
            try:
                again.correct_address(pk, address, by=request.user.pk or 0, at=request.received_at)
            except again.NotQueuedAgainError as refusal:
                form.add_error("address", str(refusal))
            else:
                messages.success(request, "Queued again, to the new address.")
                return redirect(CHANGE, pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Correct the address",
            "form": form,
            "mail": mail,
        }
        template = "admin/mail/outgoingmail/address.html"
        return TemplateResponse(request, template, context, status=REFUSED if form.errors else 200)

    @admin.display(description="another address")
    def correction(self, mail: OutgoingMail) -> str:
        if not _may_be_corrected(mail):
            return "Only failed mail that still has its words is corrected here."
        url = reverse("admin:mail_outgoingmail_address", args=[mail.pk])
        return format_html('<a href="{}">Correct the address and send it</a>', url)

    @admin.display(description="addresses before")
    def earlier(self, mail: OutgoingMail) -> str:
        rows = mail.corrections.select_related("by")
        told = (f"{row.was}, until {row.at:%Y-%m-%d %H:%M} UTC ({row.by.email})" for row in rows)
        return "; ".join(told) or "none"

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        """Leave out what is hidden from this person: list, search, actions and pages begin here."""
        rows = super().get_queryset(request).defer("text", "html")
        return hiding.seen_by(request.user.pk or 0, rows)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return (*self.list_display, *(("recipient",) if request.user.has_perm(READ) else ()))

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("key__exact", *(("=recipient",) if request.user.has_perm(READ) else ()))

    def get_fields(self, request: HttpRequest, obj: OutgoingMail | None = None) -> tuple[str, ...]:
        reads = request.user.has_perm(READ)
        private: tuple[str, ...] = ("recipient", "subject", "words") if reads else ()
        if private and request.user.has_perm(CORRECT):
            private = (*private, "correction", "earlier")
        return ("key", *FACTS, "message_id", *private)

    @admin.display(description="text")
    def words(self, mail: OutgoingMail) -> str:
        return "Not shown: it lets somebody sign in." if mail.secret else without_links(mail.text)

    @admin.action(description="Queue again", permissions=["queue_again"])
    def queue_again(self, request: PortalRequest, queryset: QuerySet[OutgoingMail]) -> None:
        queued = 0
        for pk in queryset.values_list("pk", flat=True):
            try:
                again.queue_again(pk, at=request.received_at)
            except again.NotQueuedAgainError as refusal:
                self.message_user(request, f"Mail {pk}: {refusal}", messages.WARNING)
            else:
                queued += 1
        if queued:
            self.message_user(request, f"{queued} queued again.", messages.SUCCESS)


def _may_be_corrected(mail: OutgoingMail) -> bool:
    return (
        mail.state == MailState.FAILED
        and not mail.secret
        and not mail.key.startswith(CORRECTED_ELSEWHERE)
    )
