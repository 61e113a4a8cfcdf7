"""What a view says about a page that may be kept: which addresses it knows, how long it is right.

    @kept_page(state=("open", "past"), zone=ZONES)
    def rounds(request: HttpRequest) -> HttpResponse:
        ...
        return public_page(request, "positions/rounds.html", context, Window.around(changes, at))

Such a page is the same for everybody without a session: no token, no name, no message.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, wraps
from types import MappingProxyType
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

from jetportal.pagecache.windows import ALWAYS, Window

UNKNOWN = "?"  # stands in keys for every value a page does not know
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class ValuesFromRows:
    """Values of a query parameter that rows decide, read once in each generation."""

    everywhere: ClassVar[list["ValuesFromRows"]] = []

    def __init__(self, load: Callable[[], Iterable[str]]) -> None:
        self._load = load
        self.forget()
        self.everywhere.append(self)

    def forget(self) -> None:
        self._read: tuple[int, frozenset[str]] | None = None

    def during(self, generation: int) -> frozenset[str]:
        read = self._read
        if read is None or read[0] != generation:
            read = self._read = (generation, frozenset(self._load()))
        return read[1]


View = Callable[..., HttpResponse]
Values = frozenset[str] | ValuesFromRows
Parameters = tuple[tuple[str, Values], ...]


class PublicPage(HttpResponse):
    """An answer that may be kept for others while its window holds, with headers of its own."""

    def __init__(
        self,
        content: str | bytes,
        *,
        window: Window,
        content_type: str | None = None,
        kept_headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:
        super().__init__(content, content_type=content_type)
        self.window = window
        self.kept_headers = kept_headers
        for name, value in kept_headers.items():
            self.headers[name] = value


def public_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], window: Window = ALWAYS
) -> PublicPage:
    """Render a page that may be kept until `window` ends."""
    return PublicPage(render_to_string(template, dict(context), request), window=window)


def kept_page(**known: Iterable[str] | ValuesFromRows) -> Callable[[View], View]:
    """Mark a view whose pages may be kept, with the query parameters and values it tells apart.

    Other parameters do not change the page; all unknown values of one parameter share one page, so
    the page must not repeat them.
    """
    parameters: Parameters = tuple(
        (name, values if isinstance(values, ValuesFromRows) else frozenset(values))
        for name, values in known.items()
    )

    def mark(view: View) -> View:
        @wraps(view)
        def kept(*args: Any, **kwargs: Any) -> HttpResponse:
            return view(*args, **kwargs)

        kept.page_parameters = parameters  # type: ignore[attr-defined]  # a function has no fields
        return kept

    return mark


@lru_cache(maxsize=1024)
def parameters_of(path: str) -> Parameters | None:
    """Return the parameters of the kept page at `path`, None where no page may be kept."""
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    parameters: Parameters | None = getattr(view, "page_parameters", None)
    return parameters


def key_of(
    request: HttpRequest, parameters: Parameters, language: str, generation: int
) -> tuple[str, ...]:
    """Return what tells one page from another: path, language, and values it knows."""
    if not parameters or not request.META.get("QUERY_STRING"):
        return (request.path_info, language, *[""] * len(parameters))
    given = [(request.GET.get(name, ""), values) for name, values in parameters]
    known = [_told_apart(value, values, generation) for value, values in given]
    return (request.path_info, language, *known)


def _told_apart(value: str, values: Values, generation: int) -> str:
    """Return the part of a key that stands for `value`.

    A value unknown to the rows is unknown in one generation only: the page made for it may already
    have read the rows of the next one, under which no key leads to it any more.
    """
    if isinstance(values, frozenset):
        return value if not value or value in values else UNKNOWN
    known = not value or value in values.during(generation)
    return value if known else f"{UNKNOWN}{generation}"
