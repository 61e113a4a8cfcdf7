from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from positions.deadlines import deadline_in_words
from positions.models import RecruitmentRound


class LateGrantQuerySet(models.QuerySet["LateGrant"]):
    def counting(self, at: datetime | models.Expression) -> Self:
        """Grants approved by the instant `at`; one that was only asked for never counts."""
        return self.filter(approved_at__lte=at)

    def running(self, at: datetime) -> Self:
        return self.counting(at).filter(until_at__gt=at)

    def waiting(self) -> Self:
        return self.filter(approved_at=None, set_aside_at=None)


class LateGrant(models.Model):
    """One person's own, later end in one round: asked for by one, approved by another.

    `until_at` is exclusive, like the end of every window. An approved grant is a promise: it is
    never edited or taken back. One that nobody approved may be set aside.
    """

    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="late_grants", db_index=False
    )
    round = models.ForeignKey(
        RecruitmentRound, models.PROTECT, to_field="slug", related_name="late_grants"
    )
    reason = models.TextField()
    until_at = models.DateTimeField("until", help_text="The first instant that is late.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    set_aside_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = LateGrantQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["applicant", "round", "-until_at"], name="late_grant_of_a_person"),
            models.Index(fields=["until_at"], name="late_grant_by_end"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="late_grant_has_a_reason"),
            models.CheckConstraint(
                condition=Q(until_at__gt=F("asked_at"))
                & (Q(approved_at=None) | Q(until_at__gt=F("approved_at"))),
                name="late_grant_ends_in_the_future",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    approved_at__gte=F("asked_at"),
                ),
                name="late_grant_is_approved_by_somebody_after_it_was_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by")),
                name="late_grant_needs_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(applicant=F("asked_by"))
                & (Q(approved_by=None) | ~Q(applicant=F("approved_by"))),
                name="nobody_grants_themselves",
            ),
            models.CheckConstraint(
                condition=Q(set_aside_by=None, set_aside_at=None)
                | Q(
                    set_aside_by__isnull=False,
                    set_aside_at__isnull=False,
                    set_aside_at__gte=F("asked_at"),
                    approved_at=None,
                ),
                name="approved_late_grant_is_never_set_aside",
            ),
            models.UniqueConstraint(
                fields=["applicant", "round"],
                condition=Q(approved_at=None, set_aside_at=None),
                name="one_late_grant_waits_per_person_and_round",
            ),
        ]

    def __str__(self) -> str:
        return f"late grant {self.pk}"

    @property
    def until(self) -> str:
        """The last minute that counts, in the zone of the round, which must be loaded."""
        return deadline_in_words(self.until_at, self.round.zoneinfo)
