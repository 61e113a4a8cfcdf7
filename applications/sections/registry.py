"""Which sections an application to a round has, in the order of the form."""

from applications.sections.base import Section
from applications.sections.coaching import LISTS as COACHING_LISTS
from applications.sections.coaching import CoachingForm, one_of_the_two
from applications.sections.person import (
    ContactForm,
    IdentityForm,
    LocationForm,
    PositionForm,
    identity_columns,
    location_columns,
    position_columns,
)
from applications.sections.purpose import DeclarationsForm, PurposeForm
from positions.models import RecruitmentRound, RoundKind

DOCUMENTS = (
    "documents"  # a task beside the sections; its slots live in applications.domain.documents
)

SECTIONS = (
    Section(
        "position",
        "Position",
        "The post",
        PositionForm,
        intro="One application per person and round.",
        columns=position_columns,
    ),
    Section(
        "location",
        "Interview location",
        "The post",
        LocationForm,
        intro="The state you live in suggests a location; you may choose any.",
        columns=location_columns,
    ),
    Section(
        "identity",
        "Identity",
        "About you",
        IdentityForm,
        intro="Write your names exactly as your passport does. If a document shows another name, "
        "say so under former names.",
        columns=identity_columns,
    ),
    Section("contact", "Contact", "About you", ContactForm),
    Section(
        "coaching",
        "Coaching and sport",
        "Your case",
        CoachingForm,
        intro="A coaching qualification or experience in the sport is needed. Either is enough.",
        kinds=frozenset({RoundKind.SEA}),
        lists=COACHING_LISTS,
        rule=one_of_the_two,
    ),
    Section("purpose", "Statement of Purpose", "Your case", PurposeForm),
    Section(
        "declarations",
        "Declarations",
        "Documents and sending",
        DeclarationsForm,
        intro="Last of all: what you stand for with your name.",
    ),
)


def sections_for(round_: RecruitmentRound) -> tuple[Section, ...]:
    return tuple(section for section in SECTIONS if round_.kind in section.kinds)


def declared_anywhere(key: str) -> Section | None:
    """Return the section called `key`, whichever rounds ask for it."""
    return next((section for section in SECTIONS if section.key == key), None)


def section_named(round_: RecruitmentRound, key: str) -> Section | None:
    """Return the round's section called `key`, or None where the round does not ask for it."""
    return next((section for section in sections_for(round_) if section.key == key), None)
