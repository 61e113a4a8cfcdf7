"""A person's one application to a round."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat, JSONObject, Lower
from django.db.models.lookups import StartsWith

from applications.models.decision import Decision
from applications.models.grant import LateGrant
from applications.models.status import UNSENT, Status
from applications.models.wording import RoundWording, WordingKind
from jetportal.accounts.models import User
from positions.deadlines import deadline_in_words
from positions.models import Consulate, PositionCode, PositionType, RecruitmentRound, Vacancy

if TYPE_CHECKING:
    from applications.models.answers import FrozenAnswers

# Nine of thirty symbols; `applications.domain.reference_numbers` draws and checks them.
REFERENCE = r"^[2-9A-HJKMNP-TV-Z]{9}$"


class ApplicationQuerySet(models.QuerySet["Application"]):
    def of(self, applicant: User) -> Self:
        """The person's own applications: what every applicant page starts from."""
        return self.filter(applicant=applicant)

    def for_filling(self) -> Self:
        """Read the round and its settings with each row; choices come with what a form asks."""
        return self.select_related("round__form_settings", "round__reference_settings")

    def with_round(self) -> Self:
        """Read the round and its settings with each row, and what was chosen."""
        return self.for_filling().select_related(
            "position",
            "vacancy__sport",
            "consulate",
            "eligibility",
        )

    def with_late_end(self, at: datetime) -> Self:
        """Read `late_until` with each row: the latest end granted to its applicant by `at`.

        For what was sent it is the end that counted at its arrival.
        """
        judged_at = Coalesce(OuterRef("submitted_at"), Value(at, models.DateTimeField()))
        theirs = LateGrant.objects.counting(judged_at).filter(
            applicant=OuterRef("applicant"), round=OuterRef("round")
        )
        return self.annotate(
            late_until=Subquery(theirs.order_by("-until_at").values("until_at")[:1])
        )

    def with_due_result(self, at: datetime) -> Self:
        """Read `due_result` with each row: what was released by `at` and still has to be moved."""
        due = Decision.objects.due_of_row(at)
        return self.annotate(due_result=Subquery(due.values("outcome")[:1]))

    def with_confirmation_words(self) -> Self:
        """Read `confirmation_words` with each row, so that sending asks no question more."""
        own = RoundWording.objects.filter(round=OuterRef("round"), kind=WordingKind.CONFIRMATION)
        words = own.values(words=JSONObject(subject="subject", text="text"))
        return self.annotate(confirmation_words=Subquery(words))

    def standings(self, at: datetime) -> list[tuple[int, str]]:
        """List the key of each row with where it stands at `at`: released results count."""
        rows = self.with_due_result(at).values_list("pk", Coalesce("due_result", "status"))
        return list(rows)

    def for_desk(self) -> Self:
        """What one row of the desk's list shows; a draft is nobody's business but its owner's."""
        return self.exclude(status__in=UNSENT).select_related("round", "position", "consulate")


