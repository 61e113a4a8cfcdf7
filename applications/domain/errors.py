"""Every "no" of an application. The text is safe to show to the person who asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from positions.domain.errors import Refused

if TYPE_CHECKING:
    from applications.domain.form.completeness import Judgement, Loaded
    from applications.models import LateSubmit
    from applications.sections.base import Answers, Section
    from applications.sections.entries import BoundEntry, BoundList

__all__ = [
    "CorrectionClosed",
    "DocumentRefused",
    "DraftOvertaken",
    "DraftUnreadable",
    "EntryOvertaken",
    "Incomplete",
    "LinkDead",
    "ListFull",
    "MoveNotAllowed",
    "NotAccepting",
    "NotAskedFor",
    "NotChangeable",
    "NotEditable",
    "NotStored",
    "Overtaken",
    "ReasonNeeded",
    "Refused",
    "RoundClosed",
    "StillWrong",
    "UnknownEntry",
    "UnknownSection",
    "Unopenable",
    "Unreadable",
]


class NotAccepting(Refused):
    """The round takes no new applications at that instant."""


class NotEditable(Refused):
    """The application was sent, or has ended: its answers are fixed."""

    def __init__(self) -> None:
        super().__init__("This application was sent. Its answers cannot be changed any more.")


class UnknownSection(Refused):
    """The round does not ask for a section of that name."""

    def __init__(self) -> None:
        super().__init__("This round does not ask for that part.")


class Overtaken(Refused):
    """Another page saved the section since this one was opened; both texts are at hand."""

    def __init__(self, loaded: "Loaded", section: "Section", typed: "Answers") -> None:
        self.loaded, self.section, self.typed = loaded, section, typed
        super().__init__("You saved this part in another window since you opened this page.")


class Unreadable(Refused):
    """No key of ours opens what was saved of a section, so nothing is put in its place."""

    def __init__(self, loaded: "Loaded", section: "Section", typed: "Answers") -> None:
        self.loaded, self.section, self.typed = loaded, section, typed
        super().__init__(
            "What you saved in this part before cannot be opened now, so nothing was saved over "
            "it. Keep a copy of what you have just written, and write to us."
        )


class NotChangeable(Refused):
    """The application was not sent, or it has ended: nothing about it changes any more."""

    def __init__(self) -> None:
        super().__init__("This application cannot be changed now. Write to us if it must be.")


class CorrectionClosed(Refused):
    """No correction of that section is granted at that instant."""

    def __init__(self) -> None:
        super().__init__("This part is not open for correction, or its time is over. Ask again.")


class StillWrong(Refused):
    """What was sent was complete, so it must stay complete; `loaded` holds what was typed now."""

    def __init__(self, loaded: "Loaded", section: "Section") -> None:
        self.loaded, self.section = loaded, section
        super().__init__("Something is missing or wrong. Nothing was changed yet.")


class UnknownEntry(Refused):
    """The list holds no entry of that id."""

    def __init__(self) -> None:
        super().__init__("That entry is not in the list any more.")


class ListFull(Refused):
    """The list takes no more entries; what was typed is at hand."""

    def __init__(self, bound: "BoundList", typed: "Answers") -> None:
        self.bound, self.typed = bound, typed
        super().__init__(bound.full_words)


class EntryOvertaken(Refused):
    """Another page saved the entry since this one was opened; both texts are at hand."""

    def __init__(self, entry: "BoundEntry | None", typed: "Answers") -> None:
        self.entry, self.typed = entry, typed
        super().__init__("You saved this entry in another window since you opened this page.")


class RoundClosed(Refused):
    """A submit arrived outside the window of its round. `late_by` is None where it is not late.

    `kept` is the late submit that the program office can still let in, if there is one; `missing`
    lists what kept this one from being kept.
    """

    kept: "LateSubmit | None" = None
    missing: "tuple[Judgement, ...]" = ()

    def __init__(self, *, received_at: datetime, closes_at: datetime, cancelled: bool) -> None:
        self.received_at, self.closes_at, self.cancelled = received_at, closes_at, cancelled
        late = received_at - closes_at
        self.late_by: timedelta | None = late if late >= timedelta(0) else None
        super().__init__("The round does not take applications. It was not sent.")


class Incomplete(Refused):
    """Parts are missing; `missing` lists them in the order of the form."""

    def __init__(self, missing: "tuple[Judgement, ...]") -> None:
        self.missing = missing
        names = ", ".join(judgement.title for judgement in missing)
        super().__init__(f"Not sent yet. Still to do: {names}.")


class MoveNotAllowed(Refused):
    """The table of moves has no such move for this person from this status."""

    def __init__(self, words: str, *, source: str, target: str) -> None:
        self.source, self.target = source, target
        super().__init__(words)


class ReasonNeeded(Refused):
    def __init__(self) -> None:
        super().__init__("This move needs a reason. It is kept in the history.")


class LinkDead(Refused):
    """The link of a referee leads nowhere; the words are the same whatever the `reason`.

    `reason` is "unknown", "used" (the letter is in, or was declined), "over" (its time has passed)
    or "revoked" (nobody asks any more). It is for counting, never for showing.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__("This link is not in use any more.")


class DraftOvertaken(Refused):
    """Another window of the referee saved since; `typed` and `version` are what is kept now."""

    def __init__(self, typed: Mapping[str, list[str]], version: int) -> None:
        self.typed, self.version = typed, version
        super().__init__("You saved this letter in another window since you opened this page.")


class DraftUnreadable(Refused):
    """No key of ours opens what a referee has saved, so nothing is put in its place."""

    def __init__(self) -> None:
        super().__init__("What you saved before cannot be opened now. Nothing was saved over it.")


class DocumentRefused(Refused):
    """The file cannot be taken; the text says why and what to do."""


class NotAskedFor(DocumentRefused):
    """The application has no such slot, or its rule does not ask for one now."""

    def __init__(self) -> None:
        super().__init__("That document is not asked for, so it was not added.")


class NotStored(Refused):
    """The storage of files is away or full."""

    def __init__(self) -> None:
        super().__init__(
            "Our storage did not take the file, so nothing was stored. Your answers and your other "
            "files are as they were. Try again in some minutes."
        )


class Unopenable(Refused):
    """A sealed file that no key of ours opens."""

    def __init__(self) -> None:
        super().__init__("This file cannot be opened now. It is still stored. Write to us.")
