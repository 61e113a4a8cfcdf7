"""What own words become for a real application, and the delivered words to begin them from."""

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.db.models import Q
from django.utils.safestring import SafeString

from applications.domain import access
from applications.domain.errors import Refused
from applications.domain.mailing import samples
from applications.domain.mailing.facts import ANSWERS, FIELDS, values_of
from applications.domain.mailing.kinds import case_of, offered, template_of
from applications.domain.mailing.placeholders import Words, filled_html
from applications.domain.mailing.wordings import in_words
from applications.domain.reference_numbers import normalized
from applications.models import Application, WordingKind
from jetportal.accounts.models import User
from jetportal.mail.message import Message
from jetportal.mail.rendering import render
from positions.models import RecruitmentRound

K = WordingKind

FRAME = "\n--\nJET Program, United States\n"
RULE = re.compile(r"-{20,}")  # between two languages: no line of a telephone holds it
RUNNING = 55  # a longer line goes on in the next one
TWO_CLOCKS = frozenset({K.WITHDRAWN, K.TAKEN_BACK})  # whatever they are; others only if they differ
INTERVIEWS = frozenset(
    {K.INTERVIEW_TIME, K.INTERVIEW_CHANGED, K.INTERVIEW_REMINDER, K.INTERVIEW_UNCONFIRMED}
)
LISTS: Mapping[str, object] = MappingProxyType(
    {"missing": ["{missing}"], "sent": [("{sent}", "")], "elsewhere": ["{elsewhere}"]}
)


def sample(round_: RecruitmentRound, reference: str, *, user: User) -> tuple[Application, bool]:
    """Return the application of the round with this reference number, without one the newest.

    Words are written before a round opens: until something has arrived in it, the newest of
    another round like it stands in, as if it were of this one, and the second value is true.
    Raises Refused where there is none that the user may see.
    """
    rows = access.reviewable_by(user).select_related("vacancy__organization")
    rows, mine = rows.order_by("-submitted_at", "-pk"), Q(round=round_)
    if reference.strip():
        mine &= Q(reference=normalized(reference) or "")
    found: Application | None = rows.filter(mine).first()
    if found is not None:
        return found, False
    borrowed = None if reference.strip() else rows.filter(round__kind=round_.kind).first()
    if borrowed is None:
        words = (
            "No application of this round that you may see has this number."
            if reference.strip()
            else "No application has arrived in this round yet, nor in another one like it."
        )
        raise Refused(words, field="reference")
    borrowed.round, borrowed.ends_at_sent = round_, None  # in memory only
    return borrowed, True


def preview(
    kind: WordingKind, words: Words, application: Application, *, at: datetime
) -> tuple[Message, SafeString]:
    """Write the mail as it would leave now, and the HTML of its words.

    Raises ValueError and LookupError where it cannot be sent.
    """
    context = samples.context_of(kind, application, at=at)
    mail = in_words(kind, words, context, to=application.email)
    return mail, filled_html(words.text, values_of(kind, context))


def as_delivered(kind: WordingKind) -> Words:
    """Return the delivered words with the placeholders in them, for staff to begin from."""
    mail = render(template_of(kind), to="nobody@example.org", context=_as_placeholders(kind))
    text = mail.text.partition(FRAME)[0].strip().replace("- {missing}", "{missing}")
    text = RULE.sub("-----", text.replace("{sent}:", "{sent}"))
    paragraphs = (_unwrapped(part) for part in text.split("\n\n"))
    return Words(mail.subject, "\n\n".join(paragraphs))


def _as_placeholders(kind: WordingKind) -> dict[str, object]:
    """Return what the delivered mail is made of, with a placeholder in place of each fact."""
    facts: dict[str, object] = {
        FIELDS.get(place.name, place.name): place.written for place in offered(kind)
    }
    if kind not in TWO_CLOCKS:
        facts |= {"until_local": "", "instant_local": ""}
    if kind in INTERVIEWS:
        return facts | case_of(kind) | {"online": False, "place": "{where}"}
    facts |= {name: value for name, value in LISTS.items() if name in facts}
    facts |= {name: True for name, case in case_of(kind).items() if case and name not in facts}
    facts["place"] = "On your clock" if kind == K.CONFIRMATION else "At your interview location"
    facts["reply_address" if kind in ANSWERS else "address"] = "{link}"
    facts["new_deadline"] = "{deadline}"
    return facts


def _unwrapped(paragraph: str) -> str:
    """Make running text one line; lines of facts stay, without the spaces that aligned them."""
    text = ""
    for line in (re.sub(r": {2,}", ": ", line) for line in paragraph.split("\n")):
        newest = text.rpartition("\n")[2]
        goes_on = len(newest) > RUNNING and not newest.endswith(":") and line != "{link}"
        text += f"{' ' if goes_on else chr(10)}{line}" if text else line
    return text
