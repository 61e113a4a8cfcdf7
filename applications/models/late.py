from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from applications.models.application import Application
from applications.models.status import UNSENT
from jetportal.accounts.models import User
from positions.models import RecruitmentRound


class LateSubmitQuerySet(models.QuerySet["LateSubmit"]):
    def counting(self) -> Self:
        """The newest late submit of each application."""
        return self.filter(superseded_at=None)

    def unsent_by(self, applicant: User, round_: RecruitmentRound) -> Self:
        """What is kept of one person in one round, while their application was not sent."""
        return self.filter(
            application__applicant=applicant,
            application__round=round_,
            application__status__in=UNSENT,
        )

    def admissible(self, round_: RecruitmentRound, *, until: datetime) -> "LateSubmit | None":
        """Return the newest of these rows that is in time for the end `until`."""
        newest = self.order_by("-received_at", "-pk")
        return next((row for row in newest if round_.accepts(row.received_at, until=until)), None)


class LateSubmit(models.Model):
    """A complete application whose request to send arrived too late, sealed as it was then.

    `received_at` is its arrival and `ends_at` the first instant that was late for this applicant.
    `sealed` holds the frozen text, the answers and the columns; `digest` is the fingerprint of that
    text with `salt`, so that admitting it can prove that nothing was changed. Who sends changed
    answers again gets a second row, and the earlier one is superseded. `unsent` is sealed, too:
    what stood in the draft instead when the submit was admitted.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="late_submits")
    received_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    sealed = models.TextField()
    unsent = models.TextField(blank=True)
    salt = models.CharField(max_length=32)
    digest = models.CharField("SHA-256", max_length=64)

    objects: ClassVar = LateSubmitQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["-received_at", "-id"], name="late_submit_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(received_at__gte=F("ends_at")), name="late_submit_was_late"
            ),
            models.CheckConstraint(
                condition=Q(recorded_at__gte=F("received_at")),
                name="late_submit_arrived_before_it_was_recorded",
            ),
            models.CheckConstraint(condition=~Q(sealed=""), name="late_submit_is_kept"),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$") & Q(salt__regex=r"^[0-9a-f]{32}$"),
                name="late_submit_fingerprint_is_sha256",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("received_at")),
                name="late_submit_is_superseded_after_it_arrived",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(superseded_at=None),
                name="one_late_submit_counts_per_application",
            ),
        ]

    def __str__(self) -> str:
        return f"late submit {self.pk}"
