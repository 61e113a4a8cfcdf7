"""What somebody has learned and done: schools, work, teaching, stays abroad, languages."""

from collections.abc import Iterator, Mapping
from typing import Any

from applications.sections.base import EntryList, SectionForm, helper
from applications.sections.doubts import degree_date
from applications.sections.fields import (
    Choice,
    DateField,
    Month,
    Number,
    Text,
    YesNo,
    later_than,
)
from applications.sections.rules import defaults
from positions.models import RoundKind

STILL = "Year and month, for example 2024-06; leave empty if it goes on."
SKILLS = (
    ("", "Choose a level"),
    ("0", "0, none"),
    ("1", "1, beginner"),
    ("2", "2, elementary"),
    ("3", "3, intermediate"),
    ("4", "4, semi-advanced"),
    ("5", "5, advanced"),
)
JLPT = (("none", "None"), *((level, level) for level in ("N5", "N4", "N3", "N2", "N1")))
TEACHING = (
    ("teaching", "Teaching"),
    ("tutoring", "Tutoring"),
    ("childcare", "Childcare"),
    ("training", "Training course"),
)
STUDY = (("formal", "Formal, at a school"), ("informal", "Informal"))
CERTIFICATES = (
    ("teaching", "Teacher's license"),
    ("tefl", "TEFL or TESL"),
    ("jlpt", "JLPT"),
    ("other", "Other"),
)
ACTIVITIES = (
    ("volunteering", "Volunteering"),
    ("club", "Club"),
    ("sport", "Sport"),
    ("arts", "Arts"),
    ("leadership", "Leadership"),
    ("honor", "Honor or award"),
    ("other", "Other"),
)


def _annual(form: SectionForm) -> bool:
    return bool(form.asked.round.kind == RoundKind.ANNUAL)


class SpanForm(SectionForm):
    """Anything that began and may have ended; subclasses declare both months where they belong."""

    def clean(self) -> dict[str, Any]:
        return later_than(self, "since", "until")


class SchoolForm(SpanForm):
    helper = helper()
    institution = Text("School", max_characters=120, missing="Name the school")
    city = Text("City", max_characters=60, missing="Write the city")
    country = Text("Country", max_characters=60, missing="Write the country")
    degree = Text(
        "Degree", max_characters=120, required=False, help_text="Empty if you earned none there."
    )
    major = Text("Major", max_characters=120, required=False)
    minor = Text("Minor", max_characters=120, required=False)
    since = Month("From")
    until = Month("To", required=False, help_text=STILL)
    conferred = DateField(
        "Degree conferred, or expected",
        required=False,
        help_text="The full date, for example 5 18 2025.",
    )
    abroad = YesNo("Was this study abroad?")


SCHOOLS = EntryList(
    "schools",
    "Schools",
    "school",
    SchoolForm,
    limit=10,
    main=("institution", "degree"),
    second=("major", "since", "until"),
    warnings=degree_date,
    help="Every college and university, study abroad included, the latest first.",
)


