"""Form fields that speak the portal's voice and never cut what somebody typed."""

import re
from calendar import month_name
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from applications.sections.text import count_characters, count_words
from applications.sections.widgets import MonthDayYear

YES_NO = (("yes", "Yes"), ("no", "No"))
EARLIEST_BIRTH_YEAR = 1900
DECEMBER = 12


class Text(forms.CharField):
    """Plain text with a limit that is reported, never enforced by cutting.

    `max_characters` counts Unicode code points, `max_words` runs of non-space; `lines` makes it a
    text area of that many rows.
    """

    def __init__(
        self,
        label: str,
        *,
        max_characters: int,
        max_words: int | None = None,
        lines: int = 0,
        missing: str = "",
        **options: Any,
    ) -> None:
        self.max_characters, self.max_words = max_characters, max_words
        attrs: dict[str, Any] = {"data-max-characters": max_characters}
        if max_words:
            attrs["data-max-words"] = max_words
        attrs |= options.pop("attrs", {})
        options["widget"] = (
            forms.Textarea(attrs | {"rows": lines}) if lines else forms.TextInput(attrs)
        )
        super().__init__(label=label, **options)
        self.error_messages["required"] = missing or "Fill this in"

    def limit_to(self, characters: int) -> None:
        self.max_characters = characters
        self.widget.attrs["data-max-characters"] = characters

    def validate(self, value: str) -> None:
        super().validate(value)
        used = {"word": count_words(value), "character": count_characters(value)}
        limits = {"word": self.max_words, "character": self.max_characters}
        over = [
            over_limit(used[unit], limit, unit)
            for unit, limit in limits.items()
            if limit is not None
        ]
        if any(over):
            words = " and ".join(filter(None, over))
            raise ValidationError(
                f"{words}. All of it is kept; shorten it before you send", code="too_long"
            )


def over_limit(used: int, limit: int, unit: str) -> str:
    """Say by how much a text is over its limit; nothing where it is not."""
    over = used - limit
    return f"{over:,} {plural(over, unit)} over the limit of {limit:,}" if over > 0 else ""


class Email(Text):
    def __init__(self, label: str, **options: Any) -> None:
        attrs = {"type": "email", "inputmode": "email", "autocomplete": "email"}
        super().__init__(label, max_characters=254, attrs=attrs, **options)
        self.widget.input_type = "email"

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value:
            return
        try:
            validate_email(value)
        except ValidationError as problem:
            raise ValidationError(
                "Write the address in full, for example name@example.org", code="invalid"
            ) from problem


class Phone(Text):
    """A number with country code, stored as typed; judged by its digits (E.164: 8 to 15)."""

    DIGITS = range(8, 16)

    def __init__(self, label: str, **options: Any) -> None:
        attrs = {"type": "tel", "autocomplete": "tel"}
        super().__init__(label, max_characters=30, attrs=attrs, **options)
        self.widget.input_type = "tel"

    def validate(self, value: str) -> None:
        super().validate(value)
        digits = re.sub(r"[\s().-]", "", value)
        if value and not (re.fullmatch(r"\+?[0-9]+", digits) and self._long_enough(digits)):
            raise ValidationError(
                "Write the number with its country code, for example +1 202 555 0100",
                code="invalid",
            )

    def _long_enough(self, digits: str) -> bool:
        return len(digits.lstrip("+")) in self.DIGITS


class Address(Text):
    """A postal address of at most five lines of 80 characters."""

    LINES, WIDTH = 5, 80

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, max_characters=self.LINES * (self.WIDTH + 1), lines=4, **options)

    def validate(self, value: str) -> None:
        super().validate(value)
        lines = value.splitlines()
        if len(lines) > self.LINES:
            raise ValidationError(f"Use at most {self.LINES} lines", code="too_long")
        if any(count_characters(line) > self.WIDTH for line in lines):
            raise ValidationError(f"Keep each line to {self.WIDTH} characters", code="too_long")


