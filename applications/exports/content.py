"""What the copy of an application says, before anything is drawn."""

from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from applications.domain.files import slots
from applications.domain.form.submitted import Submitted
from applications.models import Application
from positions.deadlines import in_words

DRAWN = "shift_jisx0213"  # Latin and Japanese: what the fonts of the copy hold
NOT_DRAWN = (
    "Some signs belong to neither Latin nor Japanese writing. A PDF reader may leave them blank; "
    "our record holds them as they were typed."
)

APART = (("Kept apart", "Only named staff read this part, so it is not in the copy."),)
UNKNOWN = "It could not be confirmed. Write to us, and give the reference number."


@dataclass(frozen=True, slots=True)
class Copy:
    """What the PDF says: a title, facts, and parts with questions and answers in words."""

    title: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    foot: str


def copy_of(application: Application, sent: Submitted, *, zone: ZoneInfo | None) -> Copy:
    """Collect what the PDF says; `zone` is the reader's own, where it is known."""
    parts = [
        (
            part.title,
            APART if part.apart else tuple((answer.label, answer.words) for answer in part.answers),
        )
        for part in sent.parts
    ]
    documents = tuple(
        (state.title, document.name)
        for state in slots.states(sent.loaded)
        for document in state.documents
        if not state.sensitive
    )
    return Copy(
        title=f"Application {application.reference_shown}",
        facts=facts(application, sent, zone),
        parts=(*parts[:-1], ("Documents", documents), *parts[-1:]),
        foot=f"{application.reference_shown}    {sent.digest}",
    )


def facts(
    application: Application, sent: Submitted, zone: ZoneInfo | None
) -> tuple[tuple[str, str], ...]:
    received, round_ = application.submitted_at, application.round
    if received is None:
        raise ValueError("only what was sent has a copy")
    told: list[tuple[str, str]] = [
        ("Round", round_.title),
        ("Received", in_words(received, round_.zoneinfo)),
    ]
    if zone is not None and zone.key != round_.zone:
        told.append(("Received, in your own zone", in_words(received, zone)))
    told += [("Version", str(sent.version)), ("Fingerprint (SHA-256)", sent.digest or UNKNOWN)]
    if not all(drawn(answer.words) for part in sent.parts for answer in part.answers):
        told.append(("About this copy", NOT_DRAWN))
    return tuple(told)


def drawn(text: str) -> bool:
    """Tell whether the fonts of the copy hold every sign of the text."""
    return all(is_latin(sign) or _is_japanese(sign) for sign in set(text) - {"\n", "\t"})


def _is_japanese(sign: str) -> bool:
    try:
        sign.encode(DRAWN)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=4096)
def is_latin(sign: str) -> bool:
    if not sign.isprintable() and sign != "\u00a0":
        return False
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
