"""From a watch to the words of a mail. Templates: `templates/emails/watch_*/`.

Every mail says how to stop, in its text and in the headers that mail programs read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from jetportal.mail.message import Message
from jetportal.mail.rendering import render
from positions.deadlines import deadline_in_words, in_words
from positions.domain.watch_links import Purpose, link, one_click
from positions.listing import posts_in_words
from positions.models import ChangeKind, RecruitmentRound, RoundChange, Watch

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

OWN_LINK = "(a link of their own stands here)"
COASTS = (ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles"))


@dataclass(frozen=True, slots=True)
class Confirmation:
    """`until` is empty while the watch is not confirmed; once it is, there is nothing to do."""

    about: str
    until: str
    confirm: str
    stop: str


def confirm(watch: Watch) -> Message:
    """Ask for the one click that starts the watch, or say that it runs already."""
    context = Confirmation(
        about=watch.about,
        until=_day(watch.expires_at) if watch.expires_at else "",
        confirm=link(watch, Purpose.CONFIRM),
        stop=link(watch, Purpose.STOP),
    )
    return _mail("watch_confirm", watch, context)


@dataclass(frozen=True, slots=True)
class Renewal:
    about: str
    until: str
    renew: str
    stop: str


def renewal(watch: Watch) -> Message:
    """Ask whether a watch that is about to end shall go on."""
    context = Renewal(
        about=watch.about,
        until=_day(watch.expires_at) if watch.expires_at else "",
        renew=link(watch, Purpose.RENEW),
        stop=link(watch, Purpose.STOP),
    )
    return _mail("watch_renew", watch, context)


@dataclass(frozen=True, slots=True)
class Opened:
    """What is the same for all who are told of a round, written once for a whole batch.

    `opens` is empty where the round takes applications already.
    """

    title: str
    posts: str
    sport_unknown: bool
    opens: str
    deadline: str
    elsewhere: tuple[str, ...]
    address: str
    demonstration: bool


def opened_facts(round_: RecruitmentRound, *, at: datetime) -> Opened:
    """Gather what a round says of itself at `at`; it comes from `with_vacancies()`."""
    opens = round_.opens_at if round_.opens_at and round_.opens_at > at else None
    return Opened(
        title=round_.title,
        posts=posts_in_words(round_),
        sport_unknown=any(
            vacancy.sport_id is None and vacancy.position_id == "SEA"
            for vacancy in round_.vacancies.all()
        ),
        opens=in_words(opens, round_.zoneinfo) if opens else "",
        deadline=round_.deadline,
        elsewhere=_elsewhere(round_.closes_at),
        address=_address_of(round_),
        demonstration=round_.is_demonstration,
    )


def opened(watch: Watch, facts: Opened) -> Message:
    return _told("watch_opened", watch, facts, stop=link(watch, Purpose.STOP))


def opened_sample(watch: Watch, facts: Opened) -> Message:
    """Write the mail as staff may read it: the link that would stop it is left out."""
    return _told("watch_opened", watch, facts, stop=OWN_LINK)


@dataclass(frozen=True, slots=True)
class Changed:
    title: str
    cancelled: bool
    reason: str
    old_deadline: str
    new_deadline: str
    elsewhere: tuple[str, ...]
    address: str
    demonstration: bool


def changed_facts(change: RoundChange, round_: RecruitmentRound) -> Changed:
    end = change.new_closes_at
    return Changed(
        title=round_.title,
        cancelled=change.kind == ChangeKind.CANCELLED,
        reason=change.reason,
        old_deadline=deadline_in_words(change.old_closes_at, round_.zoneinfo),
        new_deadline=deadline_in_words(end, round_.zoneinfo) if end else "",
        elsewhere=_elsewhere(end) if end else (),
        address=_address_of(round_),
        demonstration=round_.is_demonstration,
    )


def changed(watch: Watch, facts: Changed) -> Message:
    return _told("watch_changed", watch, facts, stop=link(watch, Purpose.STOP))


def masked(email: str) -> str:
    """Show so much of an address that its owner would know it: "m…@e…org"."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain[:1]}…{domain.rpartition('.')[2]}"


def _told(kind: str, watch: Watch, facts: Opened | Changed, *, stop: str) -> Message:
    own = {"about": watch.about, "stop": stop, "facts": facts}
    return _mail(kind, watch, {**own, "until": _day(watch.expires_at) if watch.expires_at else ""})


def _mail(kind: str, watch: Watch, context: "Mapping[str, object] | DataclassInstance") -> Message:
    message = render(kind, to=watch.email, context=context)
    return replace(message, headers=one_click(link(watch, Purpose.STOP)))


def _elsewhere(closes_at: datetime) -> tuple[str, ...]:
    """The last minute on the clocks of both coasts, each with its own weekday."""
    return tuple(deadline_in_words(closes_at, zone) for zone in COASTS)


def _day(instant: datetime) -> str:
    return in_words(instant).rpartition(", ")[0]


def _address_of(round_: RecruitmentRound) -> str:
    return f"{settings.SITE_URL}{reverse('positions:round', args=[round_.slug])}"
