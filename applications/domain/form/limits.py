"""The limits of the form in one round: what staff set, over what is declared."""

from collections.abc import Mapping

from django.db import transaction

from applications.models import FormSettings
from applications.sections.base import MedicalItem
from applications.sections.limits import DOCUMENT_FILES, limits_of_kind
from jetportal.pagecache import generations
from positions.models import RecruitmentRound, RoundKind


def limits_of(round_: RecruitmentRound) -> Mapping[str, int]:
    """Return the limits that differ from the declared ones; no query where the round has them."""
    settings: FormSettings | None = getattr(round_, "form_settings", None)
    return settings.limits if settings else {}


def medical_items_of(round_: RecruitmentRound) -> tuple[MedicalItem, ...]:
    """Return the questions about health that staff set for the round; none: the declared ones."""
    settings: FormSettings | None = getattr(round_, "form_settings", None)
    return tuple(MedicalItem(**item) for item in settings.medical_items) if settings else ()


def documents_at_most(round_: RecruitmentRound) -> int:
    """Return how many files one application holds in this round."""
    return limits_of(round_).get(DOCUMENT_FILES.name, DOCUMENT_FILES.default)


@transaction.atomic
def set_limits(round_: RecruitmentRound, limits: Mapping[str, int]) -> None:
    """Keep what differs from the declared limits, and end the pages that show them."""
    declared = {limit.name: limit for limit in limits_of_kind(RoundKind(round_.kind))}
    changed = {
        name: number
        for name, number in limits.items()
        if name in declared and number != declared[name].default
    }
    FormSettings.objects.update_or_create(round=round_, defaults={"limits": changed})
    generations.bump()
