"""What a published post has promised: it may be told more exactly, and never taken back."""

from collections.abc import Mapping
from typing import Any

from positions.domain.errors import Refused
from positions.models import Vacancy

WHAT_ELSE = "Add a post for another one, or cancel the round with a reason."


def refuse_taken_back(before: Mapping[str, Any], after: Vacancy) -> None:
    """Raise Refused if `after` takes back what applicants could read of a published post.

    `before` maps the columns to what is stored: `posts`, `sport`, `organization`, `prefecture`. A
    name that is written wrong is mended on the page of the sport or the organization.
    """
    posts = before.get("posts")
    if posts is not None and (after.posts is None or after.posts < posts):
        raise Refused(f"Announced: {posts}. The number can grow, not shrink.", field="posts")
    for name, words in (("sport", "The sport"), ("organization", "The organization")):
        announced = before.get(name)
        if announced is not None and getattr(after, f"{name}_id") != announced:
            raise Refused(f"{words} is announced and stays. {WHAT_ELSE}", field=name)
    place = before.get("prefecture")
    if place and after.place != place:
        raise Refused(f"Announced in {place}, and it stays. {WHAT_ELSE}", field="prefecture")
