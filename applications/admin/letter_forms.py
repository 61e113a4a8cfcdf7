"""What staff type about letters of reference."""

from typing import Any

from django import forms

from applications.admin.forms import LONGEST
from applications.domain.referees.letter_desk import DAYS
from applications.models import LetterLanguage
from applications.sections.text import storable

LONGEST_LETTER = 20_000


class _Reasoned(forms.Form):
    reason = forms.CharField(
        label="Reason",
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text="It is kept in the history. Write nothing of what a letter says.",
        error_messages={"required": "Give the reason."},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.auto_id = f"{type(self).__name__.lower()}_%s"  # three of them stand on one page

    def clean_reason(self) -> str:
        return storable(self.cleaned_data["reason"])


class AdmitForm(_Reasoned):
    pass


class ReopenForm(_Reasoned):
    days = forms.IntegerField(
        label="Open for so many days",
        required=False,
        min_value=DAYS[0],
        max_value=DAYS[-1],
        help_text=f"From {DAYS[0]} to {DAYS[-1]}. Empty: until the letters of the round end.",
    )


class TakeInForm(_Reasoned):
    text = forms.CharField(
        label="Letter",
        required=False,
        max_length=LONGEST_LETTER,
        widget=forms.Textarea({"rows": 8}),
        help_text="Type it as it came, or choose a PDF.",
    )
    file = forms.FileField(label="PDF", required=False, allow_empty_file=True)
    language = forms.ChoiceField(label="Language", choices=LetterLanguage.choices)

    def clean_text(self) -> str:
        return storable(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("file") and not cleaned["text"].strip():
            self.add_error("text", "Type the letter, or choose its PDF.")
        return cleaned
