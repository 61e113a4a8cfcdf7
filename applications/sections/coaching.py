"""Coaching and sport, asked in SEA rounds only."""

from collections.abc import Iterator, Mapping

from applications.sections.base import EntryList, SectionForm, helper
from applications.sections.fields import Email, Month, Text, Year, later_than

BEFORE = "{}, as you wrote it before"


class CoachingForm(SectionForm):
    helper = helper()
    earlier = ("qualifications", "experience", "competition")  # one text each, before the lists
    sport = Text(
        "Your sport",
        max_characters=60,
        missing="Name the sport you coach",
        help_text="The sport of this post is to be announced. Name the one you coach.",
    )
    federation_name = Text(
        "Recommendation by a federation: who can be asked",
        max_characters=120,
        required=False,
        help_text="Somebody at your national federation or Olympic committee.",
    )
    federation_email = Email("Recommendation by a federation: their e-mail address", required=False)
    qualifications = Text(
        BEFORE.format("Coaching qualifications"), max_characters=1000, lines=4, required=False
    )
    experience = Text(
        BEFORE.format("Coaching experience"), max_characters=2000, lines=6, required=False
    )
    competition = Text(
        BEFORE.format("Competition record"), max_characters=1000, lines=4, required=False
    )

    def prepare(self) -> None:
        vacancy = self.asked.vacancy
        if vacancy is not None and vacancy.sport is not None:
            del self.fields["sport"]


class QualificationForm(SectionForm):
    helper = helper()
    body = Text("Issuing body", max_characters=120, missing="Name who issued it")
    level = Text("Level", max_characters=120, missing="Write the level or its name")
    issued = Month("Issued")
    expires = Month(
        "Expires", required=False, help_text="Year and month; leave empty if it does not expire."
    )

    def clean(self) -> dict[str, object]:
        return later_than(self, "issued", "expires")


class ExperienceForm(SectionForm):
    helper = helper()
    team = Text("Team, club or school", max_characters=120, missing="Name the team")
    level = Text("Level", max_characters=120, required=False)
    age_group = Text("Age group", max_characters=60, required=False)
    since = Month("From")
    until = Month("To", required=False, help_text="Year and month; leave empty if you still do it.")
    duties = Text("What you did", max_characters=500, lines=5, missing="Write what you did")

    def clean(self) -> dict[str, object]:
        return later_than(self, "since", "until")


class CompetitionForm(SectionForm):
    helper = helper()
    event = Text("Event", max_characters=120, missing="Name the event")
    level = Text("Level", max_characters=120, required=False)
    result = Text("Result", max_characters=120, missing="Write the result")
    year = Year("Year", missing="Write the year")


class SafetyForm(SectionForm):
    helper = helper()
    subject = Text(
        "Subject",
        max_characters=120,
        missing="Write what it is about",
        help_text="For example first aid, or safeguarding of children.",
    )
    body = Text("Issuing body", max_characters=120, missing="Name who issued it")
    issued = Month("Issued")
    expires = Month(
        "Expires", required=False, help_text="Year and month; leave empty if it does not expire."
    )

    def clean(self) -> dict[str, object]:
        return later_than(self, "issued", "expires")


LISTS = (
    EntryList(
        "qualifications",
        "Coaching qualifications",
        "qualification",
        QualificationForm,
        limit=10,
        main=("body", "level"),
        second=("issued", "expires"),
    ),
    EntryList(
        "experience",
        "Coaching experience",
        "coaching post",
        ExperienceForm,
        limit=10,
        main=("team",),
        second=("level", "age_group", "since", "until"),
    ),
    EntryList(
        "competition",
        "Competition record",
        "competition",
        CompetitionForm,
        limit=10,
        main=("event",),
        second=("result", "year"),
    ),
    EntryList(
        "safety",
        "First aid and safeguarding",
        "certificate",
        SafetyForm,
        limit=10,
        main=("subject", "body"),
        second=("issued", "expires"),
    ),
)


def one_of_the_two(form: SectionForm, counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """A qualification or experience in the sport is required: one of the two is enough."""
    judged = ("qualifications", "experience")
    if not any(counts[name] or any(form.typed.get(name, ())) for name in judged):
        yield "qualifications", "Add a qualification here, or experience below: one is needed"
