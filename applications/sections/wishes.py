"""Where somebody would like to live, and how they heard of JET."""

from typing import Any

from applications.sections.base import SectionForm, helper
from applications.sections.fields import Choice, Text, Tick, require_if
from positions.prefectures import PREFECTURES

SETTINGS = (
    ("urban", "Urban"),
    ("semi-urban", "Semi-urban"),
    ("rural", "Rural"),
    ("none", "No wish"),
)
WAYS = (
    ("friend", "A friend or relative"),
    ("participant", "A JET participant, past or present"),
    ("school", "A college or university"),
    ("event", "An event"),
    ("web", "The web"),
    ("other", "Another way"),
)
ANY_PREFECTURE = (("", "No wish"), *((name, name) for name in PREFECTURES))


class WishesForm(SectionForm):
    helper = helper()
    anew = ("understood",)
    first = Choice("First prefecture", ANY_PREFECTURE, many=True, required=False)
    second = Choice("Second prefecture", ANY_PREFECTURE, many=True, required=False)
    third = Choice("Third prefecture", ANY_PREFECTURE, many=True, required=False)
    setting = Choice("Kind of place", SETTINGS)
    reason = Text("Why", max_characters=500, lines=4, required=False)
    understood = Tick("I know that wishes may not be met.")


class HeardForm(SectionForm):
    helper = helper()
    depending = ("other",)
    way = Choice("How did you hear of the JET Program?", WAYS, required=False)
    other = Text("Which other way?", max_characters=100, missing="Write which", required=False)

    def clean(self) -> dict[str, Any]:
        return require_if(self, "way", "other", "other")
