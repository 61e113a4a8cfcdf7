"""What staff type about a round. Rules of time and address are asked of the domain."""

from calendar import day_name
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from positions.domain import drafts, promises, rounds
from positions.domain.errors import Refused
from positions.models import RecruitmentRound, RoundKind, Vacancy

if TYPE_CHECKING:
    RoundFormBase = forms.ModelForm[RecruitmentRound]
    PostFormBase = forms.ModelForm[Vacancy]
    PostsBase = forms.BaseInlineFormSet[Vacancy, RecruitmentRound, PostFormBase]
else:
    RoundFormBase = PostFormBase = forms.ModelForm
    PostsBase = forms.BaseInlineFormSet

LAST_MINUTE = time(23, 59)
WEEKDAYS = [("", "choose"), *((str(number), name) for number, name in enumerate(day_name))]
WINDOW = ("opens_on", "opens_time", "closes_weekday", "closes_on", "closes_time", "zone")
CLOCK_FORMATS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I %p")


class Day(forms.DateField):
    """A day, picked or typed; the browser shows it as its reader is used to."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "vTextField day"})


class Clock(forms.TimeField):
    """A minute on a wall clock; seconds fall away."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "vTextField clock"})

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=CLOCK_FORMATS, **options)

    def clean(self, value: Any) -> time | None:
        clock: time | None = super().clean(value)
        return clock and clock.replace(second=0, microsecond=0)


