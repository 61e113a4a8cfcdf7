"""Whatever is typed into any input of any section: it is kept, and comes back as it was typed."""

import re
from html import unescape

import pytest
from django import forms
from django.template import Context, Template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from applications.domain.form import answers, completeness
from applications.models import Application, SectionAnswers
from applications.sections.base import SectionForm, as_typed
from applications.sections.entries import Entry
from applications.sections.registry import sections_for
from applications.sections.text import storable
from positions.models import RoundKind
from tests.applicants import make_application
from tests.factories import make_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HARD = [
    *("", "\n leading", "\r\n\r\nx", "x" * 5000, "<b>&amp;'\"", "\u202eabc", "\x00", "\ud800"),
    *("\U0001f3f9", "２０２１-05", "٢", "2023-02-30", "999999999999", "-1", "on", "yes", "\ufffd"),
]
text = some.sampled_from(HARD) | some.text(max_size=60)
searching = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(params=RoundKind.values)
def loaded(request) -> completeness.Loaded:
    application = make_application(round_=make_round(slug=f"{request.param}-2025"), filled=False)
    fresh = Application.objects.with_round().get(pk=application.pk)
    return completeness.load(fresh)


def every_form(loaded: completeness.Loaded):
    """Yield section, list (or None) and an unbound form of each."""
    for section in sections_for(loaded.asked.round):
        yield section, None, section.bind(None, loaded.asked)
        for declared in section.lists:
            yield section, declared, declared.bind(None, loaded.asked, section=section.key)


def row_of(loaded, key, single, listed) -> SectionAnswers:
    row = SectionAnswers(application=loaded.application, section=key)
    row.keep(single, listed)
    row.saved_at = loaded.application.created_at
    return row


@given(data=some.data())
@searching
def test_any_text_in_any_input_is_judged_and_comes_back_as_typed(loaded, data):
    rows = {}
    sent_to = []
    for section, declared, form in every_form(loaded):
        sent = {name: [data.draw(text)] for name in form.input_names()}
        typed = as_typed(form, sent)
        sent_to.append((section, declared, sent, typed))
        single, listed = rows.setdefault(section.key, ({}, {}))
        if declared is None:
            single |= typed
        else:
            listed[declared.key] = [Entry(id="00000001", answers=typed, version=1)]
    SectionAnswers.objects.filter(application=loaded.application).delete()
    SectionAnswers.objects.bulk_create(row_of(loaded, key, *kept) for key, kept in rows.items())

    again = completeness.load(loaded.application)

    for section, declared, sent, typed in sent_to:
        single, listed = again.opened(section)
        kept = single if declared is None else listed[declared.key][0]["answers"]
        assert kept == typed == {name: [storable(value) for value in sent[name]] for name in sent}
    assert len(completeness.judge(again)) == len(sections_for(again.asked.round)) + 2
    for section in sections_for(again.asked.round):
        shown = answers.section_answers(again, section)
        assert all(isinstance(answer.words, str) for answer in shown)
        texts_come_back(again.form(section))
        for bound in again.lists(section):
            for entry in bound.entries:
                texts_come_back(entry.form)


PAGE = Template("{% load crispy_forms_tags %}{% crispy form form.helper %}")
AREA = re.compile(r"<textarea name=\"(\w+)\"[^>]*>(.*?)</textarea>", re.DOTALL)


def texts_come_back(form: SectionForm) -> None:
    """Read the page as a browser does: a text area drops one leading newline."""
    found = AREA.findall(PAGE.render(Context({"form": form})))
    areas = [n for n, f in form.fields.items() if isinstance(f.widget, forms.Textarea)]
    assert [name for name, _ in found] == areas
    for name, inner in found:
        assert unescape(inner.removeprefix("\r\n").removeprefix("\n")) == form.typed[name][0]
