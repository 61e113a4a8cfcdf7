"""Which sections an application to a round has, in the order of the form."""

from applications.sections import doubts
from applications.sections.base import ListsOnly, Section
from applications.sections.coaching import LISTS as COACHING_LISTS
from applications.sections.coaching import CoachingForm, one_of_the_two
from applications.sections.experience import (
    ABROAD_LISTS,
    ACTIVITY_LIST,
    CERTIFICATE_LIST,
    JOBS,
    LANGUAGES,
    SCHOOLS,
    TEACHING_LIST,
    AbroadForm,
    EmploymentForm,
    LanguagesForm,
    language_in_annual_rounds,
    school_in_annual_rounds,
)
from applications.sections.household import (
    CITIZENSHIPS,
    DrivingForm,
    EarlierForm,
    HouseholdForm,
)
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
from applications.sections.sensitive import (
    MATTERS,
    CriminalForm,
    GroundsForm,
    MedicalForm,
    matters_as_answered,
)
from applications.sections.wishes import HeardForm, WishesForm
from positions.models import RecruitmentRound, RoundKind

DOCUMENTS = (
    "documents"  # a task beside the sections; its slots live in applications.domain.files.documents
)

REFERENCES = "references"  # another task; referees live in applications.domain.referees.references

ABOUT, EXPERIENCE, CASE = "About you", "Your experience", "Your case"
CONFIDENTIAL = "Confidential"
ANNUAL, SEA = frozenset({RoundKind.ANNUAL}), frozenset({RoundKind.SEA})

SECTIONS = (
    Section(
        "position",
        "Position",
        "The post",
        PositionForm,
        warnings=doubts.position_of_a_cir,
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
        ABOUT,
        IdentityForm,
        intro="Write your names exactly as your passport does. If a document shows another name, "
        "say so under former names.",
        columns=identity_columns,
        lists=(CITIZENSHIPS,),
        warnings=doubts.names,
    ),
    Section("contact", "Contact", ABOUT, ContactForm),
    Section("household", "Household", ABOUT, HouseholdForm),
    Section("earlier", "Earlier JET contact", ABOUT, EarlierForm),
    Section(
        "driving",
        "Driving",
        ABOUT,
        DrivingForm,
        intro="A license is asked about, and not required.",
    ),
    Section(
        "education",
        "Education",
        EXPERIENCE,
        ListsOnly,
        lists=(SCHOOLS,),
        rule=school_in_annual_rounds,
        warnings=doubts.no_degree,
    ),
    Section(
        "employment",
        "Employment",
        EXPERIENCE,
        EmploymentForm,
        intro="Add the jobs you have had. If there is none yet, leave the list empty.",
        lists=(JOBS,),
    ),
    Section(
        "teaching",
        "Teaching background",
        EXPERIENCE,
        ListsOnly,
        intro="If there is nothing to add, save and go on.",
        kinds=ANNUAL,
        lists=(TEACHING_LIST,),
    ),
    Section(
        "coaching",
        "Coaching and sport",
        EXPERIENCE,
        CoachingForm,
        intro="A coaching qualification or experience in the sport is needed. Either is enough.",
        kinds=SEA,
        lists=COACHING_LISTS,
        rule=one_of_the_two,
    ),
    Section(
        "abroad",
        "International and Japan experience",
        EXPERIENCE,
        AbroadForm,
        lists=ABROAD_LISTS,
        warnings=doubts.years_in_japan,
    ),
    Section(
        "languages",
        "Languages",
        EXPERIENCE,
        LanguagesForm,
        lists=(LANGUAGES,),
        rule=language_in_annual_rounds,
        warnings=doubts.japanese_of_a_cir,
    ),
    Section(
        "certificates",
        "Certificates",
        EXPERIENCE,
        ListsOnly,
        intro="If there is nothing to add, save and go on.",
        lists=(CERTIFICATE_LIST,),
    ),
    Section(
        "activities",
        "Activities and honors",
        EXPERIENCE,
        ListsOnly,
        intro="If there is nothing to add, save and go on.",
        lists=(ACTIVITY_LIST,),
    ),
    Section("purpose", "Statement of Purpose", CASE, PurposeForm),
    Section(
        "wishes",
        "Placement wishes",
        CASE,
        WishesForm,
        intro="Where you would like to live. You can name up to three prefectures. Medical or "
        "family grounds for a place have a part of their own.",
        kinds=ANNUAL,
    ),
    Section(
        "heard",
        "How you heard of JET",
        CASE,
        HeardForm,
        intro="This is optional: you can leave it out.",
        optional=True,
    ),
    Section(
        "criminal",
        "Criminal record",
        CONFIDENTIAL,
        CriminalForm,
        intro="We ask in order to judge this application, and for nothing else. Disclosing a "
        "record does not exclude you; hiding one does.",
        lists=(MATTERS,),
        rule=matters_as_answered,
        sensitive=True,
    ),
    Section(
        "medical",
        "Medical self-report",
        CONFIDENTIAL,
        MedicalForm,
        intro="We ask in order to judge this application and to prepare a placement, and for "
        "nothing else. A yes does not exclude you; it may call for a statement of a physician.",
        sensitive=True,
    ),
    Section(
        "grounds",
        "Medical or family grounds for placement",
        CONFIDENTIAL,
        GroundsForm,
        intro="We ask in order to choose a place, and for nothing else. If there is nothing that a "
        "place must take into account, save and go on.",
        sensitive=True,
    ),
    Section(
        "declarations",
        "Declarations",
        "Documents and sending",
        DeclarationsForm,
        warnings=doubts.signature,
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
