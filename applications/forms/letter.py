"""What a referee is asked: how they know the applicant, ratings, a recommendation, the letter.

English and Japanese; what stands in `locale/ja` is written for people, not word for word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext

from applications.sections.text import count_characters, storable

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST_LETTER = 20_000  # characters
SHORTEST_USUAL = 200  # characters; fewer are asked about, never refused
MOST_PAGES = 10
LONGEST_ANSWER = 1_000

Typed = dict[str, list[str]]

CRITERIA: Mapping[str, "_StrPromise"] = {
    "reliability": gettext_lazy("Reliability and sense of responsibility"),
    "adaptability": gettext_lazy("Adapting to new people and places"),
    "communication": gettext_lazy("Expressing themselves clearly, in speech and in writing"),
    "cooperation": gettext_lazy("Working with others"),
    "initiative": gettext_lazy("Initiative and perseverance"),
    "openness": gettext_lazy("Interest in other cultures, and respect for them"),
}
STEPS: Sequence[tuple[str, "_StrPromise"]] = (
    ("5", gettext_lazy("Outstanding")),
    ("4", gettext_lazy("Very good")),
    ("3", gettext_lazy("Good")),
    ("2", gettext_lazy("Fair")),
    ("1", gettext_lazy("Weak")),
    ("0", gettext_lazy("Not observed")),
)
RECOMMENDATIONS: Sequence[tuple[str, "_StrPromise"]] = (
    ("strongly", gettext_lazy("I recommend this person strongly")),
    ("yes", gettext_lazy("I recommend this person")),
    ("reservations", gettext_lazy("I recommend this person with reservations")),
    ("no", gettext_lazy("I do not recommend this person")),
)

RATED = ("known", *CRITERIA, "recommendation")  # all but the letter itself

# Why `domain.files.reading` does not take a PDF, so that each reason has a translation.
REFUSALS = (
    gettext_noop("The file is empty. Choose the PDF again."),
    gettext_noop("This is an archive, not a PDF. Unpack it and choose the PDF in it."),
    gettext_noop("This is not a PDF. Save or scan the document as PDF and choose it."),
    gettext_noop("This is a web page and a PDF at once. Print it to a new PDF."),
    gettext_noop("The PDF is locked with a password. Save it without one."),
    gettext_noop(
        "The PDF holds a script, or something that runs by itself. Print it to a new PDF, "
        "and choose that one."
    ),
    gettext_noop(
        "The PDF carries other files inside it. Print it to a new PDF, and choose that one."
    ),
    gettext_noop(
        "The PDF cannot be opened: it is damaged. Save or scan it again and choose the new file."
    ),
)


def rating(label: "_StrPromise") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=STEPS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one; “Not observed” is an answer, too.")},
    )


class Words(forms.CharField):
    """Text with a limit in characters that is reported, never enforced by cutting."""

    def __init__(self, *, limit: int, rows: int, **options: Any) -> None:
        self.limit = limit
        widget = forms.Textarea({"rows": rows, "dir": "auto", "data-characters": limit})
        super().__init__(widget=widget, **options)

    def validate(self, value: str) -> None:
        super().validate(value)
        over = count_characters(value) - self.limit
        if over > 0:
            words = ngettext(
                "%(over)d character over the limit. All of it is kept; shorten it before sending.",
                "%(over)d characters over the limit. All of it is kept; shorten it before sending.",
                over,
            )
            raise forms.ValidationError(words % {"over": over})


class ReferenceForm(forms.Form):
    """Judges what a referee typed; it is kept as typed, right or wrong.

    `has_file`: a PDF waits to be sent in place of a typed letter.
    """

    known = Words(
        label=gettext_lazy("How you know the applicant"),
        help_text=gettext_lazy("In which role, since when, and how closely."),
        limit=LONGEST_ANSWER,
        rows=3,
        error_messages={"required": gettext_lazy("Write how you know the applicant.")},
    )
    reliability = rating(CRITERIA["reliability"])
    adaptability = rating(CRITERIA["adaptability"])
    communication = rating(CRITERIA["communication"])
    cooperation = rating(CRITERIA["cooperation"])
    initiative = rating(CRITERIA["initiative"])
    openness = rating(CRITERIA["openness"])
    recommendation = forms.ChoiceField(
        label=gettext_lazy("Your recommendation"),
        choices=RECOMMENDATIONS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose your recommendation.")},
    )
    letter = Words(
        label=gettext_lazy("Your letter"),
        required=False,
        help_text=gettext_lazy(
            "In English or Japanese. About one page is usual; up to 20,000 characters are taken."
        ),
        limit=LONGEST_LETTER,
        rows=18,
    )

    def __init__(
        self, typed: Mapping[str, Sequence[str]], *, has_file: bool, judged: bool = True
    ) -> None:
        """Show what was `typed`; say what is wrong with it only where it is `judged`."""
        first = {name: values[0] for name, values in typed.items() if values}
        super().__init__(as_data(typed) if judged else None, initial=first, auto_id="id_%s")
        self.has_file = has_file
        self.fields["letter"].optional = has_file  # type: ignore[attr-defined]

    @property
    def criteria(self) -> list[forms.BoundField]:
        return [self[name] for name in CRITERIA]

    def clean_letter(self) -> str:
        letter: str = self.cleaned_data["letter"]
        if not letter and not self.has_file:
            raise forms.ValidationError(_("Write your letter, or choose a PDF below."))
        return letter

    def is_short(self) -> bool:
        """Tell whether the typed letter is so short that it may have been sent by mistake."""
        return not self.has_file and count_characters(self.text) < SHORTEST_USUAL

    @property
    def text(self) -> str:
        """The letter as it was typed."""
        return str(self["letter"].value() or "").strip()


@dataclass(frozen=True, slots=True)
class Answer:
    label: str
    words: str


def answers(form: ReferenceForm) -> list[Answer]:
    """Return question and answer as they are read, in the language of the reader; no letter."""
    return spoken({name: str(form[name].value() or "") for name in RATED})


def spoken(ratings: Mapping[str, str]) -> list[Answer]:
    """Return what is kept of a letter beside its text, as it is read."""
    fields = ReferenceForm.base_fields
    shown = []
    for name in RATED:
        value, choices = ratings.get(name, ""), getattr(fields[name], "choices", ())
        shown.append(Answer(str(fields[name].label), str(dict(choices).get(value, value))))
    return shown


def ratings_of(form: ReferenceForm) -> dict[str, str]:
    """Return what is kept of a valid form beside the text of the letter."""
    return {name: str(form.cleaned_data[name]) for name in RATED}


def as_typed(sent: Mapping[str, Sequence[str]]) -> Typed:
    """Keep of what was sent the inputs of the form, as they were typed."""
    return {
        name: list(map(storable, sent[name])) for name in ReferenceForm.base_fields if name in sent
    }


def as_data(typed: Mapping[str, Sequence[str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, list(values))
    return data
