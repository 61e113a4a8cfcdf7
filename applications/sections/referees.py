"""What an applicant is asked about each referee."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms

from applications.models import RefereeKind
from applications.sections.base import as_query, helper
from applications.sections.fields import Email, Text
from applications.sections.text import storable

NAMES = ("kind", "name", "title", "organization", "relation", "email")


def as_sent(sent: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Take of what was sent the inputs of these forms, as they can be stored."""
    return {name: [storable(value) for value in sent[name]] for name in NAMES if name in sent}


class RefereeForm(forms.Form):
    """One referee. Unlike a section it is kept only when it is right: it goes out by mail."""

    helper: ClassVar[FormHelper] = helper()
    use_required_attribute = False

    kind = forms.ChoiceField(
        label="What kind of referee is this?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the kind",
            "invalid_choice": "Choose one of these kinds",
        },
    )
    name = Text("Name", max_characters=120, missing="Write their name")
    title = Text(
        "Title", max_characters=120, required=False, help_text="For example Dr., Prof. or Coach."
    )
    organization = Text(
        "Organization",
        max_characters=160,
        missing="Write where they work",
        help_text="The university, employer, club or federation.",
    )
    relation = Text(
        "How they know you",
        max_characters=200,
        missing="Write how they know you",
        help_text="Not friends, relatives, classmates or co-workers.",
    )
    email = Email(
        "E-mail address",
        missing="Write their address",
        help_text="The request goes here. It must be theirs alone, not one you can read.",
    )

    def __init__(
        self,
        sent: Mapping[str, Sequence[str]] | None = None,
        *,
        kinds: Sequence[RefereeKind],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        data = None if sent is None else as_query(as_sent(sent))
        super().__init__(data, label_suffix="", initial=dict(initial or {}))
        kind = self.fields["kind"]
        kind.choices = [(one.value, str(one.label)) for one in kinds]  # type: ignore[attr-defined]
        self.fields["email"].widget.attrs["autocomplete"] = "off"


class AddressForm(forms.Form):
    """Another address of the same person."""

    helper: ClassVar[FormHelper] = helper()
    use_required_attribute = False

    email = Email("E-mail address", missing="Write their address")

    def __init__(
        self,
        sent: Mapping[str, Sequence[str]] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        data = None if sent is None else as_query(as_sent(sent))
        super().__init__(data, label_suffix="", initial=dict(initial or {}))
        self.fields["email"].widget.attrs["autocomplete"] = "off"
