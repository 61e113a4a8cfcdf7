"""What people agree to, word for word, and which version of it they agreed to.

A new version is added at the end of its tuple; the old ones stay, because answers name them. Drafts
that agreed to an earlier version are then asked again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy

from applications.sections.widgets import VersionBox

BEFORE_VERSIONS = "on"  # what a ticked box sent while the first version was the only one
FIRST = "1"


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of a statement; `version` is stored as the answer of whoever agrees to it."""

    version: str
    text: str


WORDINGS: Mapping[str, tuple[Wording, ...]] = {
    "guidelines_read": (
        Wording(FIRST, "I have read the page of this round and what it asks of me."),
    ),
    "all_true": (
        Wording(
            FIRST,
            "Everything I wrote is true and complete. I know that false or withheld information "
            "leads to disqualification.",
        ),
    ),
    "data_notice": (
        Wording(FIRST, "I have read the privacy notice and agree that my data is used as it says."),
    ),
    "criminal_consent": (
        Wording(
            FIRST,
            "I agree that what I write here about a criminal record is stored encrypted, and read "
            "by named staff to judge this application.",
        ),
    ),
    "health_consent": (
        Wording(
            FIRST,
            "I agree that what I write here about my health is stored encrypted, and read by named "
            "staff to judge this application and to prepare a placement.",
        ),
    ),
}


def current(key: str) -> Wording:
    """Return the version that is asked for now."""
    return WORDINGS[key][-1]


def wording(key: str, value: str) -> Wording | None:
    """Return the version that an answer agreed to; None where it names none."""
    version = FIRST if value == BEFORE_VERSIONS else value
    return next((known for known in WORDINGS[key] if known.version == version), None)


_text: Callable[[str], str] = lazy(lambda key: current(key).text, str)  # read when it is shown


class Agreement(forms.BooleanField):
    """A statement of `WORDINGS` to agree to; its answer is the version that stood beside the box.

    Only the present version counts: who agreed to an earlier one is asked again.
    """

    def __init__(self, key: str, *, missing: str = "Tick this to go on", **options: Any) -> None:
        self.key = key
        widget = VersionBox(self.agreed, lambda: current(key).version)
        super().__init__(label=_text(key), widget=widget, **options)
        self.error_messages["required"] = missing

    def agreed(self, value: Any) -> bool:
        """Tell whether `value`, as stored, agrees to the version that is asked for now."""
        return wording(self.key, str(value or "")) == current(self.key)

    def clean(self, value: Any) -> bool:
        if self.agreed(value):
            return True
        if wording(self.key, str(value or "")):
            words = "Its wording has changed since you ticked it. Read it, and tick it again"
            raise ValidationError(words, code="required")
        return bool(super().clean(""))

    def in_words(self, value: Any) -> str:
        """Say whether somebody agreed, and to which version."""
        known = wording(self.key, str(value or ""))
        return f"Yes, wording {known.version}" if known else "No"
