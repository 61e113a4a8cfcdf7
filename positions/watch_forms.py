"""What a person types to be told of rounds."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from django import forms

from jetportal.accounts.forms import AddressField
from positions.domain.watches import known_sports
from positions.models import Sport, WatchSubject

WHOLE = {
    WatchSubject.SEA.value: "Every SEA round, whatever the sport",
    WatchSubject.ANNUAL.value: "The next annual cycle for ALT and CIR",
}
SPORT = "sport-"
CHOOSE = "Choose what we should tell you about."


class WatchForm(forms.Form):
    """One choice for what the table keeps as a subject and a sport: "sea", "annual", "sport-3"."""

    about = forms.ChoiceField(
        label="Tell me about",
        help_text="One mail when a round opens, and one if its deadline moves or it is cancelled.",
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
    email = AddressField(
        help_text="We send one mail with a link to confirm it. No account is made."
    )

    def __init__(self, data: Mapping[str, str] | None, *, about: str, at: datetime) -> None:
        super().__init__(data)
        self.sports = {f"{SPORT}{sport.pk}": sport for sport in known_sports(at)}
        named = [(value, sport.name) for value, sport in self.sports.items()]
        cast(forms.ChoiceField, self.fields["about"]).choices = [
            ("", "Choose"),
            *([("SEA rounds for one sport", named)] if named else []),
            ("All rounds", list(WHOLE.items())),
        ]
        if about in self.sports or about in WHOLE:
            self.initial["about"] = about

    @property
    def sport(self) -> Sport | None:
        return self.sports.get(self.cleaned_data["about"])

    @property
    def subject(self) -> WatchSubject:
        return WatchSubject.SPORT if self.sport else WatchSubject(self.cleaned_data["about"])
