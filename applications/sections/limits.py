"""The limits of the form that staff may set for a round, read from the declarations."""

from collections.abc import Iterator
from dataclasses import dataclass

from applications.sections.base import EntryList, Section, SectionForm
from applications.sections.fields import Address, Email, Month, Number, Phone, Text
from applications.sections.registry import SECTIONS
from positions.models import RoundKind

SHORTEST, LONGEST = 20, 10_000  # characters of a text
MOST_ENTRIES = 50
OWN_RULE = (Address, Email, Month, Number, Phone)
ON_THE_ROUND = {"purpose.statement"}  # has columns of its own


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit: its name in `FormSettings.limits`, what it is called, its default and range."""

    name: str
    section: str
    label: str
    default: int
    low: int
    high: int


DOCUMENT_FILES = Limit(
    "documents.files", "Documents", "Files in one application", default=20, low=10, high=50
)


def limits_of_kind(kind: RoundKind) -> Iterator[Limit]:
    """Yield every limit of the form of such rounds, in the order of the form."""
    for section in SECTIONS:
        if kind not in section.kinds:
            continue
        yield from _texts(section.form, section.key, section.title, "")
        for declared in section.lists:
            yield _size(section, declared)
            place = f"{section.key}.{declared.key}"
            yield from _texts(declared.form, place, section.title, f"{declared.title}: ")
    yield DOCUMENT_FILES


def _size(section: Section, declared: EntryList) -> Limit:
    return Limit(
        f"{section.key}.{declared.key}.entries",
        section.title,
        f"{declared.title}: entries",
        declared.limit,
        max(1, declared.minimum),
        MOST_ENTRIES,
    )


def _texts(form: type[SectionForm], place: str, section: str, before: str) -> Iterator[Limit]:
    for name, field in form.base_fields.items():
        if not isinstance(field, Text) or isinstance(field, OWN_RULE) or name in form.earlier:
            continue
        if f"{place}.{name}" not in ON_THE_ROUND:
            label = f"{before}{field.label}: characters"
            default = field.max_characters
            yield Limit(f"{place}.{name}", section, label, default, SHORTEST, LONGEST)
