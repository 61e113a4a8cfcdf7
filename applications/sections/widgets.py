from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms

PARTS = {"month": "Month", "day": "Day", "year": "Year"}


class MonthDayYear(forms.MultiWidget):
    """Three short inputs, each with its own label, in the order American readers write."""

    template_name = "widgets/month_day_year.html"
    use_fieldset = True

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        widths = {"month": "width-2", "day": "width-2", "year": "width-4"}
        parts: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput(attrs={"class": f"form-control {widths[name]}"}) for name in PARTS
        }
        super().__init__(parts, dict(attrs or {}))

    def decompress(self, value: date | None) -> list[int | None]:
        return [value.month, value.day, value.year] if value else [None, None, None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add a label to each part, and give each an id that names it."""
        context = super().get_context(name, value, attrs)
        for part, subwidget in zip(PARTS, context["widget"]["subwidgets"], strict=True):
            subwidget["label"] = PARTS[part]
            subwidget["attrs"]["id"] = f"id_{name}_{part}"
        return context


class VersionBox(forms.CheckboxInput):
    """A box whose value is a version of what stands beside it; what was sent is kept as sent.

    `agreed` tells whether a stored value is that of the present version.
    """

    def __init__(self, agreed: Callable[[Any], bool], version: Callable[[], str]) -> None:
        super().__init__(check_test=agreed)
        self.version = version

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["value"] = self.version()
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:  # type: ignore[override]
        return str(data.get(name, ""))
