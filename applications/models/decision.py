"""Results before and after their release: decisions, the batch they leave with, who did what."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Value, When
from django.db.models.functions import Concat
from django.db.models.lookups import Contains, StartsWith

from applications.models.status import Status
from positions.deadlines import deadline_in_words, in_words
from positions.models import RecruitmentRound, Vacancy


class Stage(models.TextChoices):
    """When a result is decided: before the interview, or after it."""

    INTERVIEW = "interview", "Invitations to interview"
    FINAL = "final", "Final results"


# From which status a result moves an application, and to which.
DECIDED_FROM: Mapping[Stage, Status] = MappingProxyType(
    {Stage.INTERVIEW: Status.IN_SCREENING, Stage.FINAL: Status.INTERVIEWED}
)
OUTCOMES: Mapping[Stage, tuple[Status, ...]] = MappingProxyType(
    {
        Stage.INTERVIEW: (Status.INTERVIEW_OFFERED, Status.NOT_SELECTED),
        Stage.FINAL: (Status.SHORT_LISTED, Status.ALTERNATE, Status.NOT_SELECTED),
    }
)
RESULTS = tuple(dict.fromkeys(status for row in OUTCOMES.values() for status in row))


def stage_from(status: str) -> Stage | None:
    """Return the stage that is decided about applications of this status."""
    return next((stage for stage, source in DECIDED_FROM.items() if source == status), None)


class BatchState(models.TextChoices):
    """Where a batch stands; always computed from instants, never stored."""

    OPEN = "open", "Open: results are recorded"
    ASKED = "asked", "Waits for a second person"
    ARMED = "armed", "Will be released"
    RELEASED = "released", "Released"


class ResultBatch(models.Model):
    """The results of one stage of a round that leave together, at `release_at`.

    One person asks for the release, another approves it; from `release_at` on pages read the
    decisions. `finished_at` is when the last of them was carried out. `replies_until` (exclusive)
    ends the time for answers to final results.
    """

    key = models.CharField(max_length=90, unique=True, editable=False)
    round = models.ForeignKey(
        RecruitmentRound, models.PROTECT, to_field="slug", related_name="result_batches"
    )
    stage = models.CharField(max_length=9, choices=Stage.choices)
    number = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    release_at = models.DateTimeField(null=True, blank=True)
    replies_until = models.DateTimeField(
        null=True, blank=True, help_text="The first instant that is late."
    )
    over_seats = models.TextField("why more than the seats", blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = "release of results"
        verbose_name_plural = "releases of results"
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=Stage.values), name="result_batch_stage_known"
            ),
            models.CheckConstraint(
                condition=StartsWith(
                    F("key"), Concat(F("round"), Value("/"), F("stage"), Value("/"))
                )
                & Q(number__gte=1),
                name="result_batch_key_names_round_and_stage",
            ),
            models.UniqueConstraint(
                fields=["round", "stage"],
                condition=Q(finished_at=None),
                name="one_result_batch_at_work_per_round_and_stage",
            ),
            models.CheckConstraint(
                condition=Q(asked_by=None, asked_at=None, release_at=None, approved_at=None)
                & Q(replies_until=None, over_seats="")
                | Q(asked_by__isnull=False, asked_at__isnull=False, release_at__isnull=False),
                name="result_batch_is_asked_for_as_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(
                    approved_by__isnull=False,
                    approved_at__gte=F("asked_at"),
                    release_at__gte=F("approved_at"),
                ),
                name="result_batch_is_approved_before_its_release",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by")),
                name="result_batch_needs_two_people",
            ),
            models.CheckConstraint(
                condition=Q(replies_until=None)
                | Q(stage=Stage.FINAL, replies_until__gt=F("release_at")),
                name="replies_are_due_after_the_release",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None)
                | Q(approved_at__isnull=False, finished_at__gte=F("release_at")),
                name="result_batch_is_finished_after_its_release",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def state(self, at: datetime) -> BatchState:
        if self.asked_at is None:
            return BatchState.OPEN
        if self.approved_at is None or self.release_at is None:
            return BatchState.ASKED
        return BatchState.RELEASED if self.release_at <= at else BatchState.ARMED

    @property
    def release(self) -> str:
        """The moment of the release in the zone of the round, which must be loaded."""
        return in_words(self.release_at, self.round.zoneinfo) if self.release_at else ""

    @property
    def reply_deadline(self) -> str:
        """The last minute for answers, in the zone of the round, which must be loaded."""
        until = self.replies_until
        return deadline_in_words(until, self.round.zoneinfo) if until else ""


class ReleaseStep(models.Model):
    """What somebody did with a batch: asked, approved, taken back. Never edited."""

    class What(models.TextChoices):
        ASKED = "asked", "Asked for"
        APPROVED = "approved", "Approved"
        TAKEN_BACK = "taken_back", "Taken back"

    batch = models.ForeignKey(ResultBatch, models.PROTECT, to_field="key", related_name="steps")
    what = models.CharField(max_length=10, choices=What.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=["asked", "approved", "taken_back"]),
                name="release_step_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.batch_id}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def due(self, at: datetime) -> Self:
        """Released by `at` and not carried out yet."""
        return self.filter(
            settled_at=None, batch__approved_at__isnull=False, batch__release_at__lte=at
        )

    def due_of_row(self, at: datetime) -> Self:
        """Those of the application that an outer query reads, if it still is where it was."""
        sources = [When(stage=stage, then=Value(str(row))) for stage, row in DECIDED_FROM.items()]
        return (
            self.due(at)
            .annotate(decided_from=Case(*sources))
            .filter(application=OuterRef("pk"), decided_from=OuterRef("status"))
        )

    def withheld(self, at: datetime) -> Self:
        """Recorded, and nobody's but the program office's at `at`."""
        return self.filter(
            Q(batch__approved_at=None) | Q(batch__release_at__gt=at), settled_at=None
        )


class Decision(models.Model):
    """What was decided about an application at one stage. It leaves the status alone.

    `rank` is the place among the alternates of `vacancy`. Once released it is carried out:
    `settled_at` says when, `moved` whether the application was still where it was decided.
    """

    application = models.ForeignKey(
        "applications.Application", models.PROTECT, related_name="decisions"
    )
    batch = models.ForeignKey(ResultBatch, models.PROTECT, to_field="key", related_name="decisions")
    stage = models.CharField(max_length=9, choices=Stage.choices)
    outcome = models.CharField(
        max_length=20, choices=[(status.value, status.label) for status in RESULTS]
    )
    vacancy = models.ForeignKey(
        Vacancy, models.PROTECT, to_field="key", related_name="decisions", db_index=False
    )
    rank = models.PositiveIntegerField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    moved = models.BooleanField(null=True, blank=True)

    objects: ClassVar = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["outcome"],
                name="decision_waits_by_outcome",
                condition=Q(settled_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "stage"], name="one_decision_per_application_and_stage"
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.INTERVIEW, outcome__in=OUTCOMES[Stage.INTERVIEW])
                | Q(stage=Stage.FINAL, outcome__in=OUTCOMES[Stage.FINAL]),
                name="decision_is_one_of_its_stage",
            ),
            models.CheckConstraint(
                condition=Contains(F("batch"), Concat(Value("/"), F("stage"), Value("/"))),
                name="decision_leaves_with_a_batch_of_its_stage",
            ),
            models.UniqueConstraint(
                fields=["vacancy", "rank"], name="no_two_alternates_share_a_rank"
            ),
            models.CheckConstraint(
                condition=Q(outcome=Status.ALTERNATE, rank__gte=1)
                | ~Q(outcome=Status.ALTERNATE) & Q(rank=None),
                name="alternates_and_they_alone_have_a_rank",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, moved=None)
                | Q(settled_at__isnull=False, moved__isnull=False),
                name="settled_decision_says_whether_it_moved",
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"


class DecisionChange(models.Model):
    """One recording, change or removal (an empty `outcome`) of a decision. Never edited."""

    application = models.ForeignKey(
        "applications.Application", models.PROTECT, related_name="decision_history"
    )
    stage = models.CharField(max_length=9, choices=Stage.choices)
    outcome = models.CharField(
        max_length=20, choices=[(status.value, status.label) for status in RESULTS], blank=True
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage=Stage.INTERVIEW, outcome__in=["", *OUTCOMES[Stage.INTERVIEW]])
                | Q(stage=Stage.FINAL, outcome__in=["", *OUTCOMES[Stage.FINAL]]),
                name="decision_change_is_one_of_its_stage",
            ),
        ]

    def __str__(self) -> str:
        return f"decision change {self.pk}"
