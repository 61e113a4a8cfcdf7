"""Filters with fixed choices: nothing here asks the applications which values they have."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters, ModelAdmin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from applications.admin.staff import arrival, staff
from applications.domain import access
from applications.domain.review import desk_queues as queues
from applications.domain.review import score_sums
from applications.models import (
    DECIDED_FROM,
    RESULTS,
    UNSENT,
    Application,
    Decision,
    Status,
)
from applications.models.application import ApplicationQuerySet
from jetportal.accounts.models import User
from positions.models import Consulate, PositionCode, RecruitmentRound

if TYPE_CHECKING:
    Rows = QuerySet[Application]
    Desk = ModelAdmin[Application]
else:
    Rows, Desk = QuerySet, ModelAdmin

BY_SCORE = "score"  # the one order beside newest first
Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """By whom a list is looked at, and when."""

    user: User
    at: datetime


Narrow = Callable[[Any, Seen], ApplicationQuerySet]


class ColumnFilter(admin.SimpleListFilter):
    """Filter one column by equality; an unknown value leads back to the whole list."""

    template = "admin/applications/application/filter.html"

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        value = self.value()
        if value is None:
            return queryset
        if value not in dict(self.lookup_choices):
            raise IncorrectLookupParameters
        return queryset.filter(Q((self.parameter_name, value)))


class RoundFilter(ColumnFilter):
    title = "round"
    parameter_name = "round"
    rounds: Mapping[str, RecruitmentRound]

    def lookups(self, request: HttpRequest, model_admin: "Desk") -> Choices:
        published = RecruitmentRound.objects.published(arrival(request))
        self.rounds = {round_.slug: round_ for round_ in published}
        return [
            (slug, format_html("<bdi>{}</bdi>", round_.title))
            for slug, round_ in self.rounds.items()
        ]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        """In the order by score, name the round to the sums, too: their index begins with it."""
        rows = super().queryset(request, queryset)
        if self.value() and request.GET.get(OrderFilter.parameter_name) == BY_SCORE:
            return rows.filter(Q(("score_sum__round", self.value())))
        return rows

    @property
    def chosen(self) -> RecruitmentRound | None:
        return self.rounds.get(self.value() or "")


class PositionFilter(ColumnFilter):
    title = "position"
    parameter_name = "position"

    def lookups(self, request: HttpRequest, model_admin: "Desk") -> Choices:
        return [(code.value, f"{code.value}, {code.label}") for code in PositionCode]


class StatusFilter(ColumnFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: "Desk") -> Choices:
        return [(status.value, str(status.label)) for status in Status if status not in UNSENT]


class ConsulateFilter(ColumnFilter):
    """For those who see more than one consulate's applications; for others it is absent."""

    title = "interview location"
    parameter_name = "consulate"

    def lookups(self, request: HttpRequest, model_admin: "Desk") -> Choices:
        if not access.sees_every_consulate(staff(request)):
            return []
        return [(office.code, office.name) for office in Consulate.objects.all()]


class NarrowingFilter(ColumnFilter):
    """Narrow by a question of `ways`: the value in the address, its words, and the rule."""

    ways: Mapping[str, tuple[str, Narrow]] = {}

    def lookups(self, request: HttpRequest, model_admin: "Desk") -> Choices:
        self.asked = Seen(staff(request), arrival(request))
        return [(value, words) for value, (words, _rule) in self.ways.items()]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        value = self.value()
        if value is None:
            return queryset
        if value not in self.ways:
            raise IncorrectLookupParameters
        return self.ways[value][1](queryset, self.asked)


class CorrectionFilter(NarrowingFilter):
    """Applications whose applicants wait for an answer, or were asked for something."""

    title = "correction"
    parameter_name = "correction"
    ways = {
        "waiting": ("Asked for, not decided", lambda rows, _: queues.correction_waits(rows)),
        "open": ("A part is open now", lambda rows, seen: queues.part_open(rows, at=seen.at)),
    }


