"""What the words of each kind of mail may name, what they must name, and what that becomes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.conf import settings

from applications.domain.mailing.placeholders import Placeholder
from applications.models import WordingKind
from jetportal.mail.rendering import as_mapping

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

K = WordingKind

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "reference": "the reference number",
        "round": "the title of the round",
        "position": "ALT, CIR or SEA",
        "location": "the interview location",
        "link": "the page where one goes on, signed in",
        "deadline": "the person's own deadline",
        "instant": "when it happened, on the clock of the round",
        "instant_local": "when it happened, on the clock of the interview location",
        "until": "the last minute for what they can do now, on the clock of the round",
        "until_local": "the same last minute on the clock of the interview location",
        "answer": "what they answered, as a sentence",
        "interviews": "when the interviews of the round are",
        "missing": "what was found missing or unclear, a line for each",
        "organization": "the contracting organization, where it is recorded",
        "support": "our address for questions",
    }
)
ABOUT = ("position", "location", "support")
WHEN = ("instant", "instant_local")

# By kind: what must be in the text, and what may.
OFFERS: Mapping[WordingKind, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        K.DRAFT_LAPSED: (("deadline", "link"), ("round", "support")),
        K.WITHDRAWN: (("reference", "until", "link"), ("round", *WHEN, "support")),
        K.TAKEN_BACK: (("reference", "link"), ("round", *WHEN, "support")),
        K.INCOMPLETE: (("reference", "missing", "link"), ("round", *ABOUT, *WHEN)),
        **dict.fromkeys(
            (K.INELIGIBLE, K.ABSENT, K.DISQUALIFIED),
            (("reference", "link"), ("round", *ABOUT, *WHEN)),
        ),
        K.PLACED: (("reference", "link"), ("round", *ABOUT, *WHEN, "organization")),
        K.INTERVIEW_OFFERED: (("reference", "link"), ("round", *ABOUT, "interviews")),
        **dict.fromkeys(
            (K.SHORT_LISTED, K.ALTERNATE, K.UPGRADED, K.REPLY_REMINDER),
            (("reference", "until", "link"), ("round", *ABOUT, "until_local")),
        ),
        **dict.fromkeys(
            (K.REPLY_RECEIVED, K.LATE_REPLY_COUNTED),
            (("reference", "answer", "link"), ("round", *ABOUT, "instant")),
        ),
        K.LATE_REPLY: (("reference", "until", "link"), ("round", *ABOUT, "answer", "instant")),
        **dict.fromkeys(
            (K.NOT_INVITED, K.NOT_SELECTED, K.MARKED_DECLINED, K.LIST_CLOSED),
            (("reference", "link"), ("round", *ABOUT)),
        ),
    }
)
# Where the page to go on is the one for answering a result.
ANSWERS = frozenset({K.SHORT_LISTED, K.ALTERNATE, K.UPGRADED, K.REPLY_REMINDER})
# What stands where a fact is not known, or is the same on both clocks.
SAME = {"instant_local": "instant", "until_local": "until"}
UNKNOWN = {
    "interviews": "to be announced",
    "organization": "not known yet",
    "missing": "write to us, and we tell you",
}


def offered(kind: WordingKind) -> tuple[Placeholder, ...]:
    """List what the words of a kind may name, what they must name first."""
    required, more = OFFERS[kind]
    return (
        *(Placeholder(name, MEANINGS[name], required=True) for name in required),
        *(Placeholder(name, MEANINGS[name]) for name in more),
    )


def kind_of(kind: str, context: "DataclassInstance") -> WordingKind | None:
    """Return whose words a mail takes; None where its words are not changed for a round.

    Before the interview "not selected" is another message than after it.
    """
    if kind == K.NOT_SELECTED and not getattr(context, "after_interview", True):
        return K.NOT_INVITED
    return WordingKind(kind) if kind in WordingKind.values else None


def values_of(kind: WordingKind, context: "DataclassInstance") -> dict[str, str]:
    """Return what each name of the kind becomes, out of the context of the delivered mail."""
    facts = as_mapping(context)
    facts |= {
        "round": facts["round_title"],
        "link": facts["reply_address" if kind in ANSWERS else "address"],
        "support": settings.SUPPORT_EMAIL,
    }
    return {place.name: _as_text(place.name, facts) for place in offered(kind)}


def _as_text(name: str, facts: Mapping[str, object]) -> str:
    fact = facts[name] or facts.get(SAME.get(name, ""), "") or UNKNOWN.get(name, "")
    return "\n".join(f"- {line}" for line in fact) if isinstance(fact, tuple) else str(fact)
