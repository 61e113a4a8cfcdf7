"""Mail at the desk: what left, what did not, and why. Nothing is edited here."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from jetportal.desklists import DeskList
from jetportal.mail import outbox
from jetportal.mail.models import OutgoingMail, OutgoingMailAttempt
from jetportal.requests import PortalRequest

if TYPE_CHECKING:
    AttemptInline = admin.TabularInline[OutgoingMailAttempt, OutgoingMail]
else:
    AttemptInline = admin.TabularInline

READ = "mail.read_mail"
FACTS = ("kind", "lane", "state", "attempts", "created_at", "due_at", "sent_at")


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

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        return super().get_queryset(request).defer("text", "html")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return (*self.list_display, *(("recipient",) if request.user.has_perm(READ) else ()))

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("=key", *(("=recipient",) if request.user.has_perm(READ) else ()))

    def get_fields(self, request: HttpRequest, obj: OutgoingMail | None = None) -> tuple[str, ...]:
        private = ("recipient", "subject", "words") if request.user.has_perm(READ) else ()
        return ("key", *FACTS, "message_id", *private)

    @admin.display(description="text")
    def words(self, mail: OutgoingMail) -> str:
        return "Not shown: it lets somebody sign in." if mail.secret else mail.text

    @admin.action(description="Queue again", permissions=["queue_again"])
    def queue_again(self, request: PortalRequest, queryset: QuerySet[OutgoingMail]) -> None:
        queued = 0
        for pk in queryset.values_list("pk", flat=True):
            try:
                outbox.queue_again(pk, at=request.received_at)
            except outbox.NotQueuedAgainError as refusal:
                self.message_user(request, f"Mail {pk}: {refusal}", messages.WARNING)
            else:
                queued += 1
        if queued:
            self.message_user(request, f"{queued} queued again.", messages.SUCCESS)
