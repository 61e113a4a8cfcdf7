"""The words of a mail about one application: as delivered, or as the office wrote them."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, prefetch_related_objects

from applications.domain.errors import Refused
from applications.domain.mailing import placeholders
from applications.domain.mailing.facts import values_of
from applications.domain.mailing.kinds import BECAUSE, TO_REFEREES, kind_of, offered, template_of
from applications.domain.mailing.placeholders import Words, problems
from applications.models import Application, RoundWording, WordingKind
from jetportal.accounts.models import User
from jetportal.mail.message import Message
from jetportal.mail.rendering import as_mapping, render
from positions.models import RecruitmentRound

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

logger = logging.getLogger(__name__)

LOADED = "own_words"
CHANGE = "applications.change_roundwording"
OVERTAKEN = "Somebody has changed these words since you opened the page. Look at them again."


class Overtaken(Refused):
    """The words are not any more those that stood on the page."""


def written(kind: str, application: Application, context: "DataclassInstance") -> Message:
    """Write a mail to an applicant in the own words of the round, or as delivered; one query."""
    return written_to(application.email, kind, application.round, context)


def written_to(
    to: str, kind: str, round_: RecruitmentRound, context: "DataclassInstance"
) -> Message:
    """Write a mail of a round in its own words, or as delivered where there are none; one query,
    or none after `with_own_words`."""
    whose = kind_of(kind, context)
    own = _own(round_, whose) if whose else None
    return written_with(as_words(own) if own else None, to, kind, round_, context)


def written_with(
    words: Words | None,
    to: str,
    kind: str,
    round_: RecruitmentRound,
    context: "DataclassInstance",
) -> Message:
    """Write a mail in these words, or as delivered where there are none.

    Own words that cannot be sent never stop a mail: the delivered ones go, and the log says so.
    """
    whose = kind_of(kind, context)
    if whose and words:
        try:
            return in_words(whose, words, context, to=to)
        except (LookupError, ValueError) as problem:
            reason = type(problem).__name__
            logger.error("own words unused round=%s kind=%s: %s", round_.slug, whose, reason)
    return render(kind, to=to, context=context)


def with_own_words(applications: Sequence[Application]) -> None:
    """Load the own words of their rounds, so that writing to several costs one query in all."""
    prefetch_related_objects(applications, Prefetch("round__wordings", to_attr=LOADED))


def _own(round_: RecruitmentRound, kind: WordingKind) -> RoundWording | None:
    loaded: list[RoundWording] | None = getattr(round_, LOADED, None)
    if loaded is not None:
        return next((own for own in loaded if own.kind == kind), None)
    own: RoundWording | None = RoundWording.objects.filter(round=round_, kind=kind).first()
    return own


def own_words(round_: RecruitmentRound, kind: WordingKind) -> Words | None:
    """Return what the office wrote for a kind; None where the words go as delivered."""
    own = _own(round_, kind)
    return as_words(own) if own else None


def in_words(kind: WordingKind, words: Words, context: "DataclassInstance", *, to: str) -> Message:
    """Write a mail in these words. Raises ValueError and KeyError where they cannot be sent."""
    if wrong := problems(words, offered(kind)):
        raise ValueError(f"own words with problems in {', '.join(wrong)}")
    values = values_of(kind, context)
    return placeholders.message(
        template_of(kind),
        words,
        values,
        to=to,
        demonstration=bool(as_mapping(context)["demonstration"]),
        named_by=values["applicant"] if kind in TO_REFEREES else "",
        because=BECAUSE.get(kind, placeholders.APPLIED),
    )


def as_words(wording: RoundWording) -> Words:
    return Words(wording.subject, wording.text)


def tidied(subject: str, text: str) -> Words:
    """Fold the subject into one line, and end lines as we keep them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Words(" ".join(subject.split()), "\n".join(line.rstrip() for line in lines).strip())


@transaction.atomic
def save(
    round_: RecruitmentRound,
    kind: WordingKind,
    words: Words,
    *,
    seen: datetime | None,
    by: User,
    at: datetime,
) -> RoundWording:
    """Keep own words for a kind; `seen` is when those on the page were changed, None for none.

    Raises Refused where somebody was quicker with other words, or these cannot be sent.
    """
    require_change(by)
    for field, wrong in problems(words, offered(kind)).items():
        raise Refused(wrong[0], field=field)
    try:
        return _kept(round_, kind, words, seen=seen, by=by, at=at)
    except Overtaken:
        rows = RoundWording.objects.filter(round=round_, kind=kind)
        same: RoundWording | None = rows.filter(subject=words.subject, text=words.text).first()
        if same is None:
            raise
        return same  # the first of two clicks has kept them


def _kept(
    round_: RecruitmentRound,
    kind: WordingKind,
    words: Words,
    *,
    seen: datetime | None,
    by: User,
    at: datetime,
) -> RoundWording:
    now = _locked(round_, kind, seen)
    values = {"subject": words.subject, "text": words.text, "changed_by": by, "changed_at": at}
    if now is not None:
        RoundWording.objects.filter(pk=now.pk).update(**values)
        return now
    try:
        with transaction.atomic():
            made: RoundWording = RoundWording.objects.create(round=round_, kind=kind, **values)
    except IntegrityError:
        raise Overtaken(OVERTAKEN) from None
    return made


@transaction.atomic
def take_back(
    round_: RecruitmentRound, kind: WordingKind, *, seen: datetime | None, by: User
) -> None:
    """Go back to the words as delivered; where they hold already, nothing happens."""
    require_change(by)
    if RoundWording.objects.filter(round=round_, kind=kind).exists():
        _locked(round_, kind, seen)
        RoundWording.objects.filter(round=round_, kind=kind).delete()
        logger.info("own words taken back round=%s kind=%s account=%s", round_.slug, kind, by.pk)


def require_change(by: User) -> None:
    if not by.has_perm(CHANGE):
        raise Refused("The program office writes the words of mail.")


def _locked(
    round_: RecruitmentRound, kind: WordingKind, seen: datetime | None
) -> RoundWording | None:
    """Return the row that waits for nobody else; raises Overtaken where it is not what was seen."""
    rows = RoundWording.objects.select_for_update().filter(round=round_, kind=kind)
    now: RoundWording | None = rows.first()
    if (now.changed_at if now else None) != seen:
        raise Overtaken(OVERTAKEN)
    return now


def copy_wordings(past: RecruitmentRound, new: RecruitmentRound) -> None:
    """Copy the own words of a past round to a new one; what that has already, it keeps."""
    rows = RoundWording.objects.filter(round=past)
    names = ("kind", "subject", "text", "changed_by_id", "changed_at")
    RoundWording.objects.bulk_create(
        [RoundWording(round=new, **{name: getattr(row, name) for name in names}) for row in rows],
        ignore_conflicts=True,
    )
