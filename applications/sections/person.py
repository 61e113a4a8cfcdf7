"""Who applies, for what, and where: position, interview location, identity, contact."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from applications.sections.base import SectionForm, helper
from applications.sections.fields import (
    EARLIEST_BIRTH_YEAR,
    Address,
    Choice,
    DateField,
    Email,
    Phone,
    Text,
    Tick,
    YesNo,
)
from applications.sections.text import folded
from positions.models import PositionCode, RoundKind, Vacancy

SEX = (("female", "Female"), ("male", "Male"), ("other", "Other"))


def vacancy_words(vacancy: Vacancy) -> str:
    """Name a vacancy as an applicant picks it."""
    if vacancy.position_id != PositionCode.SEA:
        return f"{vacancy.position.name} ({vacancy.position_id})"
    sport = vacancy.sport.name if vacancy.sport else "Sport to be announced"
    place = str(vacancy.organization or vacancy.prefecture or "place to be announced")
    posts = f", {vacancy.posts} posts" if vacancy.posts and vacancy.posts > 1 else ""
    return f"{sport}, {place}{posts}"


class PositionForm(SectionForm):
    helper = helper()
    anew = ("rule_read",)
    depending = ("consider_alt", "rule_read")
    vacancy = Choice("Which position do you apply for?", missing="Choose what you apply for")
    consider_alt = YesNo(
        "If you apply as CIR: do you ask to be considered for ALT as well?",
        required=False,
        help_text="This helps only if you meet every CIR requirement. Without the level of "
        "Japanese, screening ends there, and nobody is moved to ALT by itself.",
    )
    rule_read = Tick("If you apply as CIR: I have read this rule.", required=False)

    def prepare(self) -> None:
        self.by_key = {vacancy.key: vacancy for vacancy in self.asked.vacancies}
        choices = [(key, vacancy_words(vacancy)) for key, vacancy in self.by_key.items()]
        self.fields["vacancy"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["vacancy"].initial = choices[0][0]
        if self.asked.round.kind == RoundKind.SEA:
            self.fields["vacancy"].label = "Which post do you apply for?"
            del self.fields["consider_alt"], self.fields["rule_read"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        vacancy = self.by_key.get(cleaned.get("vacancy", ""))
        if vacancy is not None and vacancy.position_id == PositionCode.CIR:
            for name, words in (("consider_alt", "Choose yes or no"), ("rule_read", "Tick this")):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(words, code="required"))
        return cleaned


def position_columns(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    key = cleaned.get("vacancy") or None
    return {"vacancy_id": key, "position_id": key.split("/")[1].upper() if key else None}


class LocationForm(SectionForm):
    helper = helper()
    consulate = Choice(
        "Interview location",
        many=True,
        missing="Choose your interview location",
        help_text="It also sets the city you would depart from. Once you send, it is fixed.",
    )
    early_departure = YesNo(
        "Would you also depart early, in spring?",
        required=False,
        help_text="Early departure is about April instead of July or August.",
    )

    def prepare(self) -> None:
        offices = [
            (office.code, f"{office.name} ({office.area})") for office in self.asked.consulates
        ]
        self.fields["consulate"].choices = [("", "Choose a location"), *offices]  # type: ignore[attr-defined]
        if self.asked.round.kind == RoundKind.SEA:
            del self.fields["early_departure"]


def location_columns(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    return {"consulate_id": cleaned.get("consulate") or None}


class IdentityForm(SectionForm):
    helper = helper()
    earlier = ("other_citizenships",)  # a text, before there was a list
    depending = ("middle_name", "no_middle_name")
    family_name = Text(
        "Family name",
        max_characters=60,
        missing="Write your family name as in your passport",
        attrs={"autocomplete": "family-name"},
    )
    first_name = Text(
        "First name",
        max_characters=60,
        missing="Write your first name as in your passport",
        attrs={"autocomplete": "given-name"},
    )
    middle_name = Text(
        "Middle name",
        max_characters=60,
        required=False,
        help_text="All middle names in your passport, in the same order.",
        attrs={"autocomplete": "additional-name"},
    )
    no_middle_name = Tick("My passport shows no middle name", required=False)
    former_names = Text(
        "Former names",
        max_characters=200,
        required=False,
        help_text="Only if a document shows another name.",
    )
    birth_date = DateField("Birth date", help_text="For example, 3 27 1996.")
    sex = Choice(
        "Sex",
        SEX,
        missing="Choose one of the three",
        help_text="Some procedures in Japan need female or male as in your passport.",
    )
    us_citizen = YesNo(
        "Are you a citizen of the United States?",
        help_text="When you apply. Permanent residence is not enough.",
    )
    other_citizenships = Text(
        "Other citizenships, as you wrote them before", max_characters=200, required=False
    )
    japanese_nationality = YesNo(
        "Do you also hold Japanese nationality?",
        help_text="You can apply with it. If you are selected, you must give it up by the date of "
        "the reply form.",
    )

    def clean_birth_date(self) -> date | None:
        born: date | None = self.cleaned_data.get("birth_date")
        if born and not EARLIEST_BIRTH_YEAR <= born.year < self.asked.round.closes_on.year:
            raise ValidationError("Check the year", code="year")
        return born

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        named, none = cleaned.get("middle_name"), cleaned.get("no_middle_name")
        if "middle_name" in self.errors:
            return cleaned
        if not named and not none:
            message = "Write it as in your passport, or tick that there is none"
            self.add_error("middle_name", ValidationError(message, code="required"))
        if named and none:
            message = "You wrote a middle name and ticked that there is none. Keep one of the two"
            self.add_error("middle_name", ValidationError(message, code="invalid"))
        return cleaned


def identity_columns(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    return {"family_name_folded": folded(cleaned.get("family_name", ""))}


class ContactForm(SectionForm):
    helper = helper()
    second_email = Email("Second e-mail address", required=False)
    phone = Phone(
        "Phone",
        missing="Write a phone number we can reach you at",
        help_text="With country code, for example +1 202 555 0100.",
    )
    mailing_address = Address(
        "Mailing address",
        missing="Write the address letters should go to",
        help_text="Up to five lines of 80 characters.",
        attrs={"autocomplete": "street-address"},
    )
    permanent_address = Address(
        "Permanent address",
        required=False,
        help_text="Only if it differs from the one above.",
    )
    hometown = Text("Hometown", max_characters=60, missing="Write your hometown")
    home_state = Text("Home state or territory", max_characters=60, missing="Write your home state")
    emergency_name = Text(
        "Emergency contact: name", max_characters=120, missing="Name somebody we can call"
    )
    emergency_relation = Text(
        "Emergency contact: relation to you", max_characters=60, missing="Say who they are to you"
    )
    emergency_phone = Phone("Emergency contact: phone", missing="Write their phone number")
