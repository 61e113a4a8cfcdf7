"""What the words of each kind of mail may name, and what they must name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from applications.domain.mailing.placeholders import Placeholder
from applications.models import WordingKind

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
        "old_deadline": "the deadline before the change",
        "round_deadline": "the deadline of the round, for everybody else",
        "elsewhere": "the same moment on other clocks",
        "instant": "when it happened, on the clock of the round",
        "instant_local": "when it happened, on the clock of the interview location",
        "received": "when it reached us, on the clock of the round",
        "received_local": "when it reached us, on the person's own clock",
        "changed": "when it was changed, on the clock of the round",
        "cancelled": "when the round was cancelled, on its clock",
        "sent_late": "when they sent it, on the clock of the round",
        "until": "the last minute for what they can do now, on the clock of the round",
        "until_local": "the same last minute on the clock of the interview location",
        "sent": "what was sent, a line for each part, without answers",
        "part": "the part of the application",
        "words": "what is needed, in the words it was asked for with",
        "reason": "the reason that was given for it",
        "version": "the number of the version that counts now",
        "fingerprint": "the fingerprint that counts now",
        "answer": "what they answered, as a sentence",
        "interviews": "when the interviews of the round are",
        "starts": "when the interview begins, on the clock it was set by",
        "minutes": "how many minutes it takes",
        "where": "the link or the place of the interview",
        "missing": "what was found missing or unclear, a line for each",
        "organization": "the contracting organization, where it is recorded",
        "referee": "the referee, as the applicant wrote the name",
        "applicant": "the applicant's first and family name",
        "failure": "why the request did not arrive",
        "deadline_tokyo": "the same last minute in Tokyo",
        "deadline_ja": "the last minute, written in Japanese",
        "deadline_tokyo_ja": "the same last minute in Tokyo, in Japanese",
        "received_tokyo": "the same moment in Tokyo",
        "received_ja": "when it reached us, written in Japanese",
        "received_tokyo_ja": "the same moment in Tokyo, in Japanese",
        "position_ja": "the position, in Japanese",
        "support": "our address for questions",
    }
)
ABOUT = ("position", "location", "support")
WHEN = ("instant", "instant_local")
PLAIN = ("round", "support")
CLOCKS = ("deadline_tokyo", "deadline_ja", "deadline_tokyo_ja")
ASKING = (("applicant", "deadline", "link"), ("referee", "round", *CLOCKS, "support"))
ASKING_FIRST = (ASKING[0], (*ASKING[1], "position", "position_ja"))
THANKING = (
    ("applicant", "received"),
    ("referee", "round", "received_tokyo", "received_ja", "received_tokyo_ja", "support"),
)
INTERVIEW = (
    ("reference", "starts", "where", "link"),
    ("round", *ABOUT, "elsewhere", "minutes"),
)

# By kind: what must be in the text, and what may.
OFFERS: Mapping[WordingKind, tuple[tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        K.ROUND_EXTENDED: (("deadline", "link"), (*PLAIN, "old_deadline", "elsewhere", "reason")),
        K.ROUND_EXTENDED_LATE: (
            ("deadline", "sent_late", "link"),
            (*PLAIN, "old_deadline", "elsewhere", "reason"),
        ),
        K.ROUND_CANCELLED: (("round", "link"), ("cancelled", "reason", "support")),
        K.ROUND_CANCELLED_SENT: (
            ("reference", "round", "link"),
            ("cancelled", "reason", "support"),
        ),
        K.LATE_GRANT: (("until", "link"), (*PLAIN, "round_deadline", "elsewhere")),
        K.DOCUMENT_REFUSED: (("link",), PLAIN),
        K.DRAFT_LAPSED: (("deadline", "link"), PLAIN),
        K.CONFIRMATION: (
            ("reference", "received", "deadline", "link"),
            ("round", *ABOUT, "received_local", "sent", "interviews"),
        ),
        K.DOCUMENT_REFUSED_SENT: (("reference", "link"), PLAIN),
        K.PART_ASKED: (("reference", "part", "words", "until", "link"), (*PLAIN, "until_local")),
        K.CORRECTION_GRANTED: (("reference", "part", "until", "link"), (*PLAIN, "until_local")),
        K.CORRECTION_DECLINED: (("reference", "part", "reason", "link"), PLAIN),
        K.ANSWERS_CHANGED: (
            ("reference", "part", "fingerprint", "link"),
            (*PLAIN, "changed", "version"),
        ),
        **dict.fromkeys((K.REFERENCE_REQUEST, K.REFERENCE_AGAIN), ASKING_FIRST),
        **dict.fromkeys((K.REFERENCE_REMINDER, K.REFERENCE_EXTENDED, K.REFERENCE_UNSAFE), ASKING),
        **dict.fromkeys((K.REFERENCE_THANKS, K.REFERENCE_KEPT), THANKING),
        K.REFERENCE_CANCELLED: (("applicant",), ("referee", *PLAIN)),
        K.REFERENCE_RECEIVED: (("referee", "link"), (*PLAIN, *WHEN)),
        K.REFERENCE_DECLINED: (("referee", "deadline", "link"), PLAIN),
        K.REFERENCE_FAILED: (("referee", "failure", "deadline", "link"), PLAIN),
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
            (
                *(K.INTERVIEW_TIME, K.INTERVIEW_CHANGED),
                *(K.INTERVIEW_REMINDER, K.INTERVIEW_UNCONFIRMED),
            ),
            INTERVIEW,
        ),
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

TO_REFEREES = (
    *(K.REFERENCE_REQUEST, K.REFERENCE_AGAIN, K.REFERENCE_REMINDER, K.REFERENCE_EXTENDED),
    *(K.REFERENCE_UNSAFE, K.REFERENCE_THANKS, K.REFERENCE_KEPT, K.REFERENCE_CANCELLED),
)
ABOUT_LETTERS = (*TO_REFEREES, K.REFERENCE_RECEIVED, K.REFERENCE_DECLINED, K.REFERENCE_FAILED)
# Why somebody has a mail who has not applied yet.
BECAUSE: Mapping[WordingKind, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *(K.ROUND_EXTENDED, K.ROUND_EXTENDED_LATE, K.ROUND_CANCELLED),
                *(K.DOCUMENT_REFUSED, K.DRAFT_LAPSED),
            ),
            "you have a draft for this round on our portal",
        ),
        K.LATE_GRANT: "the program office has given you more time",
    }
)
# Under which heading a kind is listed, by the first one below it.
GROUPS: Mapping[WordingKind, str] = MappingProxyType(
    {
        K.ROUND_EXTENDED: "Before sending, and changes of the round",
        K.CONFIRMATION: "After sending",
        K.REFERENCE_REQUEST: "Letters, to referees",
        K.REFERENCE_RECEIVED: "Letters, to applicants",
        K.INCOMPLETE: "Screening and interview",
        K.NOT_SELECTED: "Results and answers",
        K.PLACED: "At the end",
    }
)

# The field of a delivered mail that tells two cases apart: when it is so, whose words these are.
CASES: Mapping[str, tuple[str, bool, WordingKind]] = MappingProxyType(
    {
        "not_selected": ("after_interview", False, K.NOT_INVITED),
        "round_extended": ("sent_late", True, K.ROUND_EXTENDED_LATE),
        "round_cancelled": ("reference", True, K.ROUND_CANCELLED_SENT),
        "document_refused": ("sent", True, K.DOCUMENT_REFUSED_SENT),
        "reference_request": ("again", True, K.REFERENCE_AGAIN),
        "reference_thanks": ("counts", False, K.REFERENCE_KEPT),
        "interview_time": ("again", True, K.INTERVIEW_CHANGED),
        "interview_reminder": ("confirmed", False, K.INTERVIEW_UNCONFIRMED),
    }
)
DELIVERED_AS: Mapping[WordingKind, str] = MappingProxyType(
    {other: kind for kind, (_field, _case, other) in CASES.items()}
)


def grouped() -> list[tuple[str, list[WordingKind]]]:
    """List every kind once, below its heading."""
    groups: list[tuple[str, list[WordingKind]]] = []
    for kind in WordingKind:
        if kind in GROUPS:
            groups.append((GROUPS[kind], []))
        groups[-1][1].append(kind)
    return groups


def offered(kind: WordingKind) -> tuple[Placeholder, ...]:
    """List what the words of a kind may name, what they must name first."""
    required, more = OFFERS[kind]
    return (
        *(Placeholder(name, _meaning(kind, name), required=True) for name in required),
        *(Placeholder(name, _meaning(kind, name)) for name in more),
    )


def _meaning(kind: WordingKind, name: str) -> str:
    if name == "deadline" and kind in ABOUT_LETTERS:
        return "the last minute that counts for the letter, on the clock of the round"
    if name == "position" and kind in TO_REFEREES:
        return "the position in full, with ALT, CIR or SEA"
    if name == "link" and kind in TO_REFEREES:
        return "the referee's own link; who has it can write the letter"
    return MEANINGS[name]


def kind_of(kind: str, context: "DataclassInstance") -> WordingKind | None:
    """Return whose words a mail takes; None where its words are not changed for a round.

    Two cases of one mail, such as "not selected" before and after the interview, are two kinds.
    """
    if kind in CASES:
        field, case, other = CASES[kind]
        if bool(getattr(context, field)) is case:
            return other
    return WordingKind(kind) if kind in WordingKind.values else None


def template_of(kind: WordingKind) -> str:
    return DELIVERED_AS.get(kind, str(kind))


def case_of(kind: WordingKind) -> dict[str, bool]:
    """Return the field by which the delivered mail is of this kind; empty where it has no cases."""
    field, case, other = CASES.get(template_of(kind), ("", False, kind))
    return {field: case if kind == other else not case} if field else {}