def school_in_annual_rounds(
    form: SectionForm, counts: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    if _annual(form) and not counts["schools"]:
        yield "schools", "Add the school your degree is from"


class EmploymentForm(SectionForm):
    helper = helper()
    career = Text(
        "How the JET Program fits your career plan",
        max_characters=1000,
        lines=8,
        missing="Write how it fits your plan",
    )


class JobForm(SpanForm):
    helper = helper()
    employer = Text("Employer", max_characters=120, missing="Name the employer")
    title = Text("Job title", max_characters=120, missing="Write your job title")
    place = Text("Place", max_characters=120, missing="Write the place")
    since = Month("From")
    until = Month("To", required=False, help_text=STILL)
    hours = Number("Hours a week", low=1, high=100)
    duties = Text("What you did", max_characters=500, lines=5, missing="Write what you did")
    leaving = Text("Why you left", max_characters=200, lines=2, required=False)


JOBS = EntryList(
    "jobs",
    "Jobs",
    "job",
    JobForm,
    limit=10,
    main=("employer", "title"),
    second=("since", "until"),
    help="Paid work, the latest first.",
)


class TeachingForm(SpanForm):
    helper = helper()
    kind = Choice("Kind", TEACHING)
    place = Text("Where", max_characters=120, missing="Write where")
    since = Month("From")
    until = Month("To", required=False, help_text=STILL)
    description = Text("What you did", max_characters=500, lines=5, missing="Write what you did")


TEACHING_LIST = EntryList(
    "teaching",
    "Teaching, tutoring, childcare and training",
    "teaching entry",
    TeachingForm,
    limit=10,
    main=("kind", "place"),
    second=("since", "until"),
)


class AbroadForm(SectionForm):
    helper = helper()
    days = Number(
        "Days you have spent in Japan in the last ten years",
        low=0,
        high=3660,
        missing="Write a number; 0 if you have not been there",
        help_text="All stays together, in days.",
    )

    def prepare(self) -> None:
        rules = self.asked.rules or defaults(self.asked.round)
        within, years = rules.residence_within_years, rules.residence_years
        days = self.fields["days"]
        days.label = f"Days you have spent in Japan in the last {within} years"
        days.help_text = (
            f"{days.help_text} Who has lived there {years} years or more of the {within} years "
            f"before {rules.departure_year} cannot take part."
        )


class StayForm(SpanForm):
    helper = helper()
    country = Text("Country", max_characters=60, missing="Write the country")
    since = Month("From")
    until = Month("To", required=False, help_text=STILL)
    purpose = Text(
        "Purpose",
        max_characters=200,
        missing="Write the purpose",
        help_text="Travel, study, residence.",
    )


class JapanForm(SpanForm):
    helper = helper()
    subject = Text("What you studied", max_characters=120, missing="Write what you studied")
    kind = Choice("Kind", STUDY)
    place = Text("Where", max_characters=120, required=False)
    since = Month("From")
    until = Month("To", required=False, help_text=STILL)


ABROAD_LISTS = (
    EntryList(
        "stays",
        "Travel, study and residence abroad",
        "stay",
        StayForm,
        limit=20,
        main=("country",),
        second=("purpose", "since", "until"),
    ),
    EntryList(
        "study",
        "Study of Japan and of Japanese",
        "course of study",
        JapanForm,
        limit=10,
        main=("subject",),
        second=("kind", "place", "since", "until"),
    ),
)


class LanguagesForm(SectionForm):
    helper = helper()
    jlpt = Choice("JLPT level you have passed", JLPT, required=False)
    jlpt_passed = Month("JLPT passed", required=False)


class LanguageForm(SectionForm):
    helper = helper()
    language = Text("Language", max_characters=60, missing="Name the language")
    native = YesNo("Is it your native language?")
    speaking = Choice("Speaking", SKILLS, many=True)
    listening = Choice("Listening", SKILLS, many=True)
    reading = Choice("Reading", SKILLS, many=True)
    writing = Choice("Writing", SKILLS, many=True)


LANGUAGES = EntryList(
    "languages",
    "Languages",
    "language",
    LanguageForm,
    limit=8,
    main=("language",),
    second=("speaking",),
    help="English included.",
)


def language_in_annual_rounds(
    form: SectionForm, counts: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    if _annual(form) and not counts["languages"]:
        yield "languages", "Add a language. English counts"


class CertificateForm(SectionForm):
    helper = helper()
    kind = Choice("Kind", CERTIFICATES)
    name = Text("Name", max_characters=120, required=False)
    issuer = Text("Issuer", max_characters=120, missing="Name who issued it")
    issued = Month("Issued")
    level = Text("Level", max_characters=60, required=False)


CERTIFICATE_LIST = EntryList(
    "certificates",
    "Certificates",
    "certificate",
    CertificateForm,
    limit=10,
    main=("kind", "name"),
    second=("issuer", "issued"),
)


class ActivityForm(SpanForm):
    helper = helper()
    kind = Choice("Kind", ACTIVITIES)
    name = Text("Activity", max_characters=120, missing="Name it")
    since = Month("From", required=False)
    until = Month("To", required=False, help_text=STILL)
    description = Text("What you did", max_characters=300, lines=4, missing="Write what you did")


ACTIVITY_LIST = EntryList(
    "activities",
    "Activities and honors",
    "activity",
    ActivityForm,
    limit=20,
    main=("name",),
    second=("kind", "since", "until"),
)
