"""Each promise in `docs/promises.md` names tests, and they are there."""

import re

from tests.services import ROOT

PROMISES = (ROOT / "docs" / "promises.md").read_text()
LINES = re.findall(r"^\| (?!Promise|Guard|Fault|--)(.+?) \| (.+) \|$", PROMISES, re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_promise_names_a_test():
    assert len(LINES) > 30
    assert [promise for promise, tests in LINES if not NAMED.search(tests)] == []


def test_every_test_that_a_promise_names_is_there():
    named = NAMED.findall(PROMISES)
    sources = {path: (ROOT / path).read_text() for path, _ in named if (ROOT / path).exists()}

    missing = [(path, test) for path, test in named if f"def {test}(" not in sources.get(path, "")]
    assert missing == []
