"""The list page by page at a cost that does not grow: from a row on, never by number or count."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest

from applications.admin.filters import BY_SCORE, FILTERS, OrderFilter, RoundFilter
from applications.admin.list_rows import loaded
from applications.admin.staff import arrival, staff
from applications.models import Application
from positions.clocks import clocks_for
from positions.clockwords import Chip
from positions.deadlines import zone_named
from positions.models import RecruitmentRound

if TYPE_CHECKING:
    Rows = QuerySet[Application]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CURSOR = re.compile(r"(older|newer)-(\d{1,17})-(\d{1,18})")
SCORE_CURSOR = re.compile(r"(older|newer)-score-(\d{1,3})-(\d{1,18})")
NEWEST_FIRST = ("-submitted_at", "-pk")
HIGHEST_FIRST = ("-score_sum__mean", "-score_sum__application_id")
KNOWN = frozenset(filter_.parameter_name for filter_ in FILTERS)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place between two rows at which a page begins, and the way it goes from there."""

    older: bool
    submitted_at: datetime
    pk: int

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """Read what `write` wrote; nonsense is the first page."""
        match = CURSOR.fullmatch(text)
        if match is None:
            return None
        way, micros, pk = match.groups()
        try:
            instant = EPOCH + timedelta(microseconds=int(micros))
        except OverflowError:
            return None
        return cls(way == "older", instant, int(pk))

    @staticmethod
    def write(way: str, application: Application) -> str:
        if application.submitted_at is None:
            raise ValueError("only what was sent is in the list")
        micros = (application.submitted_at - EPOCH) // timedelta(microseconds=1)
        return f"{way}-{micros}-{application.pk}"

    def beyond(self, rows: "Rows") -> "Rows":
        """Take the rows after this place, nearest first."""
        at, pk = self.submitted_at, self.pk
        if self.older:
            return rows.filter(submitted_at__lte=at).filter(Q(submitted_at__lt=at) | Q(pk__lt=pk))
        later = rows.filter(submitted_at__gte=at).filter(Q(submitted_at__gt=at) | Q(pk__gt=pk))
        return later.order_by("submitted_at", "pk")


@dataclass(frozen=True, slots=True)
class Cell:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One line about the deadline, as `includes/_deadline_strip.html` takes it."""

    cells: tuple[Cell, ...]
    closed: bool
    chip: Chip


@dataclass(frozen=True, slots=True)
class ScoreCursor:
    """The same in a list sorted by score, the highest first; `older` goes down."""

    older: bool
    mean: int
    pk: int

    @classmethod
    def read(cls, text: str) -> "ScoreCursor | None":
        match = SCORE_CURSOR.fullmatch(text)
        return cls(match[1] == "older", int(match[2]), int(match[3])) if match else None

    @staticmethod
    def write(way: str, application: Application) -> str:
        return f"{way}-score-{application.score_sum.mean}-{application.pk}"

    def beyond(self, rows: "Rows") -> "Rows":
        """Take the rows after this place, nearest first."""
        mean, pk = self.mean, self.pk
        if self.older:
            lower = rows.filter(score_sum__mean__lte=mean)
            return lower.filter(Q(score_sum__mean__lt=mean) | Q(score_sum__application_id__lt=pk))
        higher = rows.filter(score_sum__mean__gte=mean)
        higher = higher.filter(Q(score_sum__mean__gt=mean) | Q(score_sum__application_id__gt=pk))
        return higher.order_by(*(name.removeprefix("-") for name in HIGHEST_FIRST))


def is_by_score(words: Mapping[str, str]) -> bool:
    """Tell whether an address of the list asks for the order by score."""
    return words.get(OrderFilter.parameter_name) == BY_SCORE


class ApplicationList(ChangeList):
    """The stock list without its counts: a page is one row longer than shown, to know of more."""

    newer_url = older_url = ""

    def __init__(self, request: HttpRequest, *args: object, **options: object) -> None:
        self.by_score = is_by_score(request.GET)
        self.cursors = ScoreCursor if self.by_score else Cursor
        self.cursor = self.cursors.read(request.GET.get(PAGE_VAR, ""))
        super().__init__(request, *args, **options)  # type: ignore[arg-type]
        self.title = "Applications"
        chosen = self.chosen_round
        self.strip = deadline_strip(chosen, request) if chosen else None

    def get_filters_params(self, params: object = None) -> dict[str, list[str]]:
        """Take our own filters; any other word of the query string is left unread."""
        return {name: value for name, value in self.filter_params.items() if name in KNOWN}

    def get_ordering(self, request: HttpRequest, queryset: "Rows") -> list[str | Combinable]:
        return list(HIGHEST_FIRST if self.by_score else NEWEST_FIRST)

    def get_results(self, request: HttpRequest) -> None:
        size: int = self.list_per_page
        cursor = self.cursor
        rows = cursor.beyond(self.queryset) if cursor else self.queryset
        keys = list(rows.values_list("pk", flat=True)[: size + 1])
        more = len(keys) > size
        page = loaded(self.root_queryset, keys[:size], to=staff(request), at=arrival(request))
        if cursor and not cursor.older:
            page.reverse()
        downward = cursor is None or cursor.older
        self.newer_url = self._link("newer", page[:1], there=bool(cursor) if downward else more)
        self.older_url = self._link("older", page[-1:], there=more if downward else True)
        self.result_list = page
        self.result_count = self.full_result_count = len(page)  # equal: the page tells no number
        self.show_full_result_count = False
        self.show_admin_actions = bool(page)
        self.can_show_all = self.multi_page = False
        self.paginator = None

    def _link(self, way: str, edge: list[Application], *, there: bool) -> str:
        if not there:
            return ""
        if not edge:  # the page is empty: back to the first one
            return self.get_query_string({}) if way == "newer" else ""
        return self.get_query_string({PAGE_VAR: self.cursors.write(way, edge[0])})

    @property
    def chosen_round(self) -> RecruitmentRound | None:
        specs = (spec for spec in self.filter_specs if isinstance(spec, RoundFilter))
        return next((spec.chosen for spec in specs), None)


class ApplicationRows(ApplicationList):
    """The same, for whoever goes on with `queryset` and shows no page of it: none is read."""

    def get_results(self, request: HttpRequest) -> None:
        self.result_list: list[Application] = []
        self.result_count = self.full_result_count = 0
        self.can_show_all = self.multi_page = False


def deadline_strip(round_: RecruitmentRound, request: HttpRequest) -> Strip:
    """Show a round's deadline in its own zone and in that of the reader's consulate."""
    office = getattr(staff(request), "office", None)
    zone = zone_named(office.consulate.zone if office else "America/New_York")
    clocks = clocks_for(round_, at=arrival(request), zone=zone, with_left=True)
    cells = [Cell(clocks.deciding.label, clocks.deciding.short)]
    if clocks.reader and zone != round_.zoneinfo:
        cells.append(Cell(f"The same moment in {clocks.reader.city}", clocks.reader.short))
    if clocks.left:
        words = f"{clocks.left.large} {clocks.left.small}".strip()
        cells.append(Cell(clocks.left.label, words))
    return Strip(tuple(cells), clocks.state in {"closed", "cancelled"}, clocks.chip)
