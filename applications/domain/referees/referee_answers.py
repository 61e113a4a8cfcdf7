"""What an applicant said about the referees, in words; nothing of requests and letters."""

from applications.domain.form.answers import Answer
from applications.domain.form.completeness import Loaded
from applications.models import RefereeKind
from applications.sections.registry import REFERENCES

TITLE = "References"


def referee_answers(loaded: Loaded) -> tuple[Answer, ...]:
    """Write each referee with a number, without the address: that is for the request alone."""
    return tuple(
        Answer(f"Referee {number}: {label}", words)
        for number, referee in enumerate(loaded.referees, 1)
        for label, words in (
            ("name", " ".join(part for part in (referee.title, referee.name) if part)),
            ("kind", RefereeKind(referee.kind).label.partition(":")[0]),
            ("organization", referee.organization),
            ("how they know the applicant", referee.relation),
        )
    )


def shown_referees(loaded: Loaded) -> list[object]:
    """Return the referees as they stand in the frozen text, beside the sections."""
    answers = [[answer.label, answer.words] for answer in referee_answers(loaded)]
    return [REFERENCES, TITLE, answers]
