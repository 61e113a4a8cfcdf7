"""A new application from an earlier one of the same person: what is copied, and what is anew."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from applications.domain.errors import NotEditable
from applications.domain.form import completeness, drafts, freezing
from applications.domain.form.completeness import Loaded
from applications.models import UNSENT, Application, SectionAnswers
from applications.sections.base import Answers, Asked, Section, SectionForm, as_typed
from applications.sections.entries import Entries, Entry, kept, thawed
from applications.sections.registry import sections_for
from applications.sections.wordings import Agreement
from jetportal.accounts.models import User
from positions.models import PositionCode, RecruitmentRound, Vacancy

Part = tuple[Answers, Entries]
ANEW = frozenset({"declarations"})  # whole sections that are asked anew, beside sensitive ones
MOST_SHOWN = 10  # earlier applications to choose from


def earlier_ones(round_: RecruitmentRound, *, of: User) -> list[Application]:
    """List the person's applications to other rounds, the latest first."""
    mine = Application.objects.of(of).exclude(round=round_).with_round()
    return list(mine.order_by("-created_at", "-pk")[:MOST_SHOWN])


@transaction.atomic
def start_from(source: UUID, *, round_slug: str, by: User, at: datetime) -> Application:
    """Start a draft with the answers of an earlier application that the round asks as well.

    Documents, declarations, agreements and sensitive answers are not copied. Each copied section
    counts as incomplete until it is saved once. A draft that holds anything already is returned as
    it is, so that a second click changes nothing. Raises Application.DoesNotExist for what is not
    the person's own or is of the same round, NotAccepting, RecruitmentRound.DoesNotExist.
    """
    others = Application.objects.of(by).exclude(round__slug=round_slug)
    earlier = others.with_round().get(key=source)
    started = drafts.start(round_slug, by=by, at=at)
    try:
        draft = drafts.locked_draft(started.key, by)
    except NotEditable:
        return started  # it was sent meanwhile
    if not draft.sections.exists():
        _copy(_parts(earlier), draft, at=at)
    return draft


def _parts(earlier: Application) -> dict[str, Part]:
    """Read what was sent as it was frozen; what was not sent, as it is stored. Nothing sealed."""
    frozen = None if earlier.status in UNSENT else freezing.current(earlier)
    if frozen is not None and freezing.is_intact(frozen):
        return dict(thawed(json.loads(frozen.canonical)["sections"]))
    rows = earlier.sections.filter(sealed="")
    return {row.section: (row.answers, row.entries) for row in rows}


def _copy(parts: Mapping[str, Part], draft: Application, *, at: datetime) -> None:
    loaded = completeness.load(draft)
    rows = [
        SectionAnswers(
            application=draft,
            section=section.key,
            answers=answers,
            entries=entries,
            saved_at=at,
            is_copied=True,
        )
        for section in sections_for(draft.round)
        if section.key in parts and section.key not in ANEW and not section.sensitive
        for answers, entries in [_fitting(section, parts[section.key], loaded.asked)]
        if answers or entries
    ]
    SectionAnswers.objects.bulk_create(rows)
    _repeat_columns(draft, Loaded(draft, loaded.asked, {row.section: row for row in rows}, {}))


def _repeat_columns(draft: Application, loaded: Loaded) -> None:
    for section in sections_for(draft.round):
        if section.key in loaded.answers:
            drafts.write_columns(draft, section, loaded)


def _fitting(section: Section, part: Part, asked: Asked) -> Part:
    """Take the inputs that the round asks for; what is asked anew is left out."""
    answers, entries = part
    form = section.bind(answers, asked)
    fitting = as_typed(form, _own_answers(form, answers))
    if "vacancy" in fitting:
        fitting = {**fitting, "vacancy": _same_position(fitting["vacancy"], asked.vacancies)}
    listed = {
        declared.key: [
            Entry(
                id=entry["id"],
                answers=as_typed(
                    declared.bind(entry["answers"], asked, section=section.key), entry["answers"]
                ),
                version=1,
            )
            for entry in kept(entries.get(declared.key, ()))
        ]
        for declared in section.lists
    }
    return (
        {name: values for name, values in fitting.items() if any(values)},
        {key: each for key, each in listed.items() if each},
    )


def _own_answers(form: SectionForm, answers: Answers) -> Answers:
    agreed = {name for name, field in form.fields.items() if isinstance(field, Agreement)}
    return {
        name: values
        for name, values in answers.items()
        if name not in agreed and name not in form.anew
    }


def _same_position(values: Sequence[str], vacancies: Sequence[Vacancy]) -> list[str]:
    """Choose ALT or CIR again; an SEA post is another one in every round."""
    code = (*values[0].split("/"), "", "")[1].upper() if values else ""
    return [
        vacancy.key
        for vacancy in vacancies
        if vacancy.position_id == code and code != PositionCode.SEA
    ]
