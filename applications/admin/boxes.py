"""Boxes on the page of one application that other pages of the desk bring along.

A module of the desk registers its box when it is imported; the page asks each in its order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from applications.models import Application
from jetportal.accounts.models import User

MaySee = Callable[[User, Application], bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a box may know: whose file, who looks, and when."""

    application: Application
    user: User
    at: datetime


@dataclass(frozen=True, slots=True)
class Box:
    """One box: `template` is rendered with what `context` returns, alone, as `box`.

    `name` makes its anchor (`file-<name>`). Whoever may not see it causes no call of `context`.
    A `context` of None leaves the box out; it costs a fixed number of queries otherwise. Boxes
    stand beside the answers, or, where they are `wide`, below them.
    """

    name: str
    title: str
    template: str
    context: Callable[[Asked], Mapping[str, Any] | None]
    may_see: MaySee
    order: int = 50
    wide: bool = False


@dataclass(frozen=True, slots=True)
class ShownBox:
    name: str
    title: str
    template: str
    context: Mapping[str, Any]
    wide: bool


_boxes: dict[str, Box] = {}


def register(box: Box) -> Box:
    """Bring a box to the page of an application; its name is taken once."""
    if _boxes.setdefault(box.name, box) != box:
        raise ValueError(f"there is a box {box.name} already")
    return box


def boxes_for(application: Application, *, user: User, at: datetime) -> tuple[ShownBox, ...]:
    """Return what this person sees of this file now, in order."""
    asked = Asked(application, user, at)
    visible = (box for box in _boxes.values() if box.may_see(user, application))
    shown = ((box, box.context(asked)) for box in sorted(visible, key=lambda b: (b.order, b.name)))
    return tuple(
        ShownBox(box.name, box.title, box.template, context, box.wide)
        for box, context in shown
        if context is not None
    )
