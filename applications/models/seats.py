from collections.abc import Mapping
from types import MappingProxyType

from django.db import models
from django.db.models import F, Q

from applications.models.history import StatusChange
from applications.models.status import Status
from positions.models import Vacancy


class Holding(models.TextChoices):
    """What an application holds of its vacancy: a seat, or a line of the alternate list."""

    NOTHING = "", "nothing"
    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    LISTED = "listed", "On the alternate list"


HOLDING: Mapping[Status, Holding] = MappingProxyType(
    {
        Status.SHORT_LISTED: Holding.OFFERED,
        Status.ACCEPTED: Holding.ACCEPTED,
        Status.PLACED: Holding.ACCEPTED,
        Status.DEPARTED: Holding.ACCEPTED,
        Status.DECLINED: Holding.DECLINED,
        Status.ALTERNATE: Holding.LISTED,
        Status.ALTERNATE_KEPT: Holding.LISTED,
    }
)
TAKEN = (Holding.OFFERED, Holding.ACCEPTED)  # a seat that nobody else can be given


class SeatEvent(models.Model):
    """One line of the ledger of a vacancy: what an application gave back, and what it took.

    Written with the move it belongs to and never edited: the sums are what pages show.
    """

    vacancy = models.ForeignKey(Vacancy, models.PROTECT, to_field="key", related_name="seat_events")
    application = models.ForeignKey(
        "applications.Application", models.PROTECT, related_name="seat_events"
    )
    change = models.OneToOneField(StatusChange, models.PROTECT, related_name="seat_event")
    gave_back = models.CharField(max_length=8, choices=Holding.choices, blank=True)
    took = models.CharField(max_length=8, choices=Holding.choices, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(gave_back__in=Holding.values, took__in=Holding.values)
                & ~Q(gave_back=F("took")),
                name="seat_event_changes_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gave_back or 'nothing'} to {self.took or 'nothing'}"