class Month(Text):
    """A month of a year, as YYYY-MM."""

    def __init__(self, label: str, **options: Any) -> None:
        options.setdefault("help_text", "Year and month, for example 2021-09.")
        options.setdefault("missing", "Write year and month, for example 2021-09")
        super().__init__(label, max_characters=20, attrs={"class": "width-10"}, **options)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not re.fullmatch(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])", value):
            raise ValidationError("Write year and month, for example 2021-09", code="invalid")


class Number(Text):
    """A whole number from `low` to `high`, kept as typed."""

    def __init__(self, label: str, *, low: int, high: int, **options: Any) -> None:
        self.low, self.high = low, high
        options.setdefault("missing", "Write a number")
        attrs = {"class": "width-4", "inputmode": "numeric"}
        super().__init__(label, max_characters=20, attrs=attrs, **options)

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value:
            return
        if not re.fullmatch(r"[0-9]{1,9}", value) or not self.low <= int(value) <= self.high:
            words = f"Write a number from {self.low} to {self.high}, in figures"
            raise ValidationError(words, code="invalid")


class Year(Number):
    """A calendar year of four digits."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, low=EARLIEST_BIRTH_YEAR, high=2099, **options)


class Choice(forms.ChoiceField):
    """One of a few: radio buttons, or a list to pick from where `many` is set."""

    def __init__(
        self,
        label: str,
        choices: Iterable[tuple[str, str]] = (),
        *,
        missing: str = "Choose one",
        many: bool = False,
        **options: Any,
    ) -> None:
        widget = forms.Select() if many else forms.RadioSelect()
        super().__init__(label=label, choices=list(choices), widget=widget, **options)
        self.error_messages["required"] = missing
        self.error_messages["invalid_choice"] = "Choose one of the answers on this page"


class YesNo(Choice):
    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, YES_NO, missing="Choose yes or no", **options)


class Tick(forms.BooleanField):
    """A statement to agree to; required ones must be ticked."""

    def __init__(self, label: str, *, missing: str = "Tick this to go on", **options: Any) -> None:
        super().__init__(label=label, **options)
        self.error_messages["required"] = missing


class DateField(forms.MultiValueField):
    """A calendar date typed as month, day and year; says which part is wrong."""

    widget = MonthDayYear

    def __init__(self, label: str, *, missing: str = "Fill in month, day and year", **options: Any):
        parts = [forms.CharField(required=False) for _ in range(3)]
        super().__init__(parts, label=label, require_all_fields=False, **options)
        self.error_messages["required"] = missing

    def clean(self, value: Any) -> date | None:
        typed = [str(part or "").strip() for part in value or ()]
        if not any(typed):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        return self._date(*typed)

    def _date(self, month: str, day: str, year: str) -> date:
        for name, part in (("month", month), ("day", day), ("year", year)):
            if not re.fullmatch(r"[0-9]{1,4}", part):
                raise ValidationError(f"Write the {name} in numbers", code=name)
        if not 1 <= int(month) <= DECEMBER:
            raise ValidationError("The month is a number from 1 to 12", code="month")
        try:
            return date(int(year), int(month), int(day))
        except ValueError as problem:
            named = f"{month_name[int(month)]} {int(day)}, {year}"
            raise ValidationError(
                f"{named} does not exist. Check the day and the month", code="day"
            ) from problem


def later_than(form: forms.Form, since: str, until: str) -> dict[str, Any]:
    """Say where a time ends before it begins; both are months as `Month` reads them."""
    cleaned = form.cleaned_data
    begins, ends = cleaned.get(since), cleaned.get(until)
    if begins and ends and ends < begins:
        words = f"This is before “{form.fields[since].label}”. Check the two"
        form.add_error(until, ValidationError(words, code="invalid"))
    return cleaned


def require_if(form: forms.Form, name: str, answer: str, *needed: str) -> dict[str, Any]:
    """Ask for the fields `needed` where `name` was answered so, in the words of each of them."""
    cleaned = form.cleaned_data
    if cleaned.get(name) == answer:
        for each in needed:
            if cleaned.get(each) in (None, "") and each not in form.errors:
                words = form.fields[each].error_messages["required"]
                form.add_error(each, ValidationError(words, code="required"))
    return cleaned


def plural(count: int, noun: str, many: str = "") -> str:
    return noun if count == 1 else many or f"{noun}s"
