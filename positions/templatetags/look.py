"""Small words templates need and cannot count for themselves."""

from django import forms, template
from django.forms import BoundField

from jetportal.turning import unturned

register = template.Library()

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
DATE_PARTS = ("month", "day", "year")


@register.filter
def number_word(number: int) -> str:
    """Write a count as a sentence begins: "Three"; above ten in figures."""
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else str(number)


@register.filter
def plain(text: object) -> str:
    """Leave out the marks that turn the direction of reading: for titles of windows."""
    return unturned(str(text))


@register.filter
def short_label(field: BoundField) -> str:
    """Return the name of `field` in a list of mistakes: its `short_label`, or its label unasked."""
    return str(getattr(field.field, "short_label", "") or field.label).rstrip("?:. ")


@register.filter
def mending_target(field: BoundField) -> str:
    """Return the id of the control at which the first mistake of `field` is mended.

    Radios and check boxes: the first one. Dates: the part named by the code of the error.
    """
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return f"{field.auto_id}_0"
    if isinstance(widget, forms.MultiWidget | forms.SelectDateWidget) or _has_date_parts(widget):
        codes = [error.code for error in field.errors.as_data()]
        part = next((code for code in codes if code in DATE_PARTS), DATE_PARTS[0])
        return f"{field.auto_id}_{part}"
    return field.id_for_label or field.auto_id


@register.filter
def has_date_parts(field: BoundField) -> bool:
    return _has_date_parts(field.field.widget)


def _has_date_parts(widget: forms.Widget) -> bool:
    return "month_day_year" in str(getattr(widget, "template_name", ""))
