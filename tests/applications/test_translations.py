"""The Japanese of the referees' pages: nothing missing, nothing left over, nothing stale."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

from applications.domain.files import reading
from applications.forms.letter import REFUSALS
from tests.services import ROOT

FOLDER = ROOT / "locale" / "ja" / "LC_MESSAGES"
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext"}
LITERAL = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
PYTHON = [
    p for app in ("applications", "positions", "jetportal") for p in (ROOT / app).rglob("*.py")
]
PAGES = list((ROOT / "templates").rglob("*.html"))
IN_JAPANESE = re.compile("[\u3001-\u30ff\u4e00-\u9fff\uff1a]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?\w+[^>]*>")


def marked_in_code(path: Path) -> set[str]:
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    named = [call for call in calls if getattr(call.func, "id", "") in MARKS and call.args]
    return {str(call.args[0].value) for call in named if isinstance(call.args[0], ast.Constant)}


def marked_on_page(path: Path) -> set[str]:
    code = templatize(path.read_text(), origin=path.name)
    return {ast.literal_eval(text) for text in re.findall(rf"gettext\({LITERAL}", code)}


def marked() -> set[str]:
    return set().union(*map(marked_in_code, PYTHON), *map(marked_on_page, PAGES))


def written() -> dict[str, str]:
    """Return the catalog as people edit it: the first form of each text, and its Japanese."""
    entry = rf"^msgid {LITERAL}\n(?:msgid_plural {LITERAL}\n)?msgstr(?:\[0\])? {LITERAL}$"
    found = re.findall(entry, (FOLDER / "django.po").read_text(), re.MULTILINE)
    texts = {ast.literal_eval(one): ast.literal_eval(japanese) for one, _many, japanese in found}
    return {text: japanese for text, japanese in texts.items() if text}  # the first is the head


def test_there_is_something_marked():
    assert len(marked()) > 120


def test_every_marked_text_is_in_japanese_and_nothing_else_is_there():
    assert set(written()) == marked()
    assert [text for text, japanese in written().items() if not IN_JAPANESE.search(japanese)] == []


def test_values_and_links_are_the_same_in_both_languages():
    def holes(text: str) -> list[str]:
        return sorted(PLACEHOLDER.findall(text))

    different = {text for text, japanese in written().items() if holes(text) != holes(japanese)}
    assert different == set()


def test_compiled_catalog_says_what_the_written_one_says():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    def said(text: str) -> str:
        plain = compiled.gettext(text)
        return compiled.ngettext(text, text, 1) if plain == text else plain

    assert {text: said(text) for text in written()} == written()


def reasons() -> set[str]:
    """Return every fixed sentence with which a PDF is refused."""
    tree = ast.parse(Path(reading.__file__).read_text())
    raised = {
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "DocumentRefused"
        and isinstance(node.args[0], ast.Constant)
    }
    return raised | {reading.UNREADABLE, *reading.VERDICTS.values()}


def test_every_reason_against_a_pdf_is_translated():
    assert reasons() == set(REFUSALS)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates" / "references").glob("*.html")), ids=lambda p: p.name
)
def test_page_of_referees_holds_no_word_that_is_not_marked(path: Path):
    text = re.sub(
        r"\{#.*?#\}|\{% blocktranslate.*?\{% endblocktranslate %\}|\{[%{].*?[%}]\}|<[^>]*>",
        " ",
        path.read_text(),
        flags=re.DOTALL,
    )

    assert re.findall(r"[A-Za-z]{2,}", text) in ([], ["JET", "Program"])
