"""One search box: a reference number, or how a name or an address begins."""

from django.db.models import Q

from applications.domain.reference_numbers import normalized
from applications.models.application import ApplicationQuerySet
from applications.sections.text import folded, storable

LONGEST = 254


def matching(queryset: ApplicationQuerySet, text: str) -> ApplicationQuerySet:
    """Narrow to one reference number (typed in any way), or to a prefix of family name or e-mail.

    Each way of searching uses an index of its own; nothing looks into the middle of a word.
    """
    text = storable(text)[:LONGEST]
    if reference := normalized(text):
        return queryset.filter(reference=reference)
    begins = folded(text)
    if "@" in begins:
        return queryset.filter(email__startswith=begins)
    return queryset.filter(Q(family_name_folded__startswith=begins) | Q(email__startswith=begins))
