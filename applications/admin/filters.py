"""Filters with fixed choices: nothing here asks the applications which values they have."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters, ModelAdmin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from applications.admin.staff import arrival, staff
from applications.domain import access
from applications.models import (
    DECIDED_FROM,
    RESULTS,
    UNSENT,
    Application,
    CorrectionRequest,
    Decision,
    ReferenceRequest,
    RequestState,
    Status,
)
from positions.models import Consulate, PositionCode, RecruitmentRound

if TYPE_CHECKING:
    Rows = QuerySet[Application]
    Desk = ModelAdmin[Application]
else:
    Rows, Desk = QuerySet, ModelAdmin

Choices = list[tuple[str, str]]


class ColumnFilter(admin.SimpleListFilter):
    """Filter one column by equality; an unknown value leads back to the whole list."""

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


class CorrectionFilter(ColumnFilter):
    """Applications whose applicants wait for an answer to a request for correction."""

    title = "correction"
    parameter_name = "correction"

    def lookups(self, request: HttpRequest, model_admin: "Desk") -> Choices:
        return [("waiting", "Asked for, not decided")]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        if self.value() is None:
            return queryset
        if self.value() not in dict(self.lookup_choices):
            raise IncorrectLookupParameters
        waiting = CorrectionRequest.objects.waiting()
        return queryset.filter(pk__in=waiting.values("application"))


class LettersFilter(ColumnFilter):
    """Applications for which a letter of somebody who is asked now has not come."""

    title = "letters"
    parameter_name = "letters"

    def lookups(self, request: HttpRequest, model_admin: "Desk") -> Choices:
        return [("missing", "One is missing")]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        if self.value() is None:
            return queryset
        if self.value() not in dict(self.lookup_choices):
            raise IncorrectLookupParameters
        waiting = ReferenceRequest.objects.filter(
            referee__application=OuterRef("pk"), referee__replaced_at=None
        )
        return queryset.filter(Exists(waiting.exclude(state=RequestState.RECEIVED)))


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
    ResultFilter,
)
