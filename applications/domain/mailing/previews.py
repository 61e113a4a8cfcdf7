"""What own words become for a real application, and the delivered words to begin them from."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from applications.domain import access, own_messages
from applications.domain.errors import Refused
from applications.domain.mailing.kinds import ANSWERS, offered
from applications.domain.mailing.placeholders import Words
from applications.domain.mailing.wordings import in_words
from applications.domain.outcomes import move_messages, result_messages
from applications.domain.reference_numbers import normalized
from applications.models import Application, WordingKind
from jetportal.accounts.models import User
from jetportal.mail.message import Message
from jetportal.mail.rendering import render
from positions.models import RecruitmentRound

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

K = WordingKind

TIME_TO_ANSWER = timedelta(days=14)  # in a preview, where nothing was asked yet
ANSWER = "You accept the offer."
FRAME = "\n--\nJET Program, United States\n"
RUNNING = 55  # a longer line goes on in the next one
# The names of placeholders that the contexts of delivered mails call otherwise.
FIELDS = {"round": "round_title", "link": "address", "support": "support_email"}
TWO_CLOCKS = frozenset({K.WITHDRAWN, K.TAKEN_BACK})  # whatever they are; others only if they differ


def template_of(kind: WordingKind) -> str:
    return str(K.NOT_SELECTED if kind == K.NOT_INVITED else kind)


def sample(round_: RecruitmentRound, reference: str, *, user: User) -> Application:
    """Return the application of the round with this reference number, without one the newest.

    Raises Refused where there is none that the user may see.
    """
    rows = access.reviewable_by(user).filter(round=round_).select_related("vacancy__organization")
    if reference.strip():
        rows = rows.filter(reference=normalized(reference) or "")
    found: Application | None = rows.order_by("-submitted_at", "-pk").first()
    if found is None:
        words = (
            "No application of this round that you may see has this number."
            if reference.strip()
            else "No application has arrived in this round yet."
        )
        raise Refused(words, field="reference")
    return found


def preview(kind: WordingKind, words: Words, application: Application, *, at: datetime) -> Message:
    """Write the mail as it would leave now. Raises ValueError where it cannot."""
    context = context_of(kind, application, at=at)
    return in_words(template_of(kind), kind, words, application, context)


def context_of(kind: WordingKind, application: Application, *, at: datetime) -> "DataclassInstance":
    """Return what the delivered mail would be made of; what has not happened happens at `at`."""
    if kind == K.DRAFT_LAPSED:
        return own_messages.lapse(application)
    if kind in {K.WITHDRAWN, K.TAKEN_BACK}:
        return own_messages.withdrawal(application)
    if kind in move_messages.KINDS.values():
        return move_messages.moved(kind, application, at=at)
    return result_messages.standing(
        application,
        at=at,
        until_at=at + TIME_TO_ANSWER,
        answer=ANSWER,
        after_interview=kind == K.NOT_SELECTED,
    )


def as_delivered(kind: WordingKind) -> Words:
    """Return the delivered words with the placeholders in them, for staff to begin from."""
    facts: dict[str, object] = {
        FIELDS.get(place.name, place.name): place.written for place in offered(kind)
    }
    if kind not in TWO_CLOCKS:
        facts |= {"until_local": "", "instant_local": ""}
    facts |= {"missing": ["{missing}"], "after_interview": kind == K.NOT_SELECTED}
    facts["place"] = "At your interview location"
    facts["reply_address" if kind in ANSWERS else "address"] = "{link}"
    mail = render(template_of(kind), to="nobody@example.org", context=facts)
    text = mail.text.partition(FRAME)[0].strip().replace("- {missing}", "{missing}")
    paragraphs = (_unwrapped(part) for part in text.split("\n\n"))
    return Words(mail.subject, "\n\n".join(paragraphs))


def _unwrapped(paragraph: str) -> str:
    """Make running text one line; lines of facts stay, without the spaces that aligned them."""
    lines = [re.sub(r": {2,}", ": ", line) for line in paragraph.split("\n")]
    running = len(lines) > 1 and all(len(line) > RUNNING for line in lines[:-1])
    return (" " if running else "\n").join(lines)
