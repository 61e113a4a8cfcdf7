"""What a query string may say on the public pages; everything else is left out."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django import forms

from jetportal.pagecache.pages import ValuesFromRows
from positions.addresses import address_part
from positions.deadlines import ZONES
from positions.models import ContractingOrganization, PositionCode, Sport
from positions.prefectures import PREFECTURES

STATES = {"open": "Open now", "upcoming": "Coming up", "past": "Past", "archived": "Archived"}
POSITIONS = {code.lower(): code for code in PositionCode.values}


def _sports() -> list[str]:
    return [address_part(name) for name in Sport.objects.values_list("name", flat=True)]


def _prefectures() -> list[str]:
    places = ContractingOrganization.objects.values_list("prefecture", flat=True)
    return [address_part(name) for name in {*PREFECTURES, *places}]


# All that rounds may name; a list offers those that its rounds do name.
SPORTS = ValuesFromRows(_sports)
PLACES = ValuesFromRows(_prefectures)


class ZoneChoice(forms.Form):
    """The zone whose clock is shown beside the deciding one; none when it is not chosen."""

    zone = forms.ChoiceField(choices=list(ZONES.items()), required=False)

    def __init__(self, query: Mapping[str, str], **offered: Mapping[str, str]) -> None:
        """Read `query`; `offered` are the choices of fields that depend on rows."""
        super().__init__(data=query)
        for name, values in offered.items():
            self.fields[name].choices = list(values.items())  # type: ignore[attr-defined]
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
    """Which rounds a list shows; sports and prefectures are those of its rounds."""

    state = forms.ChoiceField(choices=list(STATES.items()), required=False)
    position = forms.ChoiceField(choices=list(POSITIONS.items()), required=False)
    sport = forms.ChoiceField(required=False)
    prefecture = forms.ChoiceField(required=False)
