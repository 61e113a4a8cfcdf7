"""The applicant's acts before and between requests: naming referees, naming somebody else.

Asking them is in `applications.domain.referees.asking`.

A letter is never shown to its applicant. See docs/decisions/0026 for links, 0027 for the clock.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from dataclasses import replace as replace_in
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from applications.domain.errors import NotChangeable, Refused
from applications.domain.form import completeness
from applications.domain.moves import LIVE_AND_SENT
from applications.domain.referees import request_ends, request_log
from applications.domain.referees.reference_rules import (
    RefereeFault,
    kinds_of,
    own_addresses,
    require_other_address,
)
from applications.models import (
    UNSENT,
    Application,
    Referee,
    RefereeKind,
    Reference,
    ReferenceRequest,
    RequestState,
)
from applications.models.reference_settings import settings_of
from jetportal.accounts.models import User


@dataclass(frozen=True, slots=True)
class RefereeWords:
    """What the applicant says about one referee, as the form has cleaned it."""

    kind: RefereeKind
    name: str
    title: str
    organization: str
    relation: str
    email: str


@transaction.atomic
def add(key: UUID, words: RefereeWords, *, by: User, at: datetime) -> Referee:
    """Name one more referee. Raises Refused (with its field), NotChangeable.

    Who presses twice has named one: the same words again are the referee who is not asked yet.
    """
    application = locked(key, by, at)
    if again := _unasked(application, words):
        return again
    current = list(Referee.objects.current().filter(application=application))
    places = range(1, settings_of(application.round).number + 1)
    free = sorted(set(places) - {referee.place for referee in current})
    if not free:
        raise Refused("You have named everybody this round asks for. Change or replace one.")
    return _named(application, words, place=free[0], others=current, at=at)


def _unasked(application: Application, words: RefereeWords) -> Referee | None:
    rows = Referee.objects.current().filter(application=application)
    same = {**asdict(words), "email": words.email.strip().lower()}
    found: Referee | None = rows.filter(**same, request__state=RequestState.DRAFT).first()
    return found


@transaction.atomic
def change(key: UUID, referee_key: UUID, words: RefereeWords, *, by: User, at: datetime) -> Referee:
    """Change what is said about a referee whose request was not sent. Raises Refused."""
    application = locked(key, by, at)
    request = request_of(application, referee_key)
    if request.state != RequestState.DRAFT:
        raise Refused("The request was sent. Correct the address, or replace the referee.")
    referee = request.referee
    _require_kind(application, words)
    email = other_address(application, words.email, besides=referee)
    for name, value in {**asdict(words), "email": email}.items():
        setattr(referee, name, value)
    referee.save()
    return referee


@transaction.atomic
def remove(key: UUID, referee_key: UUID, *, by: User, at: datetime) -> None:
    """Take back a referee whose request was not sent. Raises Refused."""
    application = locked(key, by, at)
    request = request_of(application, referee_key)
    if request.state != RequestState.DRAFT:
        raise Refused("The request was sent. You can replace the referee.")
    request.referee.delete()


@transaction.atomic
def replace(
    key: UUID, referee_key: UUID, words: RefereeWords, *, by: User, at: datetime
) -> Referee:
    """Name somebody else in the place of a referee; the old link ends. Raises Refused."""
    application = locked(key, by, at)
    request = request_of(application, referee_key)
    if request.state == RequestState.RECEIVED:
        raise Refused("The letter is in. This referee cannot be replaced any more.")
    if request.state == RequestState.DRAFT:
        raise Refused("The request is not sent. Change what it says, or remove it.")
    before = request.referee
    if words.email.strip().lower() == before.email:
        raise Refused("This is the same address. Send the request again instead.", field="email")
    others = list(Referee.objects.current().filter(application=application))
    before.replaced_at = max(at, before.created_at)
    before.save(update_fields=["replaced_at"])
    if request.state != RequestState.CANCELLED:
        request_ends.cancel(request, at=at, by=by, reason="The referee was replaced")
    others = [row for row in others if row.pk != before.pk]
    return _named(application, words, place=before.place, others=others, at=at)


def requests_of(application: Application) -> list[ReferenceRequest]:
    """Return the requests to those who are asked now, in their order, with their clock; one query.

    `kept_as_late` tells whether a letter has come that does not count.
    """
    rows = ReferenceRequest.objects.with_clock().filter(
        referee__application=application, referee__replaced_at=None
    )
    kept = Reference.objects.filter(request=OuterRef("pk"), superseded_at=None, counts=False)
    found: list[ReferenceRequest] = list(
        rows.annotate(kept_as_late=Exists(kept)).order_by("referee__place")  # type: ignore[no-redef]
    )
    return found


def faults(
    application: Application, requests: Iterable[ReferenceRequest]
) -> tuple[RefereeFault, ...]:
    """Name what the round asks of the referees and does not have yet."""
    loaded = completeness.load(application)
    referees = [request.referee for request in requests]
    return completeness.referee_faults(replace_in(loaded, referees=referees))


def may_change(application: Application) -> bool:
    """Tell whether referees may be named and asked: before sending, and while it is live after."""
    return application.status in UNSENT or application.status in LIVE_AND_SENT


def locked(key: UUID, by: User, at: datetime) -> Application:
    """Lock and read the person's application. Raises NotChangeable once it has ended."""
    mine = Application.objects.of(by).select_for_update().values_list("pk", flat=True).get(key=key)
    application: Application = (
        Application.objects.with_round().select_related("applicant").with_late_end(at).get(pk=mine)
    )
    if not may_change(application):
        raise NotChangeable
    return application


def request_of(application: Application, referee_key: UUID) -> ReferenceRequest:
    """Lock the request to one of those asked now. Raises Refused: another window was faster."""
    try:
        return request_log.locked(
            referee__application=application, referee__key=referee_key, referee__replaced_at=None
        )
    except ReferenceRequest.DoesNotExist as problem:
        raise Refused("This referee is not named any more.") from problem


def _named(
    application: Application,
    words: RefereeWords,
    *,
    place: int,
    others: list[Referee],
    at: datetime,
) -> Referee:
    _require_kind(application, words)
    email = require_other_address(
        words.email,
        own=own_addresses(application),
        others={referee.email for referee in others},
    )
    values = {**asdict(words), "email": email}
    referee: Referee = Referee.objects.create(
        application=application, place=place, created_at=at, **values
    )
    ReferenceRequest.objects.create(referee=referee, created_at=at, state_at=at)
    return referee


def other_address(application: Application, email: str, *, besides: Referee | None) -> str:
    """Return the address folded, or raise Refused where it is the own, or that of another."""
    rows = Referee.objects.filter(application=application, replaced_at=None)
    rows = rows.exclude(pk=besides.pk) if besides else rows
    others = rows.values_list("email", flat=True)
    return require_other_address(email, own=own_addresses(application), others=set(others))


def _require_kind(application: Application, words: RefereeWords) -> None:
    if words.kind not in kinds_of(application.round):
        raise Refused("This round does not ask for that kind of referee.", field="kind")
