"""What only named staff read: criminal record, health, and grounds for a place.

Each part asks for its own consent, and is stored sealed; see docs/decisions/0024.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from applications.sections.base import EntryList, MedicalItem, SectionForm, helper
from applications.sections.fields import Text, YesNo, require_if
from applications.sections.wordings import Agreement

NO_CONSENT = "Without your agreement this part cannot be completed"
DETAIL = "_detail"  # at the end of the name of an item's second input

# The official questions are not published: these are what a round asks until staff change them.
MEDICAL_ITEMS = (
    MedicalItem("condition", "Do you have a medical condition now?"),
    MedicalItem("illness", "Have you had a serious illness or operation in the past?"),
    MedicalItem("mental", "Are you, or were you, in treatment for your mental health?"),
    MedicalItem("medication", "Do you take medication regularly?"),
    MedicalItem("allergies", "Do you have allergies?"),
    MedicalItem("disability", "Do you have a disability, or need an accommodation?"),
    MedicalItem("hospital", "Have you been treated in a hospital?"),
)


class MatterForm(SectionForm):
    helper = helper()
    date = Text(
        "When",
        max_characters=60,
        missing="Write when it was",
        help_text="The date; month and year, if you do not know the day.",
    )
    place = Text("Where", max_characters=120, missing="Write where it was")
    matter = Text("What it was about", max_characters=200, missing="Write what it was about")
    outcome = Text(
        "How it ended",
        max_characters=200,
        missing="Write how it ended",
        help_text="For example dismissed, a fine, expunged, still open.",
    )
    explanation = Text(
        "Your explanation", max_characters=1500, lines=6, missing="Explain in your own words"
    )


MATTERS = EntryList(
    "matters",
    "What you disclose",
    "matter",
    MatterForm,
    limit=10,
    main=("matter",),
    second=("date",),
    help="One entry for each arrest, charge or conviction.",
)


class CriminalForm(SectionForm):
    helper = helper()
    consent = Agreement("criminal_consent", missing=NO_CONSENT)
    record = YesNo(
        "Have you ever been arrested, charged or convicted?",
        help_text="Include what happened when you were a minor, and what was expunged. Leave out "
        "minor traffic matters.",
    )


def matters_as_answered(form: SectionForm, counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Ask for an entry where there is a record, and say where answer and list disagree."""
    answer, some = form.typed.get("record"), counts[MATTERS.key]
    if answer == ["yes"] and not some:
        yield MATTERS.key, "Add a matter, because you answered yes"
    if answer == ["no"] and some:
        yield MATTERS.key, "You answered no, yet something is listed here. Change one of the two"


class MedicalForm(SectionForm):
    """One question with yes or no per item of the round, and details to each yes.

    What staff no longer ask stays for whoever had answered it. `detail` declares the limit of all
    details; on the page each item has its own.
    """

    helper = helper()
    consent = Agreement("health_consent", missing=NO_CONSENT)
    detail = Text(
        "Details to each yes",
        max_characters=1000,
        lines=4,
        missing="Write in a few words what it is",
        required=False,
    )

    def prepare(self) -> None:
        pattern = self.fields.pop("detail")
        for item in self._items():
            self.fields[item.key] = YesNo(item.words)
            self.fields[item.key + DETAIL] = _detail_of(item, pattern)
            self.depending = (*self.depending, item.key + DETAIL)

    def _items(self) -> Iterable[MedicalItem]:
        items = self.asked.medical_items or MEDICAL_ITEMS
        return (item for item in items if item.asked or any(self.typed.get(item.key, ())))

    @property
    def item_keys(self) -> list[str]:
        return [name.removesuffix(DETAIL) for name in self.fields if name.endswith(DETAIL)]

    def says_yes(self) -> bool:
        """Tell whether any item was answered with yes."""
        return any(self.typed.get(key) == ["yes"] for key in self.item_keys)

    def clean(self) -> dict[str, Any]:
        for key in self.item_keys:
            require_if(self, key, "yes", key + DETAIL)
        return self.cleaned_data


def _detail_of(item: MedicalItem, pattern: Any) -> Text:
    """Make the second input of an item, with the limit that `pattern` has in this round."""
    made = Text(
        f"Details: {item.words}",
        max_characters=pattern.max_characters,
        lines=2,
        missing=str(pattern.error_messages["required"]),
        required=False,
    )
    made.optional = False  # type: ignore[attr-defined]  # a yes needs it
    return made


class GroundsForm(SectionForm):
    """Optional; whoever writes something agrees to its being read."""

    helper = helper()
    depending = ("consent",)
    grounds = Text(
        "Medical or family grounds for a place",
        max_characters=500,
        lines=4,
        required=False,
        help_text="Only what the choice of a place must take into account.",
    )
    consent = Agreement("health_consent", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("grounds") and not cleaned.get("consent") and "consent" not in self.errors:
            words = "Tick this, or leave the field above empty"
            self.add_error("consent", ValidationError(words, code="required"))
        return cleaned
