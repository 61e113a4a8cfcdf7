"""What the desk shows first: each part of the portal brings what its staff wait for."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest

Home = Callable[[HttpRequest], Mapping[str, Any]]
_homes: list[Home] = []


def bring_home(home: Home) -> None:
    """Let a part of the portal add values for `admin/index.html`, for whoever asks for it."""
    if home not in _homes:
        _homes.append(home)


def collected(request: HttpRequest) -> dict[str, Any]:
    return {name: value for home in _homes for name, value in home(request).items()}
