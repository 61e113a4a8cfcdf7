"""What axe, the content policy and the width say about the page that is open."""

from collections.abc import Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOKS = [(1280, "light"), (360, "dark")]  # no color depends on the width
NARROWEST = 320
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SEEN_BY_COLOR_AND_WIDTH = ["color-contrast", "link-in-text-block", "target-size"]
HEAR_VIOLATIONS = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refused.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
UNSETTLED = "[data-strip][hidden]"  # shown once the time has been asked for
RUN_AXE = "async (options) => (await axe.run(document, options)).violations"
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Inspector:
    """Looks at the page that is open and writes down what is wrong with it."""

    def __init__(self, page: Page, looks: Sequence[tuple[int, str]] = LOOKS) -> None:
        self.page, self.looks = page, looks
        self.axe = Axe().axe_script
        self.found: list[str] = []
        self.console: list[str] = []
        page.add_init_script(HEAR_VIOLATIONS)
        page.on("console", lambda message: self.console.append(message.text))
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))

    def visit(self, *paths: str, status: int = 200) -> None:
        for path in paths:
            answer = self.page.goto(path)
            if answer is None or answer.status != status:
                self.found.append(f"{path}: not answered with {status}")
            self.page.locator(UNSETTLED).wait_for(state="detached")
            self.look(path)

    def look(self, name: str) -> None:
        """Judge the policy first: axe itself adds styles that it forbids."""
        refused = self.page.evaluate("window.refused")
        refused += [text for text in self.console if "Content Security Policy" in text]
        self.found += [f"{name}: {text}" for text in refused]
        self.page.evaluate(self.axe)
        for width, scheme in self.looks:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self._run_axe(f"{name}, {width} px, {scheme}", whole=(width, scheme) == self.looks[0])
        self.page.set_viewport_size({"width": NARROWEST, "height": 900})
        if self.page.evaluate(TOO_WIDE):
            self.found.append(f"{name}: wider than {NARROWEST} px")
        self.page.set_viewport_size({"width": self.looks[0][0], "height": 900})
        self.console.clear()

    def _run_axe(self, name: str, *, whole: bool) -> None:
        """Run every rule in the first look, then those that depend on color and width."""
        chosen = {"type": "tag", "values": RULES}
        if not whole:
            chosen = {"type": "rule", "values": SEEN_BY_COLOR_AND_WIDTH}
        options = {"runOnly": chosen, "resultTypes": ["violations"], "selectors": False}
        for violation in self.page.evaluate(RUN_AXE, options):
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            self.found.append(f"{name}: {violation['id']} {nodes}")
