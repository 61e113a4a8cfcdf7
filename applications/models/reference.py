"""Who writes about an applicant, our request to them, and what became of it.

The person, the request and the letter are three records: see docs/decisions/0027. Letters
themselves are in `applications.models.letter`.
"""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Lower

from applications.models.application import Application
from applications.models.grant import LateGrant
from jetportal.mail.models import OutgoingMail
from positions.models import RoundChange

SHA256 = r"^[0-9a-f]{64}$"


class RefereeKind(models.TextChoices):
    ACADEMIC = "academic", "Academic: a professor or an adviser"
    PROFESSIONAL = "professional", "Professional: a supervisor or a manager"
    SPORT = "sport", "Sport: a coach, a trainer or a federation"


class RequestState(models.TextChoices):
    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent"
    FAILED = "failed", "Delivery failed"
    OPENED = "opened", "Opened"
    IN_PROGRESS = "in_progress", "In progress"
    RECEIVED = "received", "Received"
    DECLINED = "declined", "Declined"
    CANCELLED = "cancelled", "Cancelled"


ASKED = (RequestState.SENT, RequestState.OPENED, RequestState.IN_PROGRESS)  # we wait for a letter
OPEN = (*ASKED, RequestState.FAILED)  # a link that was sent leads to a form


class Failure(models.TextChoices):
    """Why a request did not come to its referee."""

    NONE = "", "none"
    ADDRESS = "address", "the mail server says that this address does not exist"
    GAVE_UP = "gave_up", "the mail server took no mail for two days"
    STRANGER = "stranger", "the person at this address says that they are not the referee"


class RefereeQuerySet(models.QuerySet["Referee"]):
    def current(self) -> Self:
        """Those who are asked now, in their order, each with the request."""
        return self.filter(replaced_at=None).select_related("request").order_by("place")


