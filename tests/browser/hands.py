"""What a person does to a page, with a mouse or with the keyboard alone."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.ways import be_at, follow, press, tab_to

MOST_ARROWS = 60  # more than any list of choices is long


class Hands:
    """Fills in what labels ask for; remembers every text, to look for it later."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.written: list[str] = []

    def arrive(self, title: str) -> None:
        be_at(self.page, title)

    def press(self, name: str) -> None:
        press(self.page, name)

    def follow(self, name: str) -> None:
        follow(self.page, name)

    def write(self, texts: Mapping[str, str]) -> None:
        for label, text in texts.items():
            self._type(self._labelled(label), text)
            self.written.append(text)

    def date(self, question: str, month: str, day: str, year: str) -> None:
        group = self._group(question)
        for label, part in {"Month": month, "Day": day, "Year": year}.items():
            self._type(group.get_by_label(label), part)

    def choose(self, answers: Mapping[str, str]) -> None:
        for question, answer in answers.items():
            self._choose(self._group(question), answer)

    def tick(self, *labels: str) -> None:
        for label in labels:
            self._tick(self.page.get_by_role("checkbox", name=label))

    def tick_all(self) -> None:
        for box in self.page.get_by_role("checkbox").all():
            self._tick(box)

    def pick(self, options: Mapping[str, str]) -> None:
        """Pick the option that begins so, of each of these lists."""
        for label, option in options.items():
            self._pick(self._labelled(label), option)

    def add_file(self, title: str, file: Path) -> None:
        self._hand_over(self.page.get_by_label(f"Choose a PDF for {title}", exact=True), file)
        self.press(f"Add the file for {title}")
        expect(self.page.get_by_role("link", name=f"Open {file.name}")).to_be_visible()

    def _labelled(self, label: str) -> Locator:
        return self.page.get_by_label(_as_label(label))

    def _group(self, question: str) -> Locator:
        return self.page.get_by_role("group", name=_as_label(question))

    def _type(self, field: Locator, text: str) -> None:
        field.fill(text)

    def _choose(self, group: Locator, answer: str) -> None:
        group.get_by_label(answer, exact=True).check()

    def _tick(self, box: Locator) -> None:
        box.check()

    def _pick(self, field: Locator, option: str) -> None:
        field.select_option(_option(field, option))

    def _hand_over(self, field: Locator, file: Path) -> None:
        field.set_input_files(file)


class Keyboard(Hands):
    """Tab, arrows, space and Enter, and nothing else."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        page.on("filechooser", lambda chooser: None)  # from the start: never a race with a key

    def arrive(self, title: str) -> None:
        """Go past the header, by the link that is there for this."""
        super().arrive(title)
        skip = self.page.get_by_role("link", name="Skip to the main content")
        if self.page.evaluate("document.activeElement === document.body"):
            self.page.keyboard.press("Tab")
            if skip.evaluate("link => link === document.activeElement"):
                self.page.keyboard.press("Enter")

    def press(self, name: str) -> None:
        self._enter("button", name)

    def follow(self, name: str) -> None:
        self._enter("link", name)

    def _enter(self, role: str, name: str) -> None:
        tab_to(self.page, self.page.get_by_role(role, name=name, exact=True).first)
        self.page.keyboard.press("Enter")

    def _type(self, field: Locator, text: str) -> None:
        tab_to(self.page, field)
        self.page.keyboard.insert_text(text)

    def _choose(self, group: Locator, answer: str) -> None:
        wanted = group.get_by_label(answer, exact=True)
        checked = group.locator(":checked")
        radios = group.get_by_role("radio")
        tab_to(self.page, checked if checked.count() else radios.first)
        self.page.keyboard.press("Space")
        self._down_to(wanted.is_checked)

    def _tick(self, box: Locator) -> None:
        tab_to(self.page, box)
        self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def _pick(self, field: Locator, option: str) -> None:
        value = _option(field, option)
        tab_to(self.page, field)
        self.page.keyboard.type(option[0])
        self._down_to(lambda: field.input_value() == value)

    def _down_to(self, reached: Callable[[], bool]) -> None:
        for _ in range(MOST_ARROWS):
            if reached():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError("no arrow leads there")

    def _hand_over(self, field: Locator, file: Path) -> None:
        tab_to(self.page, field)
        with self.page.expect_file_chooser() as asked:
            self.page.keyboard.press("Space")
        asked.value.set_files(file)


def _as_label(words: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(words)}(\s*\(optional\))?\s*$")


def _option(field: Locator, begins: str) -> str:
    """Return the value of the option whose words begin so."""
    option = field.locator("option").filter(has_text=re.compile(rf"^\s*{re.escape(begins)}"))
    return option.first.get_attribute("value") or ""
