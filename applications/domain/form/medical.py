"""The questions of the medical self-report in one round, which staff may change at any time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from django.db import transaction

from applications.domain.errors import Refused
from applications.domain.form.limits import medical_items_of
from applications.models import FormSettings
from applications.sections.base import MedicalItem
from applications.sections.sensitive import MEDICAL_ITEMS
from jetportal.pagecache import generations
from positions.models import RecruitmentRound

MOST = 30  # questions asked in one round
LONGEST = 200  # characters of a question
ADDED = "item_"  # the key of a question that staff added, before its number


def items_of(round_: RecruitmentRound) -> tuple[MedicalItem, ...]:
    """Return all questions of the round, those that are not asked any more among them."""
    return medical_items_of(round_) or MEDICAL_ITEMS


@transaction.atomic
def set_items(round_: RecruitmentRound, words: Mapping[str, str], added: Sequence[str]) -> None:
    """Reword questions by their keys, stop asking those that are emptied, and add new ones.

    Answers given belong to the key: they stay with a question that is reworded, and stay readable
    with one that is asked no more. What `words` does not name stays. Raises Refused.
    """
    FormSettings.objects.get_or_create(round=round_)
    settings = FormSettings.objects.select_for_update().get(round=round_)
    stored = tuple(MedicalItem(**item) for item in settings.medical_items) or MEDICAL_ITEMS
    items = [*(_reworded(item, words.get(item.key)) for item in stored), *_new(stored, added)]
    asked = sum(item.asked for item in items)
    if not 1 <= asked <= MOST:
        raise Refused(f"Ask from 1 to {MOST} questions; with this there would be {asked}.")
    settings.medical_items = [asdict(item) for item in items]
    settings.save(update_fields=["medical_items"])
    generations.bump()


def _reworded(item: MedicalItem, words: str | None) -> MedicalItem:
    if words is None:
        return item
    return replace(item, words=words.strip() or item.words, asked=bool(words.strip()))


def _new(stored: Iterable[MedicalItem], added: Sequence[str]) -> Iterator[MedicalItem]:
    """Number new questions on from the last one that was ever added: no key is used twice."""
    last = sum(item.key.startswith(ADDED) for item in stored)
    for number, words in enumerate(filter(str.strip, added), last + 1):
        yield MedicalItem(f"{ADDED}{number}", words.strip())
