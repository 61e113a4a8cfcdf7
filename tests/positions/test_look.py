import re

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from positions.templatetags.look import mending_target, number_word, short_label


class PartsOfDate(forms.TextInput):
    template_name = "widgets/month_day_year.html"
    use_fieldset = True


class DateField(forms.CharField):
    widget = PartsOfDate

    def clean(self, value: str) -> str:
        raise ValidationError("February 30, 1996 does not exist", code="day")


class Sample(forms.Form):
    name = forms.CharField(label="Family name", help_text="As in your passport.")
    born = DateField(label="Birth date", help_text="For example, 3 27 1996.")
    dual = forms.ChoiceField(
        label="Do you also hold Japanese nationality?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        help_text="You can apply with it.",
    )
    agreed = forms.BooleanField(label="All of it is true", help_text="Read it first.")
    nickname = forms.CharField(label="Nickname", required=False)


@pytest.mark.parametrize(
    ("number", "word"), [(1, "One"), (3, "Three"), (10, "Ten"), (11, "11"), (-1, "-1")]
)
def test_number_word_begins_a_sentence(number: int, word: str) -> None:
    assert number_word(number) == word


def test_mending_target_is_the_first_wrong_control() -> None:
    form = Sample({"born": "2 30 1996"})

    targets = {name: mending_target(form[name]) for name in form.errors}

    assert targets == {
        "name": "id_name",
        "born": "id_born_day",
        "dual": "id_dual_0",
        "agreed": "id_agreed",
    }


def test_short_label_drops_the_question_mark_or_is_the_given_one() -> None:
    form = Sample()
    form.fields["dual"].short_label = "Japanese nationality"  # type: ignore[attr-defined]

    assert short_label(form["dual"]) == "Japanese nationality"
    assert short_label(Sample()["dual"]) == "Do you also hold Japanese nationality"


def test_error_summary_counts_in_words_and_links_to_the_controls() -> None:
    page = render_to_string("includes/_error_summary.html", {"form": Sample({}), "saved": True})

    assert "Four answers to mend" in page
    assert "What you typed is saved." in page
    assert re.findall(r'href="#(\w+)"', page) == [
        "id_name",
        "id_born_day",
        "id_dual_0",
        "id_agreed",
    ]


def test_error_summary_of_a_form_without_mistakes_is_empty() -> None:
    assert render_to_string("includes/_error_summary.html", {"form": Sample()}).strip() == ""


def test_field_describes_itself_only_with_what_is_on_the_page() -> None:
    page = render_crispy_form(Sample({"born": "2 30 1996"}))

    described = {
        name for ids in re.findall(r'aria-describedby="([^"]+)"', page) for name in ids.split()
    }
    present = set(re.findall(r'\bid="([^"]+)"', page))

    assert described == {
        f"id_{name}_{part}"
        for name in ("name", "born", "dual", "agreed")
        for part in ("helptext", "error")
    }
    assert described <= present


def test_field_comes_as_label_help_error_control() -> None:
    page = render_crispy_form(Sample({"born": "2 30 1996"}))

    field = page[page.index('id="div_id_name"') : page.index('id="div_id_born"')]
    order = [
        field.index(part) for part in ("<label", '_helptext" class', '_error" class', "<input")
    ]

    assert order == sorted(order)


def test_field_says_optional_and_stars_nothing() -> None:
    page = render_crispy_form(Sample())

    assert page.count("(optional)") == 1
    assert "*" not in re.sub(r"<[^>]+>", "", page)


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "429", "500"])
def test_error_page_renders_without_any_context(name: str) -> None:
    page = render_to_string(f"{name}.html")

    assert page.count("<h1") == 1
    assert 'style="' not in page
