"""Every address of the portal, with plausible values in its places."""

import re
from collections.abc import Iterator, Mapping

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
# Addresses that are written as patterns of characters, by their name.
WRITTEN_OUT = {"position": "positions/sea/", "app_list": "positions/", "": "no/such/page"}
Entry = URLPattern | URLResolver


def every_address(places: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield name and path of each pattern; the desk's pages without a name share an empty one."""
    yield from _walk(get_resolver().url_patterns, "", "/", places)


def _walk(
    entries: list[Entry], space: str, path: str, places: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry.url_patterns, inner, path + str(entry.pattern), places)
        else:
            yield f"{space}{entry.name or ''}", path + _filled(entry, places)


def _filled(entry: URLPattern, places: Mapping[str, object]) -> str:
    if isinstance(entry.pattern, RoutePattern):
        return PLACE.sub(lambda match: str(places[match[1]]), str(entry.pattern))
    return WRITTEN_OUT[entry.name or ""]
