"""What each placeholder becomes, out of what the delivered mail is made of."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.conf import settings

from applications.domain.mailing.kinds import offered
from applications.models import WordingKind
from jetportal.mail.rendering import as_mapping

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

K = WordingKind

# The names of placeholders that the contexts of delivered mails call otherwise.
FIELDS: Mapping[str, str] = MappingProxyType(
    {"round": "round_title", "link": "address", "support": "support_email"}
)
# Where the page to go on is the one for answering a result.
ANSWERS = frozenset({K.SHORT_LISTED, K.ALTERNATE, K.UPGRADED, K.REPLY_REMINDER})
EXTENDED = frozenset({K.ROUND_EXTENDED, K.ROUND_EXTENDED_LATE})
# What stands where a fact is not known, or is the same on both clocks.
SAME = {
    "instant_local": ("instant",),
    "until_local": ("until",),
    "elsewhere": ("starts", "until", "deadline"),  # the first that the mail tells
}
UNKNOWN = {
    "interviews": "to be announced",
    "organization": "not known yet",
    "missing": "write to us, and we tell you",
    "words": "What is needed stands on our portal.",
    "sent": "Your receipt tells what you sent.",
    "position": "JET participant",
    "position_ja": "職種（未定）",
}


def field_of(kind: WordingKind, name: str) -> str:
    """Return what the context of the delivered mail calls a placeholder."""
    if name == "link" and kind in ANSWERS:
        return "reply_address"
    if name == "elsewhere" and kind in EXTENDED:
        return "deadline_elsewhere"
    return FIELDS.get(name, name)


def values_of(kind: WordingKind, context: "DataclassInstance") -> dict[str, str]:
    """Return what each name of the kind becomes, out of the context of the delivered mail."""
    facts = as_mapping(context) | {"support_email": settings.SUPPORT_EMAIL}
    return {
        place.name: _as_text(place.name, facts, field_of(kind, place.name))
        for place in offered(kind)
    }


def _as_text(name: str, facts: Mapping[str, object], field: str) -> str:
    same = next((facts[other] for other in SAME.get(name, ()) if other in facts), "")
    fact = facts[field] or same or UNKNOWN.get(name, "")
    if not isinstance(fact, tuple):
        return str(fact)
    return ", or ".join(fact) if name == "elsewhere" else "\n".join(map(_line, fact))


def _line(fact: "str | tuple[str, str]") -> str:
    """Write one of several: a pair is what it is called and what it is."""
    return f"- {fact}" if isinstance(fact, str) else f"{fact[0]}: {fact[1]}"
