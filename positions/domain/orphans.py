"""Sports and organizations that a discarded draft leaves behind: its facts were for staff alone."""

from collections.abc import Iterable
from contextlib import suppress

from django.db import models, transaction

from positions.models import ContractingOrganization, RecruitmentRound, Sport

Named = Sport | ContractingOrganization


def named_by(round_: RecruitmentRound) -> set[Named]:
    posts = round_.vacancies.select_related("sport", "organization")
    return {row for post in posts for row in (post.sport, post.organization) if row is not None}


def drop_unused(rows: Iterable[Named]) -> None:
    """Delete those that no round and no watch uses."""
    for row in rows:
        with suppress(models.ProtectedError), transaction.atomic():
            row.delete()
