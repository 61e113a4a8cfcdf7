"""Lists at the desk: what an address or a form may ask of them, and nothing else.

A list of the stock admin takes any path through the tables as a filter, so that whoever may see a
row could ask for columns that are kept from them, letter by letter.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import (
    ALL_VAR,
    ERROR_FLAG,
    ORDER_VAR,
    PAGE_VAR,
    SEARCH_VAR,
    ChangeList,
)
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict

Row = TypeVar("Row", bound=models.Model)
NUL = "\x00"  # PostgreSQL stores none, so no row can have it
LONGEST = 200  # of one word in an address; a longer one makes statements no database takes
BIGINT_DIGITS = 18
MOST_ROWS = 5_000  # a list counts no further and has no page beyond
PLAIN = frozenset({ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR})

if TYPE_CHECKING:

    class _ModelAdmin(admin.ModelAdmin[Row]): ...
else:

    class _ModelAdmin(admin.ModelAdmin):
        def __class_getitem__(cls, model):
            return cls


class ShortPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of the first rows; who looks for one behind them narrows the list.

    The count of the stock paginator goes through every row that is stored, for each page shown.
    """

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST_ROWS)

    @cached_property
    def _counted(self) -> int:
        rows: models.QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows.order_by().values("pk")[: MOST_ROWS + 1].count()

    @property
    def is_cut(self) -> bool:
        return self._counted > MOST_ROWS


class DeskList(_ModelAdmin[Row]):
    """The base of every list at the desk: own filters only, nonsense is not read."""

    paginator = ShortPaginator

    def own_words(self, request: HttpRequest) -> frozenset[str]:
        """Name what an address may say to this list."""
        filters: Iterable[Any] = self.get_list_filter(request)
        names = (f"{f}__exact" if isinstance(f, str) else f.parameter_name for f in filters)
        return PLAIN.union(names)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return request is not None and lookup in self.own_words(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if ERROR_FLAG in request.GET:  # the framework leads here from a filter it cannot read
            messages.warning(request, "The address names no filter of this list. It shows all.")
        return super().changelist_view(request, extra_context)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        request.GET = self._understood(request)  # type: ignore[assignment]
        return super().get_changelist_instance(request)

    def _understood(self, request: HttpRequest) -> QueryDict:
        """Return the words this list knows, the last of each, without what no row can hold."""
        known, asked = self.own_words(request), QueryDict(mutable=True)
        for name in request.GET:
            if name in known:
                asked[name] = (request.GET[name] or "").replace(NUL, "")[:LONGEST]
        return asked

    def response_action(
        self, request: HttpRequest, *more: Any, **named: Any
    ) -> HttpResponse | None:
        """Take as chosen what can be the key of a row; with nothing left, nothing was chosen."""
        sent = request.POST.copy()
        chosen = [key for key in sent.getlist(ACTION_CHECKBOX_NAME) if self._may_be_key(key)]
        sent.setlist(ACTION_CHECKBOX_NAME, chosen)
        request.POST = sent  # type: ignore[assignment]
        answer: HttpResponse | None = super().response_action(request, *more, **named)
        return answer

    def _may_be_key(self, text: str) -> bool:
        if not isinstance(self.opts.pk, models.IntegerField):
            return NUL not in text
        return text.isascii() and text.isdigit() and len(text) <= BIGINT_DIGITS

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Row | None:
        return None if NUL in object_id else super().get_object(request, object_id, from_field)
