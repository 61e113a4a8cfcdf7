"""From a kind and a typed context to the words of one mail."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.template import Context
from django.template.loader import get_template

from jetportal.mail.message import SUBJECT_LENGTH, UNSENDABLE, UNWRITABLE, Message
from jetportal.turning import unturned

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from django.template.backends.django import Template

REPLACEMENT = "\ufffd"


def render(kind: str, *, to: str, context: "Mapping[str, object] | DataclassInstance") -> Message:
    """Render `emails/<kind>/subject.txt`, `body.txt` (both unescaped) and `body.html`.

    Adds `site_url` (no slash at its end), `support_email` and, in the HTML, `subject`.
    """
    values = {
        "site_url": settings.SITE_URL,
        "support_email": settings.SUPPORT_EMAIL,
        **as_mapping(context),
    }
    subject = one_line(_render(f"emails/{kind}/subject.txt", values, escape=False))
    text = _render(f"emails/{kind}/body.txt", values, escape=False)
    html = _render(f"emails/{kind}/body.html", {**values, "subject": subject}, escape=True)
    return Message(kind=kind, to=to, subject=subject, text=tidy(text), html=writable(html))


def as_mapping(context: "Mapping[str, object] | DataclassInstance") -> dict[str, object]:
    if is_dataclass(context):
        return {field.name: getattr(context, field.name) for field in fields(context)}
    return dict(context)


def one_line(text: str) -> str:
    """Fold all white space into single spaces and cut with an ellipsis what no subject holds.

    Marks that turn the direction of reading are left out: nothing can isolate them there.
    """
    line = UNSENDABLE.sub(REPLACEMENT, " ".join(unturned(text).split()))
    return line if len(line) <= SUBJECT_LENGTH else f"{line[: SUBJECT_LENGTH - 1]}…"


def tidy(text: str) -> str:
    """End lines with LF and collapse the empty ones that template tags leave behind."""
    lines = (line.rstrip() for line in writable(text).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def writable(text: str) -> str:
    return UNWRITABLE.sub(REPLACEMENT, text)


def _render(name: str, values: dict[str, object], *, escape: bool) -> str:
    template = cast("Template", get_template(name)).template
    return template.render(Context(values, autoescape=escape))
