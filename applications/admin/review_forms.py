"""What is typed about reviews: numbers of a round, its rubric, who reads what, scores."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from applications.admin.forms import LONGEST, typed
from applications.domain.review.assignments import Rule
from applications.domain.review.scoring import Line
from applications.models import Criterion, ReviewSettings
from positions.admin.round_forms import RefusalsInForm

SPARE = 3
MOST_CRITERIA = 20
MOST_BYTES = 1_000_000


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ReviewSettings
        fields = ("reviewers", "spread", "opening_hours", "reminder_hours")

    def __init__(self, sent: Any = None, **more: Any) -> None:
        super().__init__(sent, **more)
        for name, (low, high) in {
            "reviewers": (1, 9),
            "spread": (1, 100),
            "opening_hours": (1, 72),
            "reminder_hours": (0, 336),
        }.items():
            self.fields[name] = forms.IntegerField(
                label=self.fields[name].label,
                min_value=low,
                max_value=high,
                help_text=f"From {low} to {high}.",
            )
        self.fields["reminder_hours"].help_text = "From 0, which is never, to 336."


class CriterionForm(forms.Form):
    name = forms.CharField(label="Criterion", max_length=80, required=False)
    help = forms.CharField(label="What to look at", max_length=300, required=False)
    weight = forms.IntegerField(label="Weight", min_value=1, max_value=100, initial=1)
    least = forms.IntegerField(label="Scale from", min_value=0, max_value=99, initial=1)
    most = forms.IntegerField(label="Scale to", min_value=1, max_value=100, initial=5)

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        least, most = answers.get("least"), answers.get("most")
        if least is not None and most is not None and least >= most:
            self.add_error("most", "The scale goes up: choose a number above its beginning.")
        return answers


_Lines = forms.formset_factory(CriterionForm, extra=SPARE, max_num=MOST_CRITERIA)


class RubricLines(_Lines):  # type: ignore[misc, valid-type]
    """The rubric as lines; a line without a name is no criterion."""

    def __init__(self, sent: Any = None, *, criteria: Sequence[Criterion] = ()) -> None:
        initial = [
            {
                "name": line.name,
                "help": line.help,
                "weight": line.weight,
                "least": line.least,
                "most": line.most,
            }
            for line in criteria
        ]
        super().__init__(sent, initial=initial, prefix="rubric")

    @property
    def criteria(self) -> list[Line]:
        return [Line(**form.cleaned_data) for form in self.forms if form.cleaned_data.get("name")]


class RuleForm(forms.Form):
    rule = forms.ChoiceField(choices=[(rule.value, rule.value) for rule in Rule])
    mark = forms.CharField(max_length=64, required=False)


class LinesForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        required=False,
        help_text="With the columns reference and email. Nothing is assigned before you have seen "
        "what each line would do.",
    )
    content = forms.CharField(required=False, max_length=MOST_BYTES, strip=False)
    sure = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        file = answers.get("file")
        if file is not None and file.size > MOST_BYTES:
            self.add_error("file", "This file is larger than 1 MB.")
        if file is None and not answers.get("content") and "file" not in self.errors:
            self.add_error("file", "Choose a file first.")
        return answers

    @property
    def whole(self) -> bytes | str:
        file = self.cleaned_data["file"]
        words: str = self.cleaned_data["content"]
        return file.read() if file is not None else words


class ScoreForm(RefusalsInForm, forms.Form):
    """One field per criterion of the rubric."""

    def __init__(self, rubric: Sequence[Criterion], sent: Mapping[str, str] | None = None) -> None:
        super().__init__(None if sent is None else typed(sent))
        for line in rubric:
            words = f"Choose from {line.least} to {line.most}."
            self.fields[f"criterion_{line.pk}"] = forms.IntegerField(
                label=line.name,
                min_value=line.least,
                max_value=line.most,
                help_text=f"{line.help} From {line.least} to {line.most}.".strip(),
                error_messages=dict.fromkeys(
                    ("required", "invalid", "min_value", "max_value"), words
                ),
            )
        self.fields["comment"] = forms.CharField(
            label="Comment",
            required=False,
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 5, "cols": 60}),
            help_text="For the desk only. The applicant never sees it.",
        )

    @property
    def marks(self) -> dict[int, int]:
        return {
            int(name.removeprefix("criterion_")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("criterion_")
        }
