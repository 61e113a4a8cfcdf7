from playwright.sync_api import Page

from tests.counting import CHARACTERS, WORDS
from tests.services import ROOT

LIMIT = 25
FIELD = '<label>Text<textarea id="text" data-max-{unit}="{limit}"></textarea></label>'


def said_by_the_browser(page: Page, unit: str, text: str) -> str:
    page.set_content(FIELD.format(unit=unit, limit=LIMIT))
    page.get_by_label("Text").fill(text)
    page.add_script_tag(path=ROOT / "static" / "js" / "counter.js", type="module")
    line = page.locator("#text_counter")
    line.wait_for(state="attached")
    return line.inner_text()


def filled_up(text: str, used: int, filler: str) -> str:
    """Bring a text to three below the limit, from where the counter speaks."""
    return text + filler * (LIMIT - 3 - used)


def test_counter_in_the_browser_counts_words_as_the_server_does(page: Page):
    said = [said_by_the_browser(page, "words", filled_up(text, n, " w")) for text, n in WORDS]

    assert said == ["3 words left"] * len(WORDS)


def test_counter_in_the_browser_counts_characters_as_the_server_does(page: Page):
    said = [
        said_by_the_browser(page, "characters", filled_up(text.strip(), n, "x"))
        for text, n in CHARACTERS
    ]

    assert said == ["3 characters left"] * len(CHARACTERS)
