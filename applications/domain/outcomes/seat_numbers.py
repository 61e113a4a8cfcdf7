"""How many seats the office has for a vacancy whose number of posts is not announced."""

from datetime import datetime

from django.db import transaction

from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.moves import Actor
from applications.domain.outcomes import seats
from applications.models import MOST_SEATS, SeatNumber
from jetportal.accounts.models import User


@transaction.atomic(durable=True)
def set_number(
    vacancy_key: str, number: int, *, by: User, at: datetime, reason: str = ""
) -> SeatNumber | None:
    """Set the number of seats; None where it is that already. No applicant ever reads it.

    Fewer than were given already needs a reason. Raises Refused, Vacancy.DoesNotExist.
    """
    if Actor.PROGRAM_OFFICE not in access.actors_of(by):
        raise Refused("This belongs to the program office.")
    if not 0 <= number <= MOST_SEATS:
        raise Refused(f"Seats are a number from 0 to {MOST_SEATS}.", field="seats")
    vacancy = seats.locked(vacancy_key)
    if vacancy.posts is not None:
        raise Refused("The number of its posts is announced, and that is what counts.")
    held = seats.count([vacancy])[vacancy.key]
    if held.seats == number:
        return None
    given = held.offered + held.accepted + held.pledged
    if number < given and not reason.strip():
        words = f"{given} were given already. Say why there are fewer seats."
        raise Refused(words, field="reason")
    row: SeatNumber = SeatNumber.objects.create(
        vacancy=vacancy, seats=number, by=by, at=at, reason=reason.strip()
    )
    return row
