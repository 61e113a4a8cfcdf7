"""The facts of a notice as staff type them, in one form."""

from datetime import datetime, time
from typing import Any

from django import forms

from positions.admin.round_forms import LAST_MINUTE, WEEKDAYS, Clock, Day, RefusalsInForm
from positions.deadlines import HST, ZONES
from positions.domain.notices import Draft, Notice
from positions.models import ContractingOrganization, RecruitmentRound, Sport
from positions.prefectures import PREFECTURES

LONG = {"rows": 3, "cols": 60}
OPEN = "to be announced"


class NoticeForm(RefusalsInForm, forms.Form):
    """What a notice says. A valid form carries the draft it makes, none of it stored."""

    departure_season = forms.CharField(
        label="Departure season", max_length=40, help_text="For example: summer 2027."
    )
    posts = forms.IntegerField(
        min_value=1,
        max_value=999,
        label="Number of posts",
        help_text="Posts of several sports: give the first here, the others in the draft.",
    )
    sport = forms.ModelChoiceField(
        Sport.objects.all(), required=False, empty_label=OPEN, label="Sport"
    )
    new_sport = forms.CharField(
        label="Or a sport that is not in the list", max_length=60, required=False
    )
    organization = forms.ModelChoiceField(
        ContractingOrganization.objects.all(),
        required=False,
        empty_label=OPEN,
        label="Contracting organization",
    )
    new_organization = forms.CharField(
        label="Or an organization that is not in the list", max_length=120, required=False
    )
    prefecture = forms.ChoiceField(
        choices=[("", OPEN), *((name, name) for name in PREFECTURES)],
        required=False,
        label="Prefecture",
        help_text="An organization from the list brings its own.",
    )
    documents_asked = forms.CharField(
        label="Documents the notice asks for",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
    )
    special_requirements = forms.CharField(
        label="Special requirements",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
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
    zone = forms.ChoiceField(
        label="Time zone", choices=[(name, name) for name in ZONES], initial=HST.key
    )
    opens_on = Day(
        label="Opens, date", required=False, help_text="Empty: the opening date is not known."
    )
    opens_time = Clock(
        label="Opens, time", required=False, help_text="In the zone above. Empty: midnight."
    )
    slug = forms.SlugField(
        label="Address",
        max_length=60,
        required=False,
        help_text="Empty: made from the season, as in sea-2027-summer. It stays for good.",
    )
    source = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    draft: Draft

    def __init__(self, *args: Any, at: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.at = at

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """List the fields as the page shows them, under their headings."""
        return [(words, [self[name] for name in names]) for words, names in GROUPS]

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).lower()

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_two_of_one_kind(answers)
        if answers.get("opens_time") and "opens_on" in answers and not answers["opens_on"]:
            self.add_error("opens_on", "Give the date as well, or leave the time empty.")
        if not self.errors:
            with self.refusals():
                self.draft = Draft.of(self.notice(), at=self.at)
        return answers

    def _refuse_two_of_one_kind(self, answers: dict[str, Any]) -> None:
        for kind in ("sport", "organization"):
            if answers.get(kind) and answers.get(f"new_{kind}"):
                words = f"Choose {answers[kind]} or write another {kind}, not both."
                self.add_error(f"new_{kind}", words)
        known, prefecture = answers.get("organization"), answers.get("prefecture")
        if known and prefecture and prefecture != known.prefecture:
            words = f"{known.name} is in {known.prefecture}. Correct one of the two."
            self.add_error("prefecture", words)

    def notice(self) -> Notice:
        """Return what a form without errors says."""
        answers = self.cleaned_data
        organization, day = answers["organization"], answers["opens_on"]
        texts = ("departure_season", "documents_asked", "special_requirements", "slug", "source")
        window = ("closes_weekday", "closes_on", "closes_time", "zone")
        return Notice(
            **{name: answers[name] for name in (*texts, *window, "posts")},
            sport=answers["sport"].name if answers["sport"] else answers["new_sport"],
            organization=organization.name if organization else answers["new_organization"],
            prefecture=organization.prefecture if organization else answers["prefecture"],
            opens=day and datetime.combine(day, answers["opens_time"] or time()),
        )


GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Posts", ("departure_season", "posts", "sport", "new_sport")),
    ("Place", ("organization", "new_organization", "prefecture")),
    ("What it asks for", ("documents_asked", "special_requirements")),
    ("Deadline", ("closes_weekday", "closes_on", "closes_time", "zone")),
    ("Opening and address", ("opens_on", "opens_time", "slug")),
)


def facts_of(round_: RecruitmentRound) -> dict[str, Any]:
    """Return what a new notice has in common with a past round: all but its dates."""
    first = round_.vacancies.first()
    return {
        "source": round_.slug,
        "zone": round_.zone,
        "documents_asked": round_.documents_asked,
        "special_requirements": round_.special_requirements,
        "posts": first and first.posts,
        "sport": first and first.sport_id,
        "organization": first and first.organization_id,
        "prefecture": first and first.prefecture,
    }