class Application(models.Model):
    """One person, one round. `status` is written by `applications.domain.workflow` alone.

    `submitted_at` is the instant of arrival the deadline was judged by, `recorded_at` the instant
    the row was written, `ends_at_sent` the end that counted for the applicant then, which a later
    extension does not move; all UTC. `position`, `vacancy`, `consulate`, `family_name_folded` and
    `email` repeat answers for lists, search and constraints; they are written with their section.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(max_length=9, unique=True, null=True, blank=True)
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="applications"
    )
    round = models.ForeignKey(
        RecruitmentRound,
        models.PROTECT,
        to_field="slug",
        related_name="applications",
        db_index=False,  # the indexes below begin with it
    )
    position = models.ForeignKey(PositionType, models.PROTECT, null=True, blank=True)
    vacancy = models.ForeignKey(
        Vacancy, models.PROTECT, to_field="key", null=True, blank=True, related_name="applications"
    )
    consulate = models.ForeignKey(Consulate, models.PROTECT, null=True, blank=True, db_index=False)
    # db_index: on PostgreSQL it comes with the second index that a search by prefix needs.
    family_name_folded = models.CharField(max_length=200, blank=True, db_index=True)
    email = models.CharField(max_length=254, blank=True, db_index=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    status_at = models.DateTimeField()
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    ends_at_sent = models.DateTimeField(null=True, blank=True)

    late_until: datetime | None = None  # `with_late_end` reads it; no column, so no second truth

    due_result: str | None = None  # `with_due_result` reads it

    # Subject and text that the office wrote, by these names; `with_confirmation_words` reads them.
    confirmation_words: dict[str, str] | None = None

    objects: ClassVar = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        indexes = [
            models.Index(fields=["-submitted_at", "-id"], name="application_newest"),
            models.Index(fields=["consulate", "-submitted_at"], name="application_by_consulate"),
            models.Index(fields=["round", "status", "-submitted_at"], name="application_by_round"),
            models.Index(fields=["status", "-submitted_at"], name="application_by_status"),
            models.Index(
                fields=["round", "-submitted_at", "-id"], name="application_newest_of_round"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["applicant", "round"], name="one_application_per_applicant_and_round"
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="application_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNSENT, submitted_at=None, recorded_at=None, reference=None)
                | ~Q(status__in=UNSENT)
                & Q(submitted_at__isnull=False, recorded_at__isnull=False)
                & Q(reference__isnull=False, position__isnull=False, consulate__isnull=False),
                name="sent_applications_carry_time_and_reference",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNSENT) | Q(vacancy__isnull=False) & ~Q(email=""),
                name="sent_applications_name_vacancy_and_email",
            ),
            models.CheckConstraint(
                condition=Q(reference=None) | Q(reference__regex=REFERENCE),
                name="reference_is_nine_symbols",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(submitted_at__lte=F("recorded_at")),
                name="arrived_before_it_was_recorded",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, ends_at_sent=None)
                | Q(
                    submitted_at__isnull=False,
                    ends_at_sent__isnull=False,
                    submitted_at__lt=F("ends_at_sent"),
                ),
                name="sent_applications_keep_the_end_they_met",
            ),
            models.CheckConstraint(
                condition=Q(position=None)
                | Q(StartsWith(F("round"), Value("sea-")), position=PositionCode.SEA)
                | Q(
                    StartsWith(F("round"), Value("annual-")),
                    position__in=[PositionCode.ALT, PositionCode.CIR],
                ),
                name="sea_applications_only_in_sea_rounds",
            ),
            models.CheckConstraint(
                condition=Q(vacancy=None)
                | Q(position__isnull=False)
                & Q(
                    StartsWith(
                        F("vacancy"),
                        Concat(F("round"), Value("/"), Lower(F("position")), Value("/")),
                    )
                ),
                name="vacancy_belongs_to_the_round_and_position",
            ),
        ]

    def __str__(self) -> str:
        return self.reference_shown or f"draft {self.pk}"

    def accepts(self, at: datetime) -> bool:
        """Ask the round, with the end granted to this applicant; rows from `with_late_end`."""
        return self.round.accepts(at, until=self.late_until)

    @property
    def standing(self) -> Status:
        """Where it stands, with a released result that is not carried out yet.

        Rows from `with_due_result`.
        """
        return Status(self.due_result or self.status)

    @property
    def ends_at(self) -> datetime:
        """The first instant that is late for this applicant; rows from `with_late_end`.

        For what was sent it is the end that counted then, whatever has become of the round.
        """
        return self.ends_at_sent or self.round.end(self.late_until)

    @property
    def deadline(self) -> str:
        """This applicant's own deadline in the zone of the round; rows from `with_late_end`."""
        return deadline_in_words(self.ends_at, self.round.zoneinfo)

    @property
    def frozen(self) -> "FrozenAnswers":
        """The version of the answers that counts; one query. A draft has none, and raises."""
        newest: FrozenAnswers = self.versions.get(superseded_at=None)
        return newest

    @property
    def reference_shown(self) -> str:
        """The reference number as it is read aloud: "7K4M-92TP-H"; empty while it is a draft."""
        text = self.reference or ""
        return "-".join(part for part in (text[:4], text[4:8], text[8:]) if part)
