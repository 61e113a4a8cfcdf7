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
    """State at the instant the request arrived; a cancelled round counts as past.

    What is archived shows only when asked for.
    """

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("draft", "Draft"),
            ("scheduled", "Scheduled"),
            ("open", "Open"),
            ("past", "Past"),
            ("archived", "Archived"),
        ]

    def choices(self, changelist: Any) -> Any:
        """Call the plain list what it is."""
        first, *others = super().choices(changelist)
        return [{**first, "display": "All but archived"}, *others]

    def queryset(self, request: Any, queryset: Any) -> Any:
        at = request.received_at
        later = Q(published_at__gt=at) | Q(published_at__lte=at, opens_at__gt=at)
        running = Q(cancelled_at=None) | Q(cancelled_at__gt=at)
        shelved = Q(archived_at=None) | Q(archived_at__gt=at)
        return {
            "draft": lambda: queryset.filter(published_at=None),
            "scheduled": lambda: queryset.filter(later, running),
            "open": lambda: queryset.accepting(at),
            "past": lambda: queryset.past(at),
            "archived": lambda: queryset.archived(at),
        }.get(self.value() or "", lambda: queryset.filter(shelved))()