class LettersFilter(NarrowingFilter):
    """Applications for which a letter of somebody who is asked now has not come."""

    title = "letters"
    parameter_name = "letters"
    ways = {"missing": ("One is missing", lambda rows, _: queues.letters_missing(rows))}


class CheckFilter(NarrowingFilter):
    """What the desk found when it looked whether everything is there."""

    title = "completeness"
    parameter_name = "check"
    ways = {
        "trouble": ("Something missing or unclear", lambda rows, _: queues.in_trouble(rows)),
        "none": ("Nobody has looked", lambda rows, _: queues.unchecked(rows)),
    }


class DocumentsFilter(NarrowingFilter):
    title = "documents"
    parameter_name = "documents"
    ways = {
        "trouble": ("One missing or unclear", lambda rows, _: queues.documents_in_trouble(rows)),
        "refused": (
            "One refused by the scanner",
            lambda rows, seen: queues.document_refused(rows, to=seen.user),
        ),
    }


class AssignedFilter(NarrowingFilter):
    title = "assigned to"
    parameter_name = "assigned"
    ways = {
        "me": ("Me", lambda rows, seen: queues.assigned(rows, to=seen.user)),
        "somebody": ("Somebody", lambda rows, _: queues.assigned(rows)),
        "nobody": ("Nobody", lambda rows, _: queues.assigned_to_nobody(rows)),
    }


class ScoreFilter(NarrowingFilter):
    """By scores of others; whoever has the list may see them, reviewers once theirs is in."""

    title = "score"
    parameter_name = "score"
    ways = {
        "given": ("Scored", lambda rows, seen: score_sums.scored(rows, to=seen.user)),
        "none": ("Not scored", lambda rows, seen: score_sums.not_scored(rows, to=seen.user)),
        "apart": ("Scores far apart", lambda rows, seen: score_sums.apart(rows, to=seen.user)),
    }


class OrderFilter(NarrowingFilter):
    """Not which rows, but which first; by score only those that are scored."""

    title = "order"
    parameter_name = "order"
    ways = {BY_SCORE: ("Highest score first", lambda rows, s: score_sums.scored(rows, to=s.user))}

    def choices(self, changelist: Any) -> Iterator[Any]:
        newest, *others = super().choices(changelist)
        yield {**newest, "display": "Newest first"}
        yield from others


class FlagFilter(NarrowingFilter):
    title = "flags"
    parameter_name = "flag"
    ways = {
        "late-grant": ("By a late grant", lambda rows, _: queues.by_late_grant(rows)),
        "changed": ("Changed after sending", lambda rows, _: queues.changed(rows)),
    }


class ResultFilter(ColumnFilter):
    """What is recorded and not released; for those who release alone, for others it is absent."""

    title = "recorded result"
    parameter_name = "result"
    at: datetime

    def lookups(self, request: HttpRequest, model_admin: "Desk") -> Choices:
        self.at = arrival(request)
        if not access.may_release(staff(request)):
            return []
        outcomes = [(status.value, str(status.label)) for status in RESULTS]
        return [("waiting", "Waits for a result, none recorded"), *outcomes]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        value = self.value()
        if value is None:
            return queryset
        if value not in dict(self.lookup_choices):
            raise IncorrectLookupParameters
        recorded = Decision.objects.withheld(self.at).filter(application=OuterRef("pk"))
        if value == "waiting":
            return queryset.filter(~Exists(recorded), status__in=DECIDED_FROM.values())
        return queryset.filter(Exists(recorded.filter(outcome=value)))


FILTERS: tuple[Any, ...] = (
    RoundFilter,
    StatusFilter,
    PositionFilter,
    ConsulateFilter,
    CorrectionFilter,
    LettersFilter,
    CheckFilter,
    DocumentsFilter,
    AssignedFilter,
    FlagFilter,
    ScoreFilter,
    ResultFilter,
    OrderFilter,
)
