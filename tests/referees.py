"""Referees, requests and letters for tests: named and sent through the domain."""

from datetime import datetime, timedelta

from applications.domain.referees import asking, letters, references
from applications.domain.referees.letters import Letter
from applications.domain.referees.references import RefereeWords
from applications.models import (
    Application,
    Referee,
    Reference,
    ReferenceRequest,
    ReferenceSettings,
)
from jetportal import sealing
from positions.models import RecruitmentRound
from tests.applicants import COACH, STARTED_AT

NAMED_AT = STARTED_AT
ASKED_AT = STARTED_AT + timedelta(hours=1)
WRITTEN_AT = STARTED_AT + timedelta(days=2)

SECRET = "The letter that nobody may see: she is punctual"
RATINGS = {"reliability": "5"}


def ask(
    application: Application, words: RefereeWords = COACH, *, at: datetime = ASKED_AT
) -> ReferenceRequest:
    """Send the request to the referee of this address; name them first where nobody has."""
    referee = Referee.objects.filter(
        application=application, email=words.email, replaced_at=None
    ).first()
    if referee is None:
        referee = references.add(application.key, words, by=application.applicant, at=NAMED_AT)
    asking.send(application.key, referee.key, by=application.applicant, at=at)
    return fresh(referee)


def fresh(referee: Referee) -> ReferenceRequest:
    return ReferenceRequest.objects.with_clock().get(referee=referee)


def token_of(request: ReferenceRequest) -> str:
    request.refresh_from_db(fields=["token_sealed"])
    return sealing.unseal(request.token_sealed) or ""


def submit(
    request: ReferenceRequest, *, at: datetime = WRITTEN_AT, text: str = SECRET
) -> Reference:
    letter = Letter(ratings=RATINGS, text=text)
    return letters.submit_letter(token_of(request), letter, received_at=at, recorded_at=at)


def set_references(round_: RecruitmentRound, **values: object) -> ReferenceSettings:
    """Set what the round asks of references."""
    row, _created = ReferenceSettings.objects.update_or_create(round=round_, defaults=values)
    return row
