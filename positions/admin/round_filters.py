"""Filters of the list of rounds: fixed choices, nothing is counted or looked up for them."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from positions.models import RecruitmentRound, RoundKind


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.value, kind.label) for kind in RoundKind]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[RecruitmentRound]
    ) -> QuerySet[RecruitmentRound]:
        kind = self.value()
        return queryset.filter(kind=kind) if kind in RoundKind.values else queryset


class StateFilter(admin.SimpleListFilter):
    """State at the instant the request arrived; a cancelled round counts as past."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("draft", "Draft"), ("upcoming", "Upcoming"), ("open", "Open"), ("past", "Past")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        at = request.received_at
        return {
            "draft": lambda: queryset.filter(Q(published_at=None) | Q(published_at__gt=at)),
            "upcoming": lambda: queryset.upcoming(at),
            "open": lambda: queryset.accepting(at),
            "past": lambda: queryset.past(at),
        }.get(self.value() or "", lambda: queryset)()