class Referee(models.Model):
    """One person whom the applicant names. Somebody else in their place is another row.

    `email` is lower case, so that one address is one address.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="referees")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=RefereeKind.choices)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    organization = models.CharField(max_length=160)
    relation = models.CharField(max_length=200)
    email = models.CharField(max_length=254)
    created_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = RefereeQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RefereeKind.values), name="referee_kind_known"
            ),
            models.CheckConstraint(condition=Q(place__range=(1, 5)), name="referee_has_a_place"),
            models.CheckConstraint(
                condition=Q(name__regex=r"\S") & Q(organization__regex=r"\S"),
                name="referee_has_name_and_organization",
            ),
            models.CheckConstraint(
                condition=Q(email__contains="@") & Q(email=Lower("email")),
                name="referee_email_is_lower_case",
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(replaced_at__gte=F("created_at")),
                name="referee_is_replaced_after_being_named",
            ),
            models.UniqueConstraint(
                fields=["application", "place"],
                condition=Q(replaced_at=None),
                name="one_referee_per_place",
            ),
            models.UniqueConstraint(
                fields=["application", "email"],
                condition=Q(replaced_at=None),
                name="one_person_writes_one_letter",
            ),
        ]

    def __str__(self) -> str:
        return f"referee {self.pk}"


class ReferenceRequestQuerySet(models.QuerySet["ReferenceRequest"]):
    def with_clock(self) -> Self:
        """Load what `applications.domain.referees.reference_clock` asks for, in the same query."""
        application = "referee__application"
        theirs = LateGrant.objects.filter(
            approved_at__isnull=False,
            applicant=OuterRef(f"{application}__applicant"),
            round=OuterRef(f"{application}__round"),
        )
        return self.select_related(
            f"{application}__round__reference_settings",
            f"{application}__position",
            f"{application}__applicant",
            f"{application}__consulate",
        ).annotate(late_until=Subquery(theirs.order_by("-until_at").values("until_at")[:1]))


class ReferenceRequest(models.Model):
    """Our invitation to one referee, and where it stands. `state` is written by the domain alone.

    The link is kept sealed, because every reminder carries the same one, beside the SHA-256 by
    which it is found. `mailed_at` is when the last mail with the link was queued; `until_at` an
    end of its own (exclusive) that staff gave when they opened it again.
    """

    referee = models.OneToOneField(Referee, models.CASCADE, related_name="request")
    state = models.CharField(
        max_length=11, choices=RequestState.choices, default=RequestState.DRAFT
    )
    failure = models.CharField(
        max_length=8, choices=Failure.choices, default=Failure.NONE, blank=True
    )
    token_sealed = models.TextField(blank=True)
    token_digest = models.CharField("SHA-256", max_length=64, null=True, blank=True, unique=True)
    created_at = models.DateTimeField()
    state_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    until_at = models.DateTimeField(
        "open until", null=True, blank=True, help_text="The first instant that is late."
    )

    late_until: datetime | None = None  # `with_clock` reads it
    kept_as_late: bool = False  # `applications.domain.referees.references.requests_of` reads it

    objects: ClassVar = ReferenceRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["mailed_at"], name="request_awaits_a_letter", condition=Q(state__in=ASKED)
            ),
            models.Index(
                fields=["id"],
                name="request_that_failed",
                condition=Q(state=RequestState.FAILED),
            ),
            models.Index(
                fields=["until_at"],
                name="request_with_its_own_end",
                condition=Q(until_at__isnull=False),
            ),
        ]
        permissions = [("read_letters", "Can read letters of reference")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RequestState.values), name="reference_request_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.FAILED, failure__in=Failure.values)
                & ~Q(failure=Failure.NONE)
                | ~Q(state=RequestState.FAILED) & Q(failure=Failure.NONE),
                name="failed_request_says_why",
            ),
            models.CheckConstraint(
                condition=Q(token_digest=None, token_sealed="")
                | Q(token_digest__regex=SHA256) & ~Q(token_sealed=""),
                name="link_is_sealed_and_has_its_digest",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=RequestState.DRAFT, token_digest=None, sent_at=None, mailed_at=None
                )
                | ~Q(state=RequestState.DRAFT)
                & Q(token_digest__isnull=False, sent_at__isnull=False, mailed_at__isnull=False),
                name="request_that_was_sent_has_its_link",
            ),
            models.CheckConstraint(
                condition=~Q(state=RequestState.OPENED) | Q(opened_at__isnull=False),
                name="opened_request_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"


class ReferenceEvent(models.Model):
    """One thing that happened to a request: who, from where, to where, when, why. Never edited.

    `by` is empty for the referee and for the system itself. A reason alone (a reminder, a request
    sent again) leaves the state.
    """

    request = models.ForeignKey(ReferenceRequest, models.CASCADE, related_name="events")
    from_state = models.CharField(max_length=11, choices=RequestState.choices)
    to_state = models.CharField(max_length=11, choices=RequestState.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_state__in=RequestState.values)
                & Q(to_state__in=RequestState.values),
                name="reference_event_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(from_state=F("to_state")) | Q(reason__regex=r"\S"),
                name="reference_event_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_state} to {self.to_state}"


class RequestMailKind(models.TextChoices):
    REQUEST = "request", "Request"
    AGAIN = "again", "Sent again"
    REMINDER = "reminder", "Reminder"
    CHANGE = "change", "Change of the round"


class RequestMail(models.Model):
    """One mail with the link of a request: what limits, reminders and failures are counted by.

    `failed_at` is when its failure was told to the applicant. `change` is the change of the round
    that it tells.
    """

    request = models.ForeignKey(ReferenceRequest, models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=8, choices=RequestMailKind.choices)
    at = models.DateTimeField()
    mail = models.OneToOneField(
        OutgoingMail, models.SET_NULL, null=True, related_name="request_mail"
    )
    change = models.ForeignKey(RoundChange, models.PROTECT, null=True, blank=True, related_name="+")
    failed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["request", "at"], name="request_mail_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RequestMailKind.values), name="request_mail_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=RequestMailKind.CHANGE, change__isnull=False)
                | ~Q(kind=RequestMailKind.CHANGE) & Q(change=None),
                name="mail_about_a_change_names_it",
            ),
            models.UniqueConstraint(
                fields=["request", "change"], name="a_change_is_told_once_per_request"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of request {self.request_id}"
