"""Warnings from one page to the next: who has seen one goes on with the next press."""

from collections.abc import Iterable

from applications.sections.warnings import Warned
from jetportal.requests import SignedInRequest


def shown_warnings(warned: Iterable[Warned]) -> str:
    """Name the warnings a page shows, for the page that comes after it."""
    return " ".join(sorted({f"{one.listed}{one.entry}{one.place}" for one in warned}))


def news(request: SignedInRequest, warned: Iterable[Warned]) -> bool:
    """Tell whether there is a warning that the page did not show yet."""
    return unseen(request, shown_warnings(warned).split())


def unseen(request: SignedInRequest, named: Iterable[str]) -> bool:
    """Tell whether one of the warnings named so was not on the page that was sent."""
    return not set(named) <= set(request.POST.get("warned", "").split())
