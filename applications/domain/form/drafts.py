"""Drafts: starting one, saving what is typed, discarding it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from applications.domain.errors import (
    NotAccepting,
    NotEditable,
    Overtaken,
    UnknownSection,
    Unreadable,
)
from applications.domain.form import completeness
from applications.domain.referees import request_ends
from applications.models import UNSENT, Application, LateGrant, SectionAnswers, Status
from applications.sections.base import Section, as_typed
from applications.sections.entries import Shift, shifted
from applications.sections.registry import section_named
from jetportal.accounts.models import User
from positions.models import RecruitmentRound


@transaction.atomic
def start(round_slug: str, *, by: User, at: datetime) -> Application:
    """Return the person's application to the round, a new draft where there is none.

    Doing it twice, or in parallel, gives the same application. Raises NotAccepting where the round
    takes none at `at`; RecruitmentRound.DoesNotExist for an unknown or unpublished one.
    """
    round_ = RecruitmentRound.objects.published(at).get(slug=round_slug)
    mine = Application.objects.filter(applicant=by, round=round_).first()
    if mine is not None:
        return mine
    if not may_start(round_, by=by, at=at):
        raise NotAccepting("This round takes no applications now.")
    application, _created = Application.objects.get_or_create(
        applicant=by,
        round=round_,
        defaults={"created_at": at, "status_at": at, "status": Status.DRAFT, "email": by.email},
    )
    return application


def may_start(round_: RecruitmentRound, *, by: User, at: datetime) -> bool:
    """Tell whether the person may begin: the round accepts, or accepts them by a late grant."""
    return round_.accepts(at) or round_.accepts(at, until=late_end(round_, of=by, at=at))


def late_end(round_: RecruitmentRound, *, of: User, at: datetime) -> datetime | None:
    """Return the latest end granted to the person in this round by `at`, for who has no draft."""
    grants = LateGrant.objects.counting(at).filter(applicant=of, round=round_)
    latest: LateGrant | None = grants.order_by("-until_at").first()
    return latest.until_at if latest else None


def locked_draft(key: UUID, by: User) -> Application:
    """Lock and read the person's application, whose answers may change. Raises NotEditable."""
    rows = Application.objects.of(by).select_for_update(of=("self",)).for_filling()
    application: Application = rows.get(key=key)
    if application.status not in UNSENT:
        raise NotEditable
    return application


@transaction.atomic
def save_section(
    key: UUID,
    section_key: str,
    sent: Mapping[str, Sequence[str]],
    *,
    by: User,
    at: datetime,
    seen: int | None = None,
    shift: tuple[str, str, Shift] | None = None,
) -> completeness.Judgement:
    """Keep one section as typed, right or wrong, and write the columns that repeat it.

    `sent` maps the name of each input to its values; `seen` is the version of the answers the page
    was made from (0: none were saved), None where there was no page. `shift` names a list, one of
    its entries and how it moves in the same act. Saving is never late; only sending has a deadline.
    Raises NotEditable, UnknownSection where the round does not ask for it, Overtaken where another
    page has saved something else since, and Unreadable where no key opens what was saved before.
    """
    application = locked_draft(key, by)
    section = section_named(application.round, section_key)
    if section is None:
        raise UnknownSection
    loaded = completeness.load(application)
    typed = as_typed(loaded.form(section), sent)
    row = loaded.answers.get(section.key)
    if row is None:
        row = SectionAnswers(application=application, section=section.key, version=0)
    if loaded.is_unreadable(section):
        raise Unreadable(loaded, section, typed)
    if seen is not None and seen != row.version and typed != loaded.typed(section):
        raise Overtaken(loaded, section, typed)
    entries = dict(loaded.entries(section))
    if shift is not None and shift[0] in entries:
        listed, entry_id, how = shift
        entries[listed] = shifted(entries[listed], entry_id, how)
    row.keep(typed, entries)
    row.saved_at, row.version, row.is_copied = at, row.version + 1, False
    row.save()
    loaded = replace(loaded, answers={**loaded.answers, section.key: row})
    write_columns(application, section, loaded)
    return completeness.judge_section(loaded, section)


def write_columns(application: Application, section: Section, loaded: completeness.Loaded) -> None:
    if section.columns is None:
        return
    form = loaded.reading(section).form
    form.is_valid()
    columns: dict[str, Any] = section.columns(form.cleaned_data)
    for name, value in columns.items():
        setattr(application, name, value)
    application.save(update_fields=[name.removesuffix("_id") for name in columns])


@transaction.atomic
def discard(key: UUID, *, by: User, at: datetime) -> None:
    """Delete a draft with everything in it, and tell its referees. Raises NotEditable once sent."""
    application = locked_draft(key, by)
    request_ends.discard(application, at=at)
    for document in application.documents.all():
        transaction.on_commit(partial(document.file.delete, save=False), robust=True)
    application.delete()
