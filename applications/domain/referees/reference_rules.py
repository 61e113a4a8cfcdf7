"""What a round asks of its referees, in words: the page of references and the check ask here."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from applications.domain.errors import Refused
from applications.models import (
    Application,
    LettersPolicy,
    Referee,
    RefereeKind,
    RequestState,
)
from applications.models.reference_settings import settings_of
from positions.models import RecruitmentRound, RoundKind

NUMBERS = ("no", "one", "two", "three", "four", "five")
OWN = "This is your own address. A letter comes from somebody else."
TWICE = "You have named this address already. Each letter comes from another person."


@dataclass(frozen=True, slots=True)
class RefereeFault:
    """What is missing; `about_letters`: the referees are named, their letters are not in."""

    label: str
    words: str
    about_letters: bool = False


def kinds_of(round_: RecruitmentRound) -> tuple[RefereeKind, ...]:
    """List the kinds that referees of the round may be of."""
    sport = round_.kind == RoundKind.SEA or settings_of(round_).sport_needed
    plain = (RefereeKind.ACADEMIC, RefereeKind.PROFESSIONAL)
    return (*plain, RefereeKind.SPORT) if sport else plain


def needed_kinds(round_: RecruitmentRound) -> Iterator[str]:
    """Yield in sentences of which kind at least one referee must be."""
    asked = settings_of(round_)
    if asked.sport_needed:
        yield "At least one must be from sport."
    if asked.academic_without_degree:
        yield "At least one must be academic while your degree is not conferred."


def faults(
    round_: RecruitmentRound, referees: Collection[Referee], *, has_degree: bool
) -> Iterator[RefereeFault]:
    """Yield what the round asks of its referees and does not have yet."""
    asked = settings_of(round_)
    if len(referees) < asked.number:
        missing = asked.number - len(referees)
        word = "referee" if missing == 1 else "referees"
        more = " more" if referees else ""
        yield RefereeFault("Referees", f"Name {NUMBERS[missing]}{more} {word}")
    yield from _kinds_missing(round_, referees, has_degree=has_degree)
    if asked.policy == LettersPolicy.BLOCK:
        yield from letters_missing(referees)


def _kinds_missing(
    round_: RecruitmentRound, referees: Collection[Referee], *, has_degree: bool
) -> Iterator[RefereeFault]:
    asked, kinds = settings_of(round_), {referee.kind for referee in referees}
    full = len(referees) >= asked.number
    if full and asked.sport_needed and RefereeKind.SPORT not in kinds:
        yield RefereeFault("Referees", "At least one must be from sport")
    if (
        full
        and asked.academic_without_degree
        and not has_degree
        and RefereeKind.ACADEMIC not in kinds
    ):
        words = "At least one must be academic, because your degree is not conferred yet"
        yield RefereeFault("Referees", words)


def letters_missing(referees: Collection[Referee]) -> Iterator[RefereeFault]:
    """Yield each letter that has not arrived, in a sentence for the applicant."""
    for referee in referees:
        state = RequestState(referee.request.state)
        if state != RequestState.RECEIVED:
            yield RefereeFault(referee.name, MISSING[state], about_letters=True)


MISSING = {
    RequestState.DRAFT: "The request is not sent yet",
    RequestState.SENT: "The letter has not arrived; the request was not opened yet",
    RequestState.FAILED: "The request could not be delivered",
    RequestState.OPENED: "The letter has not arrived; the request was opened",
    RequestState.IN_PROGRESS: "The letter has not arrived; it is being written",
    RequestState.DECLINED: "The request was declined",
    RequestState.CANCELLED: "The request was cancelled",
}
TROUBLE = (MISSING[RequestState.FAILED], MISSING[RequestState.DECLINED])


def require_other_address(email: str, *, own: Collection[str], others: Collection[str]) -> str:
    """Return the address folded, or raise Refused: it differs from the own and from the others."""
    folded = email.strip().lower()
    if folded in {address.lower() for address in own}:
        raise Refused(OWN, field="email")
    if folded in others:
        raise Refused(TWICE, field="email")
    return folded


def own_addresses(application: Application) -> frozenset[str]:
    """Return the addresses that the applicant uses: account, application and second one."""
    rows = application.sections.filter(section="contact").values_list("answers", flat=True)
    typed = [text for answers in rows for text in answers.get("second_email", ())]
    known = (application.applicant.email, application.email, *typed)
    return frozenset(text.strip().lower() for text in known if text.strip())
