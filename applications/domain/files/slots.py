"""Which documents are asked of whom: the one table, for page, judgement and public questions.

Source: guidelines of the program, "documents to be sent"; what a round changes is a setting.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from applications.domain.form.rules import rules_of
from applications.models import SENSITIVE_SLOTS, SINGLE_SLOTS, Document, Slot
from applications.sections.base import Asked
from applications.sections.registry import section_named
from applications.sections.sensitive import MedicalForm
from positions.models import PositionCode, RoundKind

if TYPE_CHECKING:
    from applications.domain.form.completeness import Loaded


class Ask(StrEnum):
    """Whether a slot must be filled, may be, or is not there."""

    MUST = "must"
    MAY = "may"
    NOT = "not"


Answer = tuple[Ask, str]
NOT_ASKED: Answer = (Ask.NOT, "")
EVERY_APPLICATION: Answer = (Ask.MUST, "Needed for every application.")
OPTIONAL: Answer = (Ask.MAY, "Optional.")


@dataclass(frozen=True, slots=True)
class SlotRule:
    """One line of the table: what is taken, in which rounds, and the rule that asks for it.

    `told` is the rule in words, for whoever has answered nothing yet.
    """

    slot: Slot
    help: str
    kinds: frozenset[RoundKind]
    told: str
    rule: Callable[["Loaded"], Answer]


@dataclass(frozen=True, slots=True)
class SlotState:
    """A slot in one application: what the rule says, why, and what is in it, oldest first."""

    rule: SlotRule
    ask: Ask
    why: str
    documents: tuple[Document, ...]

    @property
    def slot(self) -> Slot:
        return self.rule.slot

    @property
    def title(self) -> str:
        return str(self.slot.label)

    @property
    def several(self) -> bool:
        return self.slot not in SINGLE_SLOTS

    @property
    def sensitive(self) -> bool:
        return self.slot in SENSITIVE_SLOTS

    @property
    def counted(self) -> tuple[Document, ...]:
        return tuple(document for document in self.documents if document.counts)

    @property
    def missing(self) -> bool:
        return self.ask is Ask.MUST and not self.counted


def typed(loaded: "Loaded", section_key: str, name: str) -> str:
    """Return what was typed into one input of a section, right or wrong; empty without it."""
    section = section_named(loaded.asked.round, section_key)
    answers = (loaded.typed(section) if section else None) or {}
    return " ".join(answers.get(name, ())).strip()


def always(loaded: "Loaded") -> Answer:
    return EVERY_APPLICATION


def optional(loaded: "Loaded") -> Answer:
    return OPTIONAL


def degree_asked(asked: Asked) -> bool:
    return asked.rules.degree_asked if asked.rules else rules_of(asked.round).degree_asked


def degree(loaded: "Loaded") -> Answer:
    """ALT and CIR need a degree; an SEA round asks for one where staff have set so."""
    if not degree_asked(loaded.asked):
        return NOT_ASKED
    if loaded.asked.round.kind == RoundKind.ANNUAL:
        return EVERY_APPLICATION
    return Ask.MUST, "Needed because this round asks for a degree."


def name_change(loaded: "Loaded") -> Answer:
    if not typed(loaded, "identity", "former_names"):
        return NOT_ASKED
    return Ask.MUST, "Needed because you gave a former name under Identity."


def leaves_early(loaded: "Loaded") -> bool:
    return typed(loaded, "location", "early_departure") == "yes"


def health(loaded: "Loaded") -> Answer:
    if not leaves_early(loaded):
        return NOT_ASKED
    return Ask.MUST, "Needed because you answered that you are interested in an early departure."


def physician(loaded: "Loaded") -> Answer:
    section = section_named(loaded.asked.round, "medical")
    form = loaded.reading(section).form if section else None
    if not (isinstance(form, MedicalForm) and form.says_yes()):
        return NOT_ASKED
    return Ask.MUST, "Needed because you answered yes to a question of the medical self-report."


def criminal_record(loaded: "Loaded") -> Answer:
    if typed(loaded, "criminal", "record") == "yes":
        return Ask.MUST, "Needed because you answered yes under Criminal record."
    if leaves_early(loaded):
        return (
            Ask.MUST,
            "Needed because you answered that you are interested in an early departure.",
        )
    return NOT_ASKED


def jlpt(loaded: "Loaded") -> Answer:
    application = loaded.application
    if application.position_id == PositionCode.CIR:
        return Ask.MAY, "Optional, and advised because you apply as CIR."
    return OPTIONAL


EVERY = frozenset(RoundKind)
ANNUAL, SEA = frozenset({RoundKind.ANNUAL}), frozenset({RoundKind.SEA})

TABLE = (
    SlotRule(
        Slot.TRANSCRIPTS,
        "Of every college, study abroad included. One transcript may cover an earlier college if "
        "it lists course, term and credits. Scans of opened envelopes are fine.",
        EVERY,
        "Needed for every application.",
        degree,
    ),
    SlotRule(
        Slot.GRADUATION,
        "A copy of the diploma, or a letter of the college with the date. If you have not "
        "graduated yet, it names the day you are expected to; a season is not enough.",
        EVERY,
        "Needed for every application.",
        degree,
    ),
    SlotRule(
        Slot.CITIZENSHIP,
        "The photo page of your passport, your birth certificate or naturalization papers.",
        EVERY,
        "Needed for every application.",
        always,
    ),
    SlotRule(
        Slot.NAME_CHANGE,
        "For example a marriage certificate, or a decision of a court.",
        EVERY,
        "Needed if a document shows another name than your passport.",
        name_change,
    ),
    SlotRule(
        Slot.TEACHING,
        "The license of a state, or of another country.",
        ANNUAL,
        "Optional.",
        optional,
    ),
    SlotRule(Slot.TEFL, "Of a course you have finished.", ANNUAL, "Optional.", optional),
    SlotRule(
        Slot.JLPT,
        "The certificate or the report of results.",
        ANNUAL,
        "Optional; advised for CIR.",
        jlpt,
    ),
    SlotRule(
        Slot.COACHING,
        "A certificate of a qualification, or a letter of a team, club or school that says what "
        "you did there and for how long.",
        SEA,
        "Needed for every application.",
        always,
    ),
    SlotRule(
        Slot.FEDERATION,
        "A letter of your national federation or Olympic committee.",
        SEA,
        "Optional.",
        optional,
    ),
    SlotRule(
        Slot.HEALTH,
        "Filled in and signed by a physician.",
        ANNUAL,
        "Needed if you are interested in an early departure.",
        health,
    ),
    SlotRule(
        Slot.PHYSICIAN,
        "What the physician who treats you says about what you have reported.",
        EVERY,
        "Needed if you answer yes to a question of the medical self-report.",
        physician,
    ),
    SlotRule(
        Slot.CRIMINAL_RECORD,
        "The summary of your record by the FBI.",
        EVERY,
        "Needed if you have something to disclose, or are interested in an early departure.",
        criminal_record,
    ),
)
BY_SLOT: Mapping[Slot, SlotRule] = {rule.slot: rule for rule in TABLE}


def rules_for(asked: Asked) -> tuple[SlotRule, ...]:
    """Return the lines of the table that may concern somebody in a round, in their order."""
    return tuple(
        rule
        for rule in TABLE
        if asked.round.kind in rule.kinds and (rule.rule is not degree or degree_asked(asked))
    )


def state(loaded: "Loaded", slot: Slot) -> SlotState:
    """Apply the rule of one slot; a slot of other rounds is not asked for."""
    rule = BY_SLOT[slot]
    ask, why = rule.rule(loaded) if loaded.asked.round.kind in rule.kinds else NOT_ASKED
    return SlotState(rule, ask, why, loaded.documents.get(slot, ()))


def states(loaded: "Loaded") -> tuple[SlotState, ...]:
    """List the slots that are asked for or may be filled, and those that still hold a file."""
    every = (state(loaded, rule.slot) for rule in TABLE)
    return tuple(each for each in every if each.ask is not Ask.NOT or each.documents)
