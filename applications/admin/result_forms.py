"""What is typed about a release, an answer and the days of a round."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from django import forms

from applications.admin.forms import LONGEST, MOST_DIGITS, typed
from applications.domain.outcomes import results
from applications.domain.outcomes.following import end_of_days
from applications.models import MOST_SEATS, Decision, ResultBatch, ResultSettings, Stage
from positions.admin.round_forms import LAST_MINUTE, Clock, Day, RefusalsInForm
from positions.deadlines import last_minute

NOW, LATER = "now", "later"
MORNING = time(9, 0)
Wall = tuple[date, time]


class AskForm(RefusalsInForm, forms.Form):
    """When a batch is released, and until when its results are answered."""

    when = forms.ChoiceField(
        label="Release",
        choices=[(NOW, "as soon as somebody else has approved it"), (LATER, "at a set moment")],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    release_on = Day(label="Set moment, date", required=False)
    release_time = Clock(
        label="Set moment, time",
        required=False,
        initial=MORNING,
        help_text="In the zone of the round.",
    )
    reply_on = Day(label="Answers are due, date")
    reply_time = Clock(
        label="Answers are due, time",
        initial=LAST_MINUTE,
        help_text="The last minute that counts, in the zone of the round.",
    )
    over_seats = forms.CharField(
        label="Why more offers than seats",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="Only where that is so. It is kept with the release.",
    )

    def __init__(self, sent: Mapping[str, str] | None, batch: ResultBatch, at: datetime) -> None:
        super().__init__(None if sent is None else typed(sent))
        if batch.stage != Stage.FINAL:
            for name in ("reply_on", "reply_time", "over_seats"):
                del self.fields[name]
            return
        days = results.settings_of(batch.round).reply_days
        end = last_minute(end_of_days(batch.round, at, days))
        self.fields["reply_on"].initial = end.astimezone(batch.round.zoneinfo).date()

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        if answers.get("when") == LATER:
            for name in ("release_on", "release_time"):
                if not answers.get(name) and name not in self.errors:
                    self.add_error(name, "A set moment needs both date and time.")
        return answers

    @property
    def release(self) -> Wall | None:
        answers = self.cleaned_data
        if answers["when"] == NOW:
            return None
        return answers["release_on"], answers["release_time"]

    @property
    def reply_by(self) -> Wall | None:
        answers = self.cleaned_data
        return (answers["reply_on"], answers["reply_time"]) if "reply_on" in answers else None


class DaysForm(RefusalsInForm, forms.Form):
    """How long answers are waited for in a round, and when its alternate list ends."""

    reply_days = forms.IntegerField(label="Days to answer a result", min_value=1, max_value=60)
    upgrade_reply_days = forms.IntegerField(
        label="Days to answer an upgrade", min_value=1, max_value=60
    )
    list_ends_on = Day(
        label="Last day of the alternate list",
        required=False,
        help_text="The list closes with that day in the zone of the round, and whoever is on it is "
        "told. Empty: it stays open.",
    )

    def __init__(self, sent: Mapping[str, str] | None, settings: ResultSettings) -> None:
        super().__init__(None if sent is None else typed(sent))
        self.settings = settings
        self.fields["reply_days"].initial = settings.reply_days
        self.fields["upgrade_reply_days"].initial = settings.upgrade_reply_days
        if settings.alternates_until:
            end = last_minute(settings.alternates_until).astimezone(settings.round.zoneinfo)
            self.fields["list_ends_on"].initial = end.date()


class SeatsForm(RefusalsInForm, forms.Form):
    """How many seats a vacancy has for the office; several stand on one page."""

    seats = forms.IntegerField(label="Number of seats", min_value=0, max_value=MOST_SEATS)
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Needed where fewer are left than were given already. Nobody but staff reads it.",
    )

    def __init__(
        self, sent: Mapping[str, str] | None, vacancy: int, seats: int | None = None
    ) -> None:
        names = f"seats-{vacancy}-%s"
        super().__init__(None if sent is None else typed(sent), auto_id=names)
        self.fields["seats"].initial = seats


@dataclass(frozen=True, slots=True)
class Place:
    """An alternate with the place typed beside it, and what is wrong with that."""

    decision: Decision
    typed: str
    wrong: str = ""


class Places:
    """The places typed beside the alternates, as "place-12"; before that, those they have."""

    def __init__(self, alternates: Sequence[Decision], sent: Mapping[str, str] | None) -> None:
        if sent is None:
            self.rows = [Place(row, str(row.rank)) for row in alternates]
            return
        words = {name: text.strip() for name, text in typed(sent).items()}
        self.sent = {name for name in words if re.fullmatch(r"place-[0-9]{1,18}", name)}
        read = [_place(row, words.get(f"place-{row.pk}", "")) for row in alternates]
        taken = Counter(_seat(row) for row in read if not row.wrong)
        self.rows = [replace(row, wrong=row.wrong or _tie(row, taken)) for row in read]

    @property
    def are_wrong(self) -> bool:
        """Tell whether a place is to be mended; of another list than was seen, none is."""
        return not self.are_stale and any(row.wrong for row in self.rows)

    @property
    def are_stale(self) -> bool:
        return self.sent != {f"place-{row.decision.pk}" for row in self.rows}

    @property
    def wanted(self) -> list[int]:
        """Return the numbers of the decisions in the wanted order, or as they were sent.

        Places that are to be mended tell no order: none is returned, which is the order of no list.
        """
        if self.are_stale:
            return [int(name.removeprefix("place-")) for name in self.sent]
        if self.are_wrong:
            return []
        return [row.decision.pk for row in sorted(self.rows, key=lambda row: int(row.typed))]


def _place(decision: Decision, text: str) -> Place:
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and int(text) > 0
    return Place(decision, text, "" if is_number else "A place is a number, from 1 on.")


def _seat(row: Place) -> tuple[str, int]:
    return row.decision.vacancy_id, int(row.typed)


def _tie(row: Place, taken: Mapping[tuple[str, int], int]) -> str:
    tied = taken[_seat(row)] > 1
    return f"Place {int(row.typed)} is there twice. Give each a place of its own." if tied else ""
