from collections.abc import Mapping
from types import MappingProxyType

from django.conf import settings
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
MOST_SEATS = 9999
TAKEN = (Holding.OFFERED, Holding.ACCEPTED)  # a seat that nobody else can be given


class SeatEvent(models.Model):
    """One line of the ledger of a vacancy: what an application gave back, and what it took.

    Written with the move it belongs to and never edited: the sums are what pages show. Lines come
    in the order of their moves.
    """

    vacancy = models.ForeignKey(Vacancy, models.PROTECT, to_field="key", related_name="seat_events")
    application = models.ForeignKey(
        "applications.Application", models.PROTECT, related_name="seat_events"
    )
    change = models.OneToOneField(StatusChange, models.PROTECT, related_name="seat_event")
    gave_back = models.CharField(max_length=8, choices=Holding.choices, blank=True)
    took = models.CharField(max_length=8, choices=Holding.choices, blank=True)

    class Meta:
        ordering = ["change_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(gave_back__in=Holding.values, took__in=Holding.values)
                & ~Q(gave_back=F("took")),
                name="seat_event_changes_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gave_back or 'nothing'} to {self.took or 'nothing'}"


class SeatNumber(models.Model):
    """How many seats a vacancy has for the office, where the number of its posts is not announced.

    So it is for ALT and CIR always. The newest row counts; none is edited. `reason` says why there
    are fewer than were given already.
    """

    vacancy = models.ForeignKey(
        Vacancy, models.PROTECT, to_field="key", related_name="seat_numbers"
    )
    seats = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seats__range=(0, MOST_SEATS)), name="seat_number_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seats} seats of {self.vacancy_id}"
