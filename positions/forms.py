"""What a query string may say on the public pages; everything else is left out."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django import forms

from positions.deadlines import ZONES
from positions.models import PositionCode

STATES = {"open": "Open now", "upcoming": "Coming up", "past": "Past"}
POSITIONS = {code.lower(): code for code in PositionCode.values}


class ZoneChoice(forms.Form):
    """The zone whose clock is shown beside the deciding one; none when it is not chosen."""

    zone = forms.ChoiceField(choices=list(ZONES.items()), required=False)

    def __init__(self, query: Mapping[str, str]) -> None:
        super().__init__(data=query)
        self.understood = self.is_valid()

    def chosen(self, name: str) -> str:
        """Return the value of a parameter, "" where it is absent or unknown."""
        value: str = self.cleaned_data.get(name, "")
        return value

    @property
    def zoneinfo(self) -> ZoneInfo | None:
        name = self.chosen("zone")
        return ZoneInfo(name) if name else None


class RoundFilter(ZoneChoice):
    """Which rounds a list shows."""

    state = forms.ChoiceField(choices=list(STATES.items()), required=False)
    position = forms.ChoiceField(choices=list(POSITIONS.items()), required=False)
