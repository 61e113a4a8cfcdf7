"""The dates and numbers of eligibility in one round: what staff set, over what is declared."""

from django.db import transaction

from applications.models import FormSettings
from applications.sections.rules import Rules, as_rules, as_stored
from jetportal.pagecache import generations
from positions.models import RecruitmentRound


def rules_of(round_: RecruitmentRound) -> Rules:
    """Return what holds in the round; no query where its settings are loaded with it."""
    settings: FormSettings | None = getattr(round_, "form_settings", None)
    return as_rules(round_, settings.rules if settings else {})


@transaction.atomic
def set_rules(round_: RecruitmentRound, rules: Rules) -> None:
    """Keep the rules of a round, and end the pages that show them."""
    FormSettings.objects.update_or_create(round=round_, defaults={"rules": as_stored(rules)})
    generations.bump()
