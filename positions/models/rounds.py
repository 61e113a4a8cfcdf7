"""Recruitment rounds: one intake each, with its window, its zone and its vacancies.

A round's address begins with its kind ("sea-2024-summer"), and rows below it carry that address as
their key. So a plain CHECK can refuse an SEA vacancy in an annual round: see docs/decisions/0010.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower
from django.db.models.lookups import StartsWith

from positions.deadlines import HST, ZONES, deadline_in_words
from positions.models.catalogue import ContractingOrganization, PositionCode, PositionType, Sport
from positions.prefectures import PREFECTURES


class RoundKind(models.TextChoices):
    ANNUAL = "annual", "annual cycle (ALT, CIR)"
    SEA = "sea", "ad-hoc SEA round"


class RoundState(models.TextChoices):
    """Where a round stands; always computed from instants, never stored.

    Scheduled: it will be shown to everybody at a set time. Upcoming: it is shown, and opens later;
    the desk calls both scheduled.
    """

    DRAFT = "draft", "Draft"
    SCHEDULED = "scheduled", "Scheduled"
    UPCOMING = "upcoming", "Upcoming"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"
    ARCHIVED = "archived", "Archived"


HIDDEN = frozenset({RoundState.DRAFT, RoundState.SCHEDULED})  # the desk alone sees these


class InterviewMode(models.TextChoices):
    UNKNOWN = "", "to be announced"
    ONLINE = "online", "online"
    IN_PERSON = "in_person", "in person"


class RecruitmentRoundQuerySet(models.QuerySet["RecruitmentRound"]):
    def published(self, at: datetime) -> Self:
        return self.filter(published_at__lte=at)

    def accepting(self, at: datetime) -> Self:
        """Rounds that take applications at the instant `at`; `RecruitmentRound.accepts` in SQL."""
        opened = Q(opens_at=None) | Q(opens_at__lte=at)
        running = Q(cancelled_at=None) | Q(cancelled_at__gt=at)
        return self.filter(opened, running, published_at__lte=at, closes_at__gt=at)

    def upcoming(self, at: datetime) -> Self:
        running = Q(cancelled_at=None) | Q(cancelled_at__gt=at)
        return self.filter(running, published_at__lte=at, opens_at__gt=at)

    def past(self, at: datetime) -> Self:
        """Rounds that are over and not put away: `archived` are those that are."""
        over = Q(closes_at__lte=at) | Q(cancelled_at__lte=at)
        shelved = Q(archived_at=None) | Q(archived_at__gt=at)
        return self.filter(over, shelved, published_at__lte=at)

    def archived(self, at: datetime) -> Self:
        return self.filter(archived_at__lte=at)

    def with_vacancies(self) -> Self:
        """Load what every row and page of a round shows, in two more queries at any size."""
        vacancies = Vacancy.objects.select_related("position", "sport", "organization")
        return self.prefetch_related(models.Prefetch("vacancies", vacancies), "changes")


class RecruitmentRound(models.Model):
    """One intake: its positions, its window, its limits.

    The window is half-open: `opens_at` is in, `closes_at` is out. `closes_on`, `closes_time` and
    `zone` are the deadline as staff typed it, the last minute that counts; `closes_at` is derived
    from them by `positions.domain.rounds` and nowhere else. `texts_revision` counts how often its
    texts or posts changed after it was published, `texts_changed_at` is when they did last.
    """

    slug = models.SlugField("address", max_length=60, unique=True)
    kind = models.CharField(max_length=6, choices=RoundKind.choices)
    title = models.CharField(max_length=120)
    departure_season = models.CharField(max_length=40, help_text="For example: summer 2024.")
    summary = models.TextField(blank=True)
    documents_asked = models.TextField("documents the notice asks for", blank=True)
    special_requirements = models.TextField(blank=True)
    opens_at = models.DateTimeField(
        "opens", null=True, blank=True, help_text="Empty: the opening date is not known."
    )
    closes_on = models.DateField("deadline, date")
    closes_time = models.TimeField("deadline, time")
    zone = models.CharField(
        max_length=40, choices=[(zone, zone) for zone in ZONES], default=HST.key
    )
    closes_at = models.DateTimeField("closes", help_text="The first instant that is late.")
    published_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)
    interview_mode = models.CharField(
        max_length=9, choices=InterviewMode.choices, default=InterviewMode.UNKNOWN, blank=True
    )
    interviews = models.CharField("interviews", max_length=120, blank=True)
    results = models.CharField("results", max_length=120, blank=True)
    closing_soon_hours = models.PositiveSmallIntegerField(default=72)
    purpose_max_words = models.PositiveSmallIntegerField(default=650)
    purpose_max_characters = models.PositiveIntegerField(default=4000)
    documents_max_megabytes = models.PositiveSmallIntegerField(default=10)
    texts_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    texts_revision = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar = RecruitmentRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-closes_at", "slug"]
        permissions = [("publish_recruitmentround", "Can publish, extend and cancel a round")]
        indexes = [models.Index(fields=["published_at", "closes_at"], name="round_window")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RoundKind.values), name="round_kind_known"),
            models.CheckConstraint(
                condition=StartsWith(F("slug"), Concat(F("kind"), Value("-"))),
                name="round_address_begins_with_its_kind",
                violation_error_message="The address must begin with sea- or annual-.",
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(opens_at__lt=F("closes_at")),
                name="round_closes_after_it_opens",
                violation_error_message="The deadline must be after the opening.",
            ),
            models.CheckConstraint(condition=Q(zone__in=list(ZONES)), name="round_zone_known"),
            models.CheckConstraint(
                condition=Q(interview_mode__in=InterviewMode.values),
                name="round_interview_mode_known",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None)
                | Q(published_at__isnull=False, cancelled_at__gte=F("published_at")),
                name="only_a_published_round_is_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(published_at__lt=F("closes_at")),
                name="round_is_shown_before_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(archived_at=None)
                | Q(published_at__isnull=False, closes_at__lte=F("archived_at"))
                | Q(cancelled_at__lte=F("archived_at")),
                name="only_a_round_that_is_over_is_archived",
            ),
            models.CheckConstraint(
                condition=Q(purpose_max_words__gte=1)
                & Q(purpose_max_characters__gte=1)
                & Q(documents_max_megabytes__range=(1, 10))
                & Q(closing_soon_hours__gte=1),
                name="round_limits_in_range",
                violation_error_message="A limit is out of its range.",
            ),
            models.CheckConstraint(
                condition=Q(texts_revision=0, texts_changed_at=None)
                | Q(texts_revision__gte=1, texts_changed_at__isnull=False),
                name="a_revision_of_a_round_has_its_instant",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def accepts(self, at: datetime, *, until: datetime | None = None) -> bool:
        """Tell whether an application that arrives at `at` is in time: the one rule of "late".

        `until` is the end granted to its applicant alone, if there is one.
        """
        opened = self.opens_at is None or self.opens_at <= at
        running = self.cancelled_at is None or at < self.cancelled_at
        published = self.published_at is not None and self.published_at <= at
        return opened and running and published and at < self.end(until)

    def end(self, until: datetime | None = None) -> datetime:
        """Return the first instant that is late: `closes_at`, or `until` where that is later."""
        return self.closes_at if until is None else max(self.closes_at, until)

    def state(self, at: datetime) -> RoundState:
        """Say where the round stands at `at`, for pages; what counts is `accepts`."""
        if self.published_at is None:
            return RoundState.DRAFT
        if at < self.published_at:
            return RoundState.SCHEDULED
        if self.is_archived(at):
            return RoundState.ARCHIVED
        if self.cancelled_at is not None and self.cancelled_at <= at:
            return RoundState.CANCELLED
        if self.accepts(at):
            return RoundState.OPEN
        return RoundState.CLOSED if self.closes_at <= at else RoundState.UPCOMING

    def is_archived(self, at: datetime) -> bool:
        """Tell whether staff have put the round away by `at`: readable, out of the plain lists."""
        return self.archived_at is not None and self.archived_at <= at

    def changes_at(self) -> tuple[datetime | None, ...]:
        """List the instants at which a page about this round must look different (None: none)."""
        soon = self.closes_at - timedelta(hours=self.closing_soon_hours)
        ends = (self.closes_at, self.cancelled_at, self.archived_at)
        return (self.published_at, self.opens_at, soon, *ends)

    def next_change(self, at: datetime) -> datetime | None:
        """Return the next instant after `at` at which a page about this round looks different."""
        return min(
            (instant for instant in self.changes_at() if instant and instant > at), default=None
        )

    @property
    def zoneinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def deadline(self) -> str:
        """The deadline in the round's own zone: "Friday, April 5, 2024, 11:59 PM HST"."""
        return deadline_in_words(self.closes_at, self.zoneinfo)


