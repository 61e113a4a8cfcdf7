"""What a round asks, for everybody, before there is an account."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from applications.domain.files import slots
from applications.domain.form.limits import documents_at_most, limits_of, medical_items_of
from applications.domain.form.rules import rules_of
from applications.domain.referees import reference_rules
from applications.domain.referees.reference_rules import NUMBERS, kinds_of
from applications.forms.letter import MOST_PAGES, ReferenceForm, Words
from applications.models import SENSITIVE_SLOTS, SINGLE_SLOTS
from applications.models.reference_settings import settings_of
from applications.sections.base import Asked, EntryList, Section, SectionForm
from applications.sections.fields import Number, Text, Tick, plural
from applications.sections.referees import RefereeForm
from applications.sections.registry import DOCUMENTS, REFERENCES, sections_for
from jetportal.pagecache.pages import kept_page, public_page
from jetportal.pagecache.windows import Window
from jetportal.requests import TimedRequest
from positions.models import Consulate, RecruitmentRound

SHOWN_CHOICES = 12  # longer lists are named by how long they are


@dataclass(frozen=True, slots=True)
class Question:
    label: str
    help: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionList:
    title: str
    help: str
    most: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    title: str
    intro: str
    questions: tuple[Question, ...]
    lists: tuple[QuestionList, ...]


@require_safe
@kept_page()
def questions(request: TimedRequest, slug: str) -> HttpResponse:
    """Show every part of the form of a published round, with help and limits."""
    at = request.received_at
    published = RecruitmentRound.objects.published(at)
    published = published.select_related("form_settings", "reference_settings")
    round_ = published.with_vacancies().filter(slug=slug).first()
    if round_ is None:
        raise Http404("There is no such round.")
    asked = Asked(
        round=round_,
        vacancies=tuple(round_.vacancies.all()),
        consulates=tuple(Consulate.objects.all()),
        limits=limits_of(round_),
        medical_items=medical_items_of(round_),
        rules=rules_of(round_),
    )
    context = {
        "nav": "rounds",
        "round": round_,
        "parts": _parts(asked),
    }
    window = Window.around(round_.changes_at(), at)
    return public_page(request, "applications/questions.html", context, window)


def _parts(asked: Asked) -> tuple[Part, ...]:
    """List the parts in the order of the form, references and documents before the last."""
    parts = [_part(section, asked) for section in sections_for(asked.round)]
    return (*parts[:-1], _references(asked.round), _documents(asked), *parts[-1:])


def _references(round_: RecruitmentRound) -> Part:
    """Say how many letters of which kinds, what is asked of each referee, and what of them."""
    number, kinds = settings_of(round_).number, kinds_of(round_)
    named = f"{NUMBERS[number].capitalize()} {plural(number, 'referee', 'referees')}"
    return Part(
        key=REFERENCES,
        title="References",
        intro=f"{named}. You name each one and send the request from here; the letter comes "
        "straight to us, and you never see it. A request can be sent before the application is.",
        questions=tuple(
            Question(str(kind.label.partition(": ")[0]), kind.label.partition(": ")[2], ())
            for kind in kinds
        ),
        lists=(
            QuestionList(
                title="What you say of each referee",
                help=" ".join(reference_rules.needed_kinds(round_)),
                most="",
                questions=_questions(RefereeForm(kinds=kinds)),
            ),
            QuestionList(
                title="What each referee is asked by us",
                help="In English or Japanese, on a page of their own, without an account.",
                most=f"A typed letter, or a PDF of up to {MOST_PAGES} pages.",
                questions=tuple(
                    Question(str(field.label), str(field.help_text), tuple(_letter_facts(field)))
                    for field in ReferenceForm.base_fields.values()
                ),
            ),
        ),
    )


def _letter_facts(field: forms.Field) -> Iterator[str]:
    if isinstance(field, forms.ChoiceField):
        yield _choices(field)
    if isinstance(field, Words):
        yield f"Up to {field.limit:,} characters"


def _documents(asked: Asked) -> Part:
    round_ = asked.round
    return Part(
        key=DOCUMENTS,
        title="Documents",
        intro=f"PDF only, up to {round_.documents_max_megabytes} MB each and "
        f"{documents_at_most(round_)} files in all.",
        questions=tuple(
            Question(str(rule.slot.label), rule.help, tuple(document_facts(rule)))
            for rule in slots.rules_for(asked)
        ),
        lists=(),
    )


def document_facts(rule: slots.SlotRule) -> Iterator[str]:
    """Say when a document is asked for, whether it may be several files, and who opens it."""
    yield rule.told.removesuffix(".")
    if rule.slot not in SINGLE_SLOTS:
        yield "One file or several"
    if rule.slot in SENSITIVE_SLOTS:
        yield "Only named staff can open it"


def _part(section: Section, asked: Asked) -> Part:
    return Part(
        key=section.key,
        title=section.title,
        intro=section.intro,
        questions=_questions(section.bind(None, asked)),
        lists=tuple(_list(section, declared, asked) for declared in section.lists),
    )


def _list(section: Section, declared: EntryList, asked: Asked) -> QuestionList:
    limit = declared.limit_in(asked, section=section.key)
    return QuestionList(
        title=declared.title,
        help=declared.help,
        most=f"A list of up to {limit} {plural(limit, 'entry', 'entries')}. For each:",
        questions=_questions(declared.bind(None, asked, section=section.key)),
    )


def _questions(form: forms.Form) -> tuple[Question, ...]:
    depending = form.depending if isinstance(form, SectionForm) else ()
    return tuple(
        Question(
            str(field.label),
            str(field.help_text),
            tuple(_facts(field, depends=name in depending)),
        )
        for name, field in form.fields.items()
    )


def _facts(field: forms.Field, *, depends: bool) -> list[str]:
    """Say what an answer may be: its limits, its choices, whether it may stay empty."""
    facts = [_choices(field)] if isinstance(field, forms.ChoiceField) else []
    if isinstance(field, Number):
        facts.append(f"A number from {field.low:,} to {field.high:,}")
    elif isinstance(field, Text) and field.max_words:
        facts.append(f"Up to {field.max_words:,} words and {field.max_characters:,} characters")
    elif isinstance(field, Text):
        facts.append(f"Up to {field.max_characters:,} characters")
    elif isinstance(field, Tick):
        facts.append("To be ticked")
    if depends:
        facts.append("Asked where another answer calls for it")
    elif not field.required:
        facts.append("Optional")
    return facts


def _choices(field: forms.ChoiceField) -> str:
    choices: Any = field.choices
    words = [str(label) for key, label in choices if str(key)]
    if len(words) > SHOWN_CHOICES:
        return f"One of {len(words)}"
    return "One of: " + "; ".join(words)
