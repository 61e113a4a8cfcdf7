"""What the framework says by itself is in the voice of the portal, in every form and list."""

import ast
import gettext
import re
from itertools import chain
from pathlib import Path

import django
import pytest
from django import forms
from django.contrib.messages import get_messages
from django.core import validators
from django.test import Client

from tests.applications.desk import LIST, sent
from tests.services import ROOT

FOLDER = ROOT / "locale" / "en" / "LC_MESSAGES"
THEIRS = [
    Path(django.__file__).parent / folder / "locale" / "en" / "LC_MESSAGES" / "django.po"
    for folder in ("conf", "contrib/admin")
]
STOCK = re.compile(r"Ensure|Enter a|Select a valid|This field|Please|No file was|successfully")
FIELDS = (
    *(forms.CharField, forms.IntegerField, forms.DecimalField, forms.BooleanField),
    *(forms.DateField, forms.TimeField, forms.SplitDateTimeField, forms.DateTimeField),
    *(forms.EmailField, forms.URLField, forms.FileField, forms.UUIDField, forms.SlugField),
    *(forms.ChoiceField, forms.MultipleChoiceField),
    *(forms.ModelChoiceField, forms.ModelMultipleChoiceField),
)
RULES = (
    validators.MinValueValidator(1),
    validators.MaxValueValidator(1),
    validators.ProhibitNullCharactersValidator(),
    validators.EmailValidator(),
    validators.URLValidator(),
    validators.validate_slug,
)


def texts(catalog: Path) -> dict[str, str]:
    """Read the first form of each text of a catalog, and what stands for it."""
    whole = catalog.read_text().replace('"\n"', "")
    entry = r'^msgid (".+")\n(?:msgid_plural ".*"\n)?msgstr(?:\[0\])? (".*")$'
    found = re.findall(entry, whole, re.MULTILINE)
    return {ast.literal_eval(text): ast.literal_eval(ours) for text, ours in found}


def test_catalog_words_only_what_the_framework_says_and_is_compiled():
    ours = texts(FOLDER / "django.po")
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    def said(text: str) -> str:
        plain = compiled.gettext(text)
        return compiled.ngettext(text, text, 1) if plain == text else plain

    assert len(ours) > 30
    assert set(ours) - set(chain.from_iterable(map(texts, THEIRS))) == set()
    assert {text: said(text) for text in ours} == ours
    assert [words for words in ours.values() if STOCK.search(words)] == []


def test_fields_and_rules_say_nothing_in_stock_words():
    messages = [
        *(str(words) for field in FIELDS for words in field.default_error_messages.values()),
        *(str(words) for field in FIELDS for words in forms.Field.default_error_messages.values()),
        *(str(rule.message) for rule in RULES),
    ]

    spoken = {words for words in messages if STOCK.match(words)}
    assert spoken == {"Please either submit a file or check the clear checkbox, not both."}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("post", "said"),
    [
        ({"action": "move_to_in_screening"}, "Choose at least one row first."),
        ({"action": "", "_selected_action": ["1"]}, "Choose an action first."),
    ],
)
def test_list_says_kindly_what_was_not_chosen(office: Client, post, said):
    sent(0)

    answer = office.post(LIST, {"index": "0", **post})

    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        f"{said} Nothing was changed."
    ]
