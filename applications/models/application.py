"""A person's one application to a round, its answers as typed, and the answers as frozen."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat, Lower
from django.db.models.lookups import StartsWith

from applications.models.grant import LateGrant
from applications.models.status import UNSENT, Status
from jetportal.accounts.models import User
from positions.deadlines import deadline_in_words
from positions.models import Consulate, PositionCode, PositionType, RecruitmentRound, Vacancy

# Nine of thirty symbols; `applications.domain.reference_numbers` draws and checks them.
REFERENCE = r"^[2-9A-HJKMNP-TV-Z]{9}$"


class ApplicationQuerySet(models.QuerySet["Application"]):
    def of(self, applicant: User) -> Self:
        """The person's own applications: what every applicant page starts from."""
        return self.filter(applicant=applicant)

    def with_round(self) -> Self:
        return self.select_related(
            "round__form_settings", "position", "vacancy__sport", "consulate"
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


class SectionAnswers(models.Model):
    """What somebody typed into one section, right or wrong, exactly as the form sent it.

    `answers` maps the name of each input to the list of its values, so that binding the section's
    form to it shows the page as it was left. `entries` holds the entries of each of its lists, in
    their order (`applications.sections.entries.Entry`). `version` counts saves of either.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="sections")
    section = models.CharField(max_length=30)
    answers = models.JSONField(default=dict)
    entries = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "section answers"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "section"], name="one_row_per_application_and_section"
            ),
            models.CheckConstraint(condition=~Q(section=""), name="section_answers_name_a_section"),
            models.CheckConstraint(condition=Q(version__gte=1), name="section_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.section} of {self.application_id}"


class FrozenAnswers(models.Model):
    """The answers as they counted from `frozen_at` on: canonical JSON, and the SHA-256 of salt and
    text.

    Written once: the first version when the application is sent, a later one by each correction,
    which names its `section`. The version that counts is not superseded. The salt keeps short
    answers from being guessed from the fingerprint.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField(default=1)
    section = models.CharField(max_length=30, blank=True)
    canonical = models.TextField()
    salt = models.CharField(max_length=32)
    digest = models.CharField("SHA-256", max_length=64)
    frozen_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "frozen answers"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "version"], name="answers_are_frozen_once_per_version"
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(superseded_at=None),
                name="one_version_of_the_answers_counts",
            ),
            models.CheckConstraint(
                condition=Q(version=1, section="") | Q(version__gt=1) & ~Q(section=""),
                name="later_version_names_its_section",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("frozen_at")),
                name="version_is_superseded_after_it_was_frozen",
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$") & Q(salt__regex=r"^[0-9a-f]{32}$"),
                name="fingerprint_is_sha256",
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:12]
