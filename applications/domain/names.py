"""What an applicant is called, in lists of many."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch

from applications.models import Application, SectionAnswers
from applications.models.application import ApplicationQuerySet

SECTION = "identity"
ERASED = "Erased"


def with_names(queryset: ApplicationQuerySet) -> ApplicationQuerySet:
    """Load what `names_of` reads, in one more query at any size."""
    rows = SectionAnswers.objects.filter(section=SECTION)
    named: ApplicationQuerySet = queryset.prefetch_related(
        Prefetch("sections", rows, to_attr="identity_rows")
    )
    return named


def names_of(application: Application) -> tuple[str, str]:
    """Return family name and first name as typed; rows must come from `with_names`."""
    typed: Mapping[str, Any] = {}
    for row in application.identity_rows:  # type: ignore[attr-defined]
        typed = row.answers
    family = first_typed(typed, "family_name") or application.family_name_folded.title()
    return family, first_typed(typed, "first_name")


def first_typed(typed: Mapping[str, Any], name: str) -> str:
    """Return the one value of an input, without the spaces around it."""
    return next((str(value).strip() for value in typed.get(name, ())), "")


def applicant_name(application: Application) -> str:
    """Write the name as in lists: "Lindqvist-Moreno, Ana"; nobody is sent without one."""
    return ", ".join(part for part in names_of(application) if part) or ERASED
