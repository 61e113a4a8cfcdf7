"""What is typed at the desk."""

from collections.abc import Mapping
from typing import Any

from django import forms

from applications.models import Status
from applications.sections.text import storable

LONGEST = 4000
MOST_DIGITS = 18  # of the number of a row


def typed(sent: Mapping[str, str]) -> dict[str, str]:
    """Return the texts of a form as they can be stored."""
    return {name: storable(value) for name, value in sent.items()}


def status_of(form: forms.BaseForm) -> int:
    """Return 409 where something else than an answer is refused, 422 where an answer is wrong."""
    if not form.errors:
        return 200
    return 409 if form.non_field_errors() else 422


class RowsChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Rows by their numbers; one longer than any database counts is refused like the unknown."""

    def clean(self, value: Any) -> Any:
        if any(len(str(number)) > MOST_DIGITS for number in value or ()):
            raise forms.ValidationError("Choose from this list.", code="invalid_choice")
        return super().clean(value)


class NoteForm(forms.Form):
    text = forms.CharField(
        label="Note",
        max_length=LONGEST,
        widget=forms.Textarea,
        help_text="For the desk only. The applicant never sees it.",
        error_messages={
            "required": "Write the note first.",
            "max_length": "This note is too long: at most 4,000 characters.",
        },
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST,
        widget=forms.Textarea,
        help_text="It is kept in the history. The applicant does not see it.",
        error_messages={
            "required": "This move needs a reason. Write it first.",
            "max_length": "This reason is too long: at most 4,000 characters.",
        },
    )

    def __init__(self, sent: Mapping[str, str] | None = None, *, needed: bool) -> None:
        super().__init__(None if sent is None else typed(sent))
        self.fields["reason"].required = needed


def seen_status(text: str) -> Status | None:
    """Read the status somebody saw when they decided; None where they sent none we know."""
    return Status(text) if text in Status.values else None
