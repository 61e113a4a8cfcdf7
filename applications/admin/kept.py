"""What the list was narrowed by, kept on the way through its files and back."""

from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.http import HttpRequest, QueryDict
from django.utils.http import urlencode

KEPT = "_changelist_filters"  # what the stock list adds to its links
LONGEST = 1000


def kept_words(request: HttpRequest) -> QueryDict:
    """Read the filters that an address of a file carries, as words of the list's own address."""
    return QueryDict(request.GET.get(KEPT, "")[:LONGEST], mutable=True)


def kept(request: HttpRequest) -> str:
    """Write what a link to another page of the file carries on: "?_changelist_filters=..."."""
    words = kept_words(request).urlencode()
    return "?" + urlencode({KEPT: words}) if words else ""


def filters_of(request: HttpRequest) -> str:
    """Write the filters of a list's own address to be stored.

    What was searched for may be a name, and is left out.
    """
    asked = request.GET.copy()
    for name in (SEARCH_VAR, PAGE_VAR):
        asked.pop(name, None)
    return asked.urlencode()
