"""A first look at eligibility: what the rules of a round say about a few answers. Staff decide."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from applications.domain.form.drafts import locked_draft
from applications.domain.form.eligibility_rules import ASK, LIKELY, RULES, UNLIKELY
from applications.domain.form.rules import rules_of
from applications.models import EligibilityCheck, Outlook
from applications.sections.base import Asked, as_typed
from applications.sections.eligibility import BY_POSITION, VERSION, EligibilityForm
from applications.sections.rules import Rules, as_stored
from jetportal.accounts.models import User
from positions.models import PositionCode, RecruitmentRound, Vacancy

NOT_SURE = "You are not sure. Ask us before you rely on it."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says about one answer. `source` tells who states the rule."""

    rule: str
    title: str
    text: str
    source: str
    answer: str
    outlook: str
    words: str


@dataclass(frozen=True, slots=True)
class Result:
    position: str
    outlook: Outlook
    verdicts: tuple[Verdict, ...]


def asked_in(round_: RecruitmentRound, vacancies: Iterable[Vacancy]) -> Asked:
    return Asked(round_, tuple(vacancies), consulates=(), rules=rules_of(round_))


def judge(form: EligibilityForm) -> Result:
    """Say what the rules make of complete answers; `form` must be valid."""
    rules = form.asked.rules or rules_of(form.asked.round)
    position = PositionCode(form.cleaned_data["position"])
    verdicts = tuple(_verdicts(form, rules, position))
    found = {verdict.outlook for verdict in verdicts}
    outlook = next((each for each in (UNLIKELY, ASK) if each in found), LIKELY)
    return Result(position.value, outlook, verdicts)


def _verdicts(form: EligibilityForm, rules: Rules, position: PositionCode) -> Iterator[Verdict]:
    for rule in RULES:
        only = BY_POSITION.get(rule.question)
        if rule.question not in form.fields or (only and position not in only):
            continue
        given = form.cleaned_data[rule.question]
        outlook, words = rule.outcomes(rules, position).get(given, (ASK, NOT_SURE))
        yield Verdict(
            rule=rule.question,
            title=rule.title,
            text=rule.text_for(rules, position),
            source=rule.source_for(position),
            answer=dict(form.fields[rule.question].choices)[given],  # type: ignore[attr-defined]
            outlook=outlook.value,
            words=words,
        )


@transaction.atomic
def keep(
    key: UUID, sent: Mapping[str, Sequence[str]], *, by: User, at: datetime
) -> tuple[EligibilityForm, Result | None]:
    """Judge the answers, and keep them with the result beside the draft; a later look replaces it.

    Keeps nothing where an answer is missing: the form says which. Raises NotEditable once the
    application was sent.
    """
    application = locked_draft(key, by)
    vacancies = tuple(Vacancy.objects.filter(round=application.round))
    asked = asked_in(application.round, vacancies)
    form = EligibilityForm(as_typed(EligibilityForm(asked=asked), sent), asked=asked)
    if not form.is_valid():
        return form, None
    result = judge(form)
    EligibilityCheck(
        application=application,
        at=at,
        position=result.position,
        outlook=result.outlook,
        wording=VERSION,
        answers=form.typed,
        verdicts=[asdict(verdict) for verdict in result.verdicts],
        rules=as_stored(rules_of(application.round)),
    ).save()
    return form, result


def as_kept(check: EligibilityCheck) -> Result:
    """Read a result as it was given, in the words of that day."""
    verdicts = tuple(Verdict(**verdict) for verdict in check.verdicts)
    return Result(check.position, Outlook(check.outlook), verdicts)


def check_of(application: object) -> EligibilityCheck | None:
    """Return what is kept; no query where it was loaded with the application."""
    return getattr(application, "eligibility", None)