class Vacancy(models.Model):
    """What can be chosen inside a round: a named SEA post, or the ALT or CIR half of a cycle.

    `posts`, `sport` and `organization` are empty while they are to be announced, and always for
    the annual cycle, whose numbers are not published. `prefecture` is the place while its
    organization is not known; one that is known has its own.
    """

    key = models.CharField(max_length=80, unique=True, editable=False)
    round = models.ForeignKey(
        RecruitmentRound, models.PROTECT, to_field="slug", related_name="vacancies"
    )
    position = models.ForeignKey(PositionType, models.PROTECT, related_name="vacancies")
    number = models.PositiveSmallIntegerField(default=1)
    posts = models.PositiveSmallIntegerField(null=True, blank=True)
    sport = models.ForeignKey(Sport, models.PROTECT, null=True, blank=True)
    organization = models.ForeignKey(ContractingOrganization, models.PROTECT, null=True, blank=True)
    prefecture = models.CharField(
        max_length=40, blank=True, choices=[(name, name) for name in PREFECTURES]
    )
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["round", "position__order", "number"]
        verbose_name_plural = "vacancies"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "position", "number"], name="one_vacancy_per_number"
            ),
            models.CheckConstraint(
                condition=StartsWith(
                    F("key"), Concat(F("round"), Value("/"), Lower(F("position")), Value("/"))
                ),
                name="vacancy_key_names_round_and_position",
            ),
            models.CheckConstraint(
                condition=Q(StartsWith(F("round"), Value("sea-")), position=PositionCode.SEA)
                | Q(
                    StartsWith(F("round"), Value("annual-")),
                    position__in=[PositionCode.ALT, PositionCode.CIR],
                    number=1,
                    posts=None,
                    sport=None,
                    organization=None,
                    prefecture="",
                ),
                name="sea_posts_only_in_sea_rounds",
                violation_error_message="SEA belongs to SEA rounds, ALT and CIR to annual cycles.",
            ),
            models.CheckConstraint(
                condition=Q(posts=None) | Q(posts__gte=1), name="vacancy_has_a_post"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="vacancy_number_from_one"),
            models.CheckConstraint(
                condition=Q(prefecture="") | Q(prefecture__in=PREFECTURES, organization=None),
                name="a_known_organization_has_its_own_prefecture",
                violation_error_message="The organization says which prefecture: leave it empty.",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def place(self) -> str:
        """The prefecture, of the organization where that is known; empty: to be announced."""
        return self.organization.prefecture if self.organization else self.prefecture

    @staticmethod
    def key_for(round_slug: str, position: str, number: int) -> str:
        return f"{round_slug}/{position.lower()}/{number}"


class ChangeKind(models.TextChoices):
    EXTENDED = "extended", "deadline extended"
    CANCELLED = "cancelled", "cancelled"


class RoundChange(models.Model):
    """What happened to a published round: written once, never edited."""

    round = models.ForeignKey(RecruitmentRound, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=9, choices=ChangeKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField()
    old_closes_at = models.DateTimeField()
    new_closes_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ChangeKind.values), name="round_change_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=ChangeKind.EXTENDED, new_closes_at__gt=F("old_closes_at"))
                | Q(kind=ChangeKind.CANCELLED, new_closes_at=None),
                name="a_published_deadline_only_moves_later",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="round_change_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