class RefusalsInForm(forms.BaseForm):
    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Put what the domain refuses beside the answer it is about."""
        try:
            yield
        except Refused as refusal:
            field = refusal.field if refusal.field in self.fields else None
            self.add_error(field, str(refusal))


class TextsForm(RefusalsInForm, RoundFormBase):
    """What may change at any time, also after publishing."""

    closing_soon_hours = forms.IntegerField(
        min_value=1, max_value=720, initial=72, label="“Closing soon” begins, hours before"
    )
    purpose_max_words = forms.IntegerField(
        min_value=1, max_value=5000, initial=650, label="Statement of Purpose, words"
    )
    purpose_max_characters = forms.IntegerField(
        min_value=1, max_value=50_000, initial=4000, label="Statement of Purpose, characters"
    )
    documents_max_megabytes = forms.IntegerField(
        min_value=1, max_value=10, initial=10, label="One document, MB"
    )

    class Meta:
        model = RecruitmentRound
        fields: tuple[str, ...] = (
            *("title", "departure_season", "summary", "documents_asked", "special_requirements"),
            *("interview_mode", "interviews", "results"),
            *("closing_soon_hours", *rounds.LIMITS),
        )

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        with self.refusals():
            limits = {name: answers[name] for name in rounds.LIMITS if name in answers}
            rounds.refuse_lower_limits(self.instance, limits)
        return answers


class DraftForm(TextsForm):
    """A round that nobody has seen yet, with its window as staff read it in the notice."""

    at: ClassVar[datetime]  # when the request arrived; the desk sets it

    opens_on = Day(
        label="Opens, date", required=False, help_text="Empty: the opening date is not known."
    )
    opens_time = Clock(
        label="Opens, time", required=False, help_text="In the zone below. Empty: midnight."
    )
    closes_weekday = forms.TypedChoiceField(
        label="Deadline, weekday",
        choices=WEEKDAYS,
        coerce=int,
        help_text="As the notice says it. It is held against the date.",
    )
    closes_on = Day(label="Deadline, date")
    closes_time = Clock(
        label="Deadline, time",
        initial=LAST_MINUTE,
        help_text="The last minute that counts: 11:59 PM includes all of 11:59.",
    )

    class Meta(TextsForm.Meta):
        fields = (*TextsForm.Meta.fields, "closes_on", "closes_time", "zone")

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        if answers.get("opens_time") and "opens_on" in answers and not answers["opens_on"]:
            self.add_error("opens_on", "Give the date as well, or leave the time empty.")
        elif {*WINDOW} <= answers.keys():
            with self.refusals():
                self._set_window(answers)
        return answers

    def _set_window(self, answers: dict[str, Any]) -> None:
        day = answers["opens_on"]
        rounds.require_weekday(answers["closes_on"], answers["closes_weekday"])
        rounds.set_window(
            self.instance,
            opens=day and datetime.combine(day, answers["opens_time"] or time()),
            day=answers["closes_on"],
            clock=answers["closes_time"],
            zone=answers["zone"],
            at=self.at,
        )

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        opens_at = self.instance.opens_at
        if opens_at and field_name in {"opens_on", "opens_time"}:
            local = opens_at.astimezone(self.instance.zoneinfo)
            return local.date() if field_name == "opens_on" else local.time()
        if field_name == "closes_weekday" and self.instance.closes_on:
            return self.instance.closes_on.weekday()
        return super().get_initial_for_field(field, field_name)


class NewRoundForm(DraftForm):
    """A round that is about to exist. Its kind and its address are chosen here, once."""

    slug = forms.SlugField(
        label="Address",
        max_length=60,
        required=False,
        help_text="As in /rounds/sea-2027-summer/. Empty: made from the season. It stays for good.",
    )

    class Meta(DraftForm.Meta):
        fields = ("kind", "slug", *DraftForm.Meta.fields)

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        if {"kind", "slug", "departure_season"} <= answers.keys():
            kind = answers["kind"]
            with self.refusals():
                drafts.require_catalogue(kind)
                answers["slug"] = answers["slug"] or drafts.address_for(
                    kind, answers["departure_season"]
                )
                drafts.require_address(kind, answers["slug"])
        return answers


class PostForm(PostFormBase):
    posts = forms.IntegerField(min_value=1, max_value=999, label="Number of posts")

    class Meta:
        model = Vacancy
        fields = ("posts", "sport", "organization", "prefecture", "note")


class Posts(PostsBase):
    """The posts of an SEA round; an annual cycle has none of its own."""

    def clean(self) -> None:
        super().clean()
        gone = set(self.deleted_forms)
        filled = [
            form
            for form in self.forms
            if form not in gone and (form.instance.pk or form.has_changed())
        ]
        if self.instance.kind == RoundKind.ANNUAL and filled:
            raise forms.ValidationError(
                "An annual cycle has no posts of its own: it takes ALT and CIR. Empty these rows, "
                "or choose an SEA round."
            )
        if self.instance.kind == RoundKind.SEA and not filled:
            raise forms.ValidationError(
                "Say how many posts there are. Sport and organization may stay empty until they "
                "are announced."
            )
        if self.instance.published_at is not None:
            for form in filled:
                self._hold_promises(form)

    def _hold_promises(self, form: PostFormBase) -> None:
        if not form.instance.pk or form.errors:
            return
        try:
            promises.refuse_taken_back(form.initial, form.instance)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))


class ExtensionForm(RefusalsInForm, forms.Form):
    closes_weekday = forms.TypedChoiceField(
        label="New deadline, weekday",
        choices=WEEKDAYS,
        coerce=int,
        help_text="It is held against the date.",
    )
    closes_on = Day(label="New deadline, date")
    closes_time = Clock(label="New deadline, time", initial=LAST_MINUTE)
    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="Applicants read it beside the old and the new deadline.",
    )

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        if {"closes_on", "closes_weekday"} <= answers.keys():
            with self.refusals():
                rounds.require_weekday(answers["closes_on"], answers["closes_weekday"])
        return answers

    def end(self, round_: RecruitmentRound, *, at: datetime) -> datetime | None:
        """Return the closing instant asked for; if refused None, and why beside the field."""
        with self.refusals():
            day, clock = self.cleaned_data["closes_on"], self.cleaned_data["closes_time"]
            return rounds.extended_end(round_, day=day, clock=clock, at=at)
        return None


class ConfirmedExtensionForm(ExtensionForm):
    """An extension that was read back; `until_now` is the end it was read against."""

    until_now = forms.DateTimeField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), "Check the new deadline once more."),
    )


class PublicationForm(RefusalsInForm, forms.Form):
    shown_on = Day(label="Show it from, date", required=False, help_text="Empty: publish it now.")
    shown_time = Clock(
        label="Show it from, time",
        required=False,
        help_text="In the zone of the round. Empty: midnight.",
    )

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        if answers.get("shown_time") and "shown_on" in answers and not answers["shown_on"]:
            self.add_error("shown_on", "Give the date as well, or leave the time empty.")
        return answers


class CancellationForm(RefusalsInForm, forms.Form):
    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="Everybody reads it on the page of the round.",
    )
    although_over = forms.BooleanField(
        label="The deadline of this round has passed. Cancel it all the same: whoever is told of "
        "its changes is told that it is cancelled.",
        error_messages={"required": "Tick this if you mean it. To put a round away, archive it."},
    )

    def __init__(self, *args: Any, over: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not over:
            del self.fields["although_over"]
