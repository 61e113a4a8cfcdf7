"""What the list was narrowed by, kept on the way through its files and back.

The list's links carry it to a file. From there on every page of a file is opened through `keeping`,
so that no page has to think of it.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import urlencode

KEPT = "_changelist_filters"  # what the stock list adds to its links
LONGEST = 1000
LISTS, MOST_LISTS = "lists_begun_from", 10
LIST = "admin:applications_application_changelist"

View = Callable[..., HttpResponseBase]


def kept_words(request: HttpRequest) -> QueryDict:
    """Read the filters that an address of a file carries, as words of the list's own address."""
    return QueryDict(request.GET.get(KEPT, "")[:LONGEST], mutable=True)


def filters_of(request: HttpRequest) -> str:
    """Write the filters of a list's own address to be stored.

    What was searched for may be a name, and is left out.
    """
    asked = request.GET.copy()
    for name in (SEARCH_VAR, PAGE_VAR):
        asked.pop(name, None)
    return asked.urlencode()


def remember_list(request: HttpRequest, key: UUID) -> None:
    """Keep the address of a list that was searched, for the way back from what was begun there.

    In the session of whoever was there: what was searched for may be a name, and is stored nowhere
    else. Without a search the stored filters say it all.
    """
    if not request.GET.get(SEARCH_VAR):
        return
    kept = {name: words for name, words in _lists(request).items() if name != str(key)}
    newest = [*kept.items()][-MOST_LISTS + 1 :]
    words = request.GET.copy()
    words.pop(PAGE_VAR, None)
    request.session[LISTS] = dict([*newest, (str(key), words.urlencode()[:LONGEST])])


def list_address(request: HttpRequest, key: UUID, *, filters: str) -> str:
    """Return the address of the list that something was begun from; `filters` were stored of it."""
    words = _lists(request).get(str(key), filters)
    return f"{reverse(LIST)}?{words}" if words else reverse(LIST)


def _lists(request: HttpRequest) -> dict[str, str]:
    kept: dict[str, str] = request.session.get(LISTS, {})
    return kept


def keeping(view: View) -> View:
    """Let a page about one file hand on what its address carries: in its links and redirects."""

    @wraps(view)
    def kept(request: HttpRequest, *words: Any, **named: Any) -> HttpResponseBase:
        response = view(request, *words, **named)
        carried = kept_words(request).urlencode()
        if carried:
            _hand_on(response, carried)
        return response

    return kept


def _hand_on(response: HttpResponseBase, carried: str) -> None:
    def rewrite(page: Any) -> None:
        page.content = with_kept(page.content.decode(), carried)

    if isinstance(response, TemplateResponse):
        response.add_post_render_callback(rewrite)
    elif response.has_header("Location"):
        response["Location"] = carrying(response["Location"], carried)


def carrying(address: str, carried: str) -> str:
    """Add the filters to the address of a file, or to that of the list itself; to no other."""
    list_ = reverse(LIST)
    if address == list_:
        return f"{address}?{carried}"
    if KEPT in address or not re.match(rf"{re.escape(list_)}\d+/", address):
        return address
    bare, hash_, anchor = address.partition("#")
    joined = "&" if "?" in bare else "?"
    return f"{bare}{joined}{urlencode({KEPT: carried})}{hash_}{anchor}"


def with_kept(page: str, carried: str) -> str:
    """Add the filters to each link and each form of a page that leads to a file or to the list."""
    wanted = re.compile(rf'(?<=\s)(href|action)="({re.escape(reverse(LIST))}[^"]*)"')

    def link(found: re.Match[str]) -> str:
        address = found[2].replace("&amp;", "&")
        return f'{found[1]}="{escape(carrying(address, carried))}"'

    return wanted.sub(link, page)
