"""The rules of eligibility as the check tells them: each with its source and its outcomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from applications.models import Outlook
from applications.sections.rules import Rules, in_full
from positions.models import PositionCode

LIKELY, UNLIKELY, ASK = Outlook.LIKELY, Outlook.UNLIKELY, Outlook.ASK

PROGRAM = "Stated by the program"
ROUND = "Set for this round"
REPORTED = "Reported by earlier applicants; this round's setting"

Outcomes = Mapping[str, tuple[Outlook, str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the question asked of it, and what each answer means; what is missing is unsure.

    `text` may name the settings of the round. `sea_text` and `sea_source` hold for SEA alone.
    """

    question: str
    title: str
    text: str
    source: str
    outcomes: Callable[[Rules, PositionCode], Outcomes]
    sea_text: str = ""
    sea_source: str = ""

    def text_for(self, rules: Rules, position: PositionCode) -> str:
        text = self.sea_text if position == PositionCode.SEA and self.sea_text else self.text
        return text.format(**asdict(rules), degree=degree_in_words(rules))

    def source_for(self, position: PositionCode) -> str:
        sea = position == PositionCode.SEA and self.sea_source
        return self.sea_source if sea else self.source


def degree_in_words(rules: Rules) -> str:
    if rules.degree_by is None:
        return "the date this round sets"
    early = rules.early_degree_by
    sooner = f", for early departure by {in_full(early)}" if early else ""
    return f"{in_full(rules.degree_by)}{sooner}"


def _citizen(rules: Rules, position: PositionCode) -> Outcomes:
    return {
        "yes": (LIKELY, "This fits."),
        "no": (UNLIKELY, "Permanent residence is not enough. Apply in the country you belong to."),
    }


def _nationality(rules: Rules, position: PositionCode) -> Outcomes:
    gives_up = "You can apply. If you are selected, you must give it up by the reply form's date."
    return {"yes": (LIKELY, gives_up), "no": (LIKELY, "This fits.")}


def _degree(rules: Rules, position: PositionCode) -> Outcomes:
    later = (UNLIKELY, "It would come too late for this round.")
    if rules.degree_by is None:
        later = (ASK, "The last day is not announced. Ask us before you rely on yours.")
    return {
        "have": (LIKELY, "This fits. You send proof of it."),
        "later": later,
        "no": (UNLIKELY, "Without a degree an application does not pass screening."),
    }


def _english(rules: Rules, position: PositionCode) -> Outcomes:
    enough = position == PositionCode.SEA
    return {
        "native": (LIKELY, "This fits."),
        "working": (LIKELY, "This fits.") if enough else (ASK, "Screening looks at this. Ask us."),
        "less": (UNLIKELY, "The work is done in English."),
    }


def _japanese(rules: Rules, position: PositionCode) -> Outcomes:
    low = (
        UNLIKELY,
        "Screening ends there, and nobody is moved to ALT by itself. Think of applying as ALT.",
    )
    return {"n2": (LIKELY, "This fits. A certificate is optional."), "lower": low, "none": low}


def _residence(rules: Rules, position: PositionCode) -> Outcomes:
    return {
        "never": (LIKELY, "This fits."),
        "less": (LIKELY, "This fits."),
        "more": (UNLIKELY, "That is longer than the rule allows."),
    }


def _service(rules: Rules, position: PositionCode) -> Outcomes:
    return {
        "never": (LIKELY, "This fits."),
        "earlier": (LIKELY, "This fits. Say so under Earlier JET contact."),
        "recent": (UNLIKELY, "Not enough years have passed."),
        "many": (UNLIKELY, "That is longer than anybody may take part."),
    }


def _declined(rules: Rules, position: PositionCode) -> Outcomes:
    return {
        "no": (LIKELY, "This fits."),
        "before": (LIKELY, "The wait is over. Say so under Earlier JET contact."),
        "accepted": (ASK, "Ask us, with the letter that accepted your reason."),
        "recent": (UNLIKELY, "The wait is not over."),
    }


def _coaching(rules: Rules, position: PositionCode) -> Outcomes:
    fits = (LIKELY, "This fits. You send proof of it.")
    neither = (UNLIKELY, "One of the two is needed.")
    return {"qualification": fits, "experience": fits, "both": fits, "neither": neither}


RULES: Sequence[Rule] = (
    Rule(
        "citizen",
        "Citizenship",
        "You are a citizen of the United States when you apply.",
        PROGRAM,
        _citizen,
        sea_source=REPORTED,
    ),
    Rule(
        "nationality",
        "Japanese nationality",
        "Who also holds Japanese nationality gives it up by the date of the reply form.",
        PROGRAM,
        _nationality,
        sea_source=ROUND,
    ),
    Rule(
        "degree",
        "Bachelor's degree",
        "Your bachelor's degree is conferred by {degree}.",
        PROGRAM,
        _degree,
        sea_source=ROUND,
    ),
    Rule(
        "english",
        "English",
        "Your English is at native level.",
        PROGRAM,
        _english,
        sea_text="Your English is good enough to work in.",
        sea_source=ROUND,
    ),
    Rule(
        "japanese",
        "Japanese",
        "A CIR's Japanese is at about JLPT N2 or higher.",
        PROGRAM,
        _japanese,
    ),
    Rule(
        "residence",
        "Time lived in Japan",
        "You have lived in Japan for fewer than {residence_years} years in all, in the "
        "{residence_within_years} years before {departure_year}.",
        PROGRAM,
        _residence,
        sea_source=ROUND,
    ),
    Rule(
        "service",
        "Earlier JET service",
        "None in the last {service_within_years} years, and {service_years_at_most} years at most "
        "in all.",
        REPORTED,
        _service,
    ),
    Rule(
        "declined",
        "A placement declined earlier",
        "Who declined a placement waits {wait_years} years, unless the reason was accepted. "
        "Leaving before a placement is named costs nothing.",
        REPORTED,
        _declined,
    ),
    Rule(
        "coaching",
        "Coaching",
        "You have a coaching qualification in the sport, or experience of coaching it.",
        PROGRAM,
        _coaching,
    ),
)
