"""What the code may know of itself: layers, the clock, one writer of each thing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import ROOT

PACKAGES = ("jetportal", "positions", "applications")
SOURCES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST_FILE = 400  # lines; 300 is what we aim at

ROOF = tuple(
    f"jetportal.{name}"
    for name in ("celery", "context", "desk", "health", "preflight", "tasks", "urls", "wsgi")
)
REQUESTS = ("django.shortcuts", "django.contrib.messages")
EDGES = ("admin", "exports", "management", "tasks", "urls", "views")


def edges_of(app: str) -> tuple[str, ...]:
    return tuple(f"{app}.{name}" for name in EDGES)


# Beginning of a path -> modules that no file there may import.
FORBIDDEN = {
    "jetportal/mail": ("positions", "applications", "jetportal.accounts", *ROOF),
    "jetportal/accounts": ("positions", "applications", *ROOF),
    "jetportal/pagecache": (
        *("positions", "applications", "jetportal.accounts", "jetportal.mail"),
        *ROOF,
    ),
    "positions": ("applications", *ROOF),
    "positions/models": ("positions.domain", "positions.forms", *edges_of("positions")),
    "positions/domain": ("positions.forms", "django.http", *REQUESTS, *edges_of("positions")),
    "positions/deadlines.py": ("positions", "django", "jetportal"),
    "applications": (*ROOF,),
    "applications/models": (
        *("applications.domain", "applications.sections"),
        *edges_of("applications"),
    ),
    "applications/sections": ("applications.domain", *REQUESTS, *edges_of("applications")),
    "applications/domain": ("django.http", *REQUESTS, *edges_of("applications")),
    "applications/views": ("applications.admin", "applications.exports"),
}

# Who reads the clock: the edges, and nobody else. The rest is handed an instant.
CLOCK = {"timezone.now", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
CLOCK |= {"time.time", "time.time_ns"}
READ_THE_CLOCK = {
    "jetportal/middleware.py",
    "jetportal/pagecache/middleware.py",
    "applications/views/send.py",  # when the row of a sent application was written
}
STATUS_WRITER = "applications/domain/workflow.py"
MAIL_SENDER = "jetportal/mail/outbox.py"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def imports(path: Path) -> Iterator[str]:
    """Name every module that a file imports, and every name that may be one."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inside(module: str, banned: str) -> bool:
    return module == banned or module.startswith(f"{banned}.")


def is_below(name: str, beginning: str) -> bool:
    return name == beginning or name.startswith(f"{beginning}/")


def dotted(node: ast.expr) -> str:
    """Write the last two parts of a name such as `django.utils.timezone.now`."""
    if not isinstance(node, ast.Attribute):
        return node.id if isinstance(node, ast.Name) else ""  # the result of a call has no name
    return f"{dotted(node.value).rpartition('.')[2]}.{node.attr}"


def each_source(test):
    return pytest.mark.parametrize("path", SOURCES, ids=name_of)(test)


def test_there_is_something_to_look_at():
    assert len(SOURCES) > 100
    below = [[is_below(name_of(path), beginning) for path in SOURCES] for beginning in FORBIDDEN]
    assert all(map(any, below))


@each_source
def test_layers_import_downwards_only(path: Path):
    name = name_of(path)
    banned = {m for start, modules in FORBIDDEN.items() if is_below(name, start) for m in modules}

    assert [i for i in imports(path) for module in banned if inside(i, module)] == []


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=name_of)
def test_imports_are_absolute(path: Path):
    assert [module for module in imports(path) if module.startswith(".")] == []


@each_source
def test_code_knows_no_test(path: Path):
    assert [i for i in imports(path) if inside(i, "tests") or inside(i, "pytest")] == []


@each_source
def test_only_edges_read_the_clock(path: Path):
    name = name_of(path)
    is_edge = path.name == "tasks.py" or "/management/commands/" in name or name in READ_THE_CLOCK
    read = [dotted(node) for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)]

    assert is_edge or [words for words in read if words in CLOCK] == []


def test_every_exception_for_the_clock_is_needed():
    assert {name for name in READ_THE_CLOCK if "timezone.now" in (ROOT / name).read_text()} == (
        READ_THE_CLOCK
    )


@each_source
def test_only_the_outbox_sends_mail(path: Path):
    sends = [i for i in imports(path) if inside(i, "django.core.mail") or inside(i, "smtplib")]
    if name_of(path) in {MAIL_SENDER, "jetportal/mail/verdicts.py", "jetportal/preflight.py"}:
        return  # the last two name the errors of a mail server, and greet one

    assert sends == []


def test_only_the_outbox_imports_the_mail_of_the_framework():
    users = [path for path in SOURCES if any(inside(i, "django.core.mail") for i in imports(path))]

    assert list(map(name_of, users)) == [MAIL_SENDER]


UPDATES = {"update", "bulk_update", "update_or_create"}


def status_writes(tree: ast.Module) -> Iterator[int]:
    """Find `x.status = ...` and `.update(status=...)`; an answer's `status=409` is no write."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield from [node.lineno] * (node.attr == "status")
        elif isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in UPDATES:
            yield from (node.lineno for word in node.keywords if word.arg == "status")


def test_status_has_one_writer():
    writers = [path for path in SOURCES if any(status_writes(parsed(path)))]

    assert list(map(name_of, writers)) == [STATUS_WRITER]


def test_wall_time_becomes_an_instant_in_one_place():
    makers = [
        name_of(path)
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.keyword) and node.arg == "tzinfo" and dotted(node.value) != "UTC"
    ]

    assert set(makers) == {"positions/deadlines.py"}


@each_source
def test_models_have_no_hidden_side_effects(path: Path):
    """No `save` of our own, and no signal receiver: what happens next is called by its name."""
    tree = parsed(path)
    saves = [
        node.name
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef) and "/models" in name_of(path)
        for node in owner.body
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
    ]
    signals = [i for i in imports(path) if inside(i, "django.db.models.signals")]

    assert (saves, signals) == ([], [])


@each_source
def test_file_is_short_enough_to_be_read(path: Path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_tests_skip_nothing_and_sleep_nowhere(path: Path):
    marks = [dotted(n) for n in ast.walk(parsed(path)) if isinstance(n, ast.Attribute)]
    unwanted = {"mark.skip", "mark.skipif", "mark.xfail", "pytest.skip", "unittest.mock"}
    naps = {"time.sleep"} if path.name != "services.py" else set()  # which waits for conditions

    assert [words for words in marks if words in unwanted | naps] == []
    assert [i for i in imports(path) if inside(i, "unittest.mock")] == []
