"""About the person beside identity and contact: household, earlier contact with JET, driving."""

from typing import Any

from applications.sections.base import EntryList, SectionForm, helper
from applications.sections.fields import Choice, Number, Text, YesNo, require_if

MARITAL = (
    ("single", "Single"),
    ("married", "Married"),
    ("partnership", "In a partnership"),
    ("other", "Other"),
)
TRANSMISSION = (("manual", "Manual and automatic"), ("automatic", "Automatic only"))


class CitizenshipForm(SectionForm):
    helper = helper()
    country = Text("Country", max_characters=60, missing="Name the country")
    how = Text(
        "How you came to hold it",
        max_characters=60,
        required=False,
        help_text="For example by birth, or through a parent.",
    )


CITIZENSHIPS = EntryList(
    "citizenships",
    "Other citizenships",
    "citizenship",
    CitizenshipForm,
    limit=10,
    main=("country",),
    second=("how",),
    help="Every other country whose citizenship you hold.",
)


class HouseholdForm(SectionForm):
    helper = helper()
    depending = ("adults", "children", "partner_name")
    alone = YesNo("Would you come to Japan alone?")
    adults = Number(
        "Adults who would come with you", low=0, high=10, missing="Write how many", required=False
    )
    children = Number(
        "Children who would come with you", low=0, high=10, missing="Write how many", required=False
    )
    marital_status = Choice("Marital status", MARITAL, required=False)
    partner_applies = YesNo("Does your partner apply to the JET Program as well?")
    partner_name = Text(
        "Your partner's name", max_characters=120, missing="Write their name", required=False
    )

    def clean(self) -> dict[str, Any]:
        require_if(self, "alone", "no", "adults", "children")
        return require_if(self, "partner_applies", "yes", "partner_name")


class EarlierForm(SectionForm):
    helper = helper()
    depending = ("offered", "declined", "declined_reason", "years", "place")
    applied = YesNo("Have you applied to the JET Program before?")
    offered = YesNo("Were you offered a position?", required=False)
    declined = YesNo("Did you decline it?", required=False)
    declined_reason = Text(
        "Why you declined",
        max_characters=1000,
        lines=5,
        missing="Write why you declined",
        required=False,
    )
    took_part = YesNo("Have you taken part in the JET Program?")
    years = Text(
        "In which years",
        max_characters=60,
        missing="Write the years, for example 2016 to 2018",
        required=False,
    )
    place = Text("Where", max_characters=120, missing="Write the place", required=False)

    def clean(self) -> dict[str, Any]:
        require_if(self, "applied", "yes", "offered")
        require_if(self, "offered", "yes", "declined")
        require_if(self, "declined", "yes", "declined_reason")
        return require_if(self, "took_part", "yes", "years", "place")


class DrivingForm(SectionForm):
    helper = helper()
    depending = ("transmission",)
    licence = YesNo("Do you hold a driver's license?")
    transmission = Choice("What it lets you drive", TRANSMISSION, required=False)
    willing = YesNo("Would you drive in Japan?")

    def clean(self) -> dict[str, Any]:
        return require_if(self, "licence", "yes", "transmission")
