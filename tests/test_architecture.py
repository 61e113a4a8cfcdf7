"""What the code may know of itself: layers, the clock, one writer of each thing."""

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from django.contrib import admin

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
    for name in (
        *("celery", "context", "desk", "health", "preflight"),
        *("status", "tasks", "urls", "wsgi"),
    )
)
REQUESTS = ("django.shortcuts", "django.contrib.messages")
EDGES = ("admin", "exports", "feeds", "management", "tasks", "urls", "views")


def edges_of(app: str) -> tuple[str, ...]:
    return tuple(f"{app}.{name}" for name in EDGES)


# Beginning of a path -> modules that no file there may import.
FORBIDDEN = {
    "jetportal/mail": ("positions", "applications", "jetportal.accounts", *ROOF),
    "jetportal/accounts": ("positions", "applications", *ROOF),
    "jetportal/heartbeats": (
        *("positions", "applications", "jetportal.accounts", "jetportal.mail"),
        *ROOF,
    ),
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
    "applications/forms": ("applications.domain", *REQUESTS, *edges_of("applications")),
    "applications/domain": ("django.http", *REQUESTS, *edges_of("applications")),
    "applications/views": ("applications.admin", "applications.exports"),
}

# Who reads the clock: the edges, and nobody else. The rest is handed an instant.
CLOCK = {"timezone.now", "datetime.now", "datetime.utcnow", "datetime.today", "date.today"}
CLOCK |= {"time.time", "time.time_ns"}
READ_THE_CLOCK = {
    "jetportal/middleware.py",
    "jetportal/pagecache/middleware.py",
    "jetportal/status/page.py",  # how old a heartbeat is, and how far clocks are apart
    "jetportal/status/services.py",
    "applications/views/letter_sending.py",  # when the row of a letter was written
    "applications/views/send.py",  # when the row of a sent application was written
}
STATUS_WRITER = "applications/domain/workflow.py"
BEGINNING = ("applications/domain/form/drafts.py", "start")  # the exception: a new row
MAIL_SENDER = "jetportal/mail/postman.py"


Faults = dict[str, list[object]]


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


def faults(of: Callable[[Path], Iterable[object]], paths: Iterable[Path] = SOURCES) -> Faults:
    """Return what is wrong, by file: nothing, where nothing is."""
    found = {name_of(path): list(of(path)) for path in paths}
    return {name: wrong for name, wrong in found.items() if wrong}


def test_there_is_something_to_look_at():
    assert len(SOURCES) > 100
    below = [[is_below(name_of(path), beginning) for path in SOURCES] for beginning in FORBIDDEN]
    assert all(map(any, below))


def upward_imports(path: Path) -> Iterator[str]:
    name = name_of(path)
    banned = {m for start, modules in FORBIDDEN.items() if is_below(name, start) for m in modules}
    return (i for i in imports(path) if any(inside(i, module) for module in banned))


def test_layers_import_downwards_only():
    assert faults(upward_imports) == {}


def test_imports_are_absolute():
    assert faults(lambda path: (i for i in imports(path) if i[0] == "."), SOURCES + TESTS) == {}


def test_code_knows_no_test():
    assert (
        faults(lambda p: (i for i in imports(p) if inside(i, "tests") or inside(i, "pytest"))) == {}
    )


def readings_of_the_clock(path: Path) -> list[str]:
    name = name_of(path)
    if path.name == "tasks.py" or "/management/commands/" in name or name in READ_THE_CLOCK:
        return []
    read = [dotted(node) for node in ast.walk(parsed(path)) if isinstance(node, ast.Attribute)]
    return [words for words in read if words in CLOCK]


def test_only_edges_read_the_clock():
    assert faults(readings_of_the_clock) == {}


def test_every_exception_for_the_clock_is_needed():
    assert {name for name in READ_THE_CLOCK if "timezone.now" in (ROOT / name).read_text()} == (
        READ_THE_CLOCK
    )


def test_only_the_outbox_speaks_to_mail_servers():
    others = faults(lambda p: (i for i in imports(p) if inside(i, "smtplib")))

    # One sorts the errors of a mail server, the other greets it before the start.
    assert set(others) == {"jetportal/mail/verdicts.py", "jetportal/preflight.py"}


def test_only_the_outbox_imports_the_mail_of_the_framework():
    users = faults(lambda p: (i for i in imports(p) if inside(i, "django.core.mail")))

    assert list(users) == [MAIL_SENDER]


WRITING_CALLS = {"update", "bulk_update", "update_or_create", "create", "get_or_create"}
WRITING_CALLS |= {f"a{name}" for name in WRITING_CALLS} | {"bulk_create", "Application", "setattr"}


def says_status(node: ast.AST) -> bool:
    word = getattr(node, "arg", None) if isinstance(node, ast.keyword) else None
    return word == "status" or (isinstance(node, ast.Constant) and node.value == "status")


def status_writes(tree: ast.AST) -> Iterator[int]:
    """Find `x.status = ...`, and calls that make or change rows and say "status" in any way.

    An answer's `status=409` is no write.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield from [node.lineno] * (node.attr == "status")
        elif isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in WRITING_CALLS:
            said = [*node.args, *node.keywords]
            yield from [node.lineno] * any(says_status(n) for word in said for n in ast.walk(word))


@pytest.mark.parametrize(
    "source",
    [
        "application.status = Status.LAPSED",
        "a.status, a.status_at = target, at",
        "setattr(application, 'status', target)",
        "rows.update(status=target)",
        "rows.update(**{'status': target})",
        "Application(applicant=by, status=target)",
        "Application.objects.create(status=target)",
        "Application.objects.bulk_create([Application(status=target)])",
        "rows.bulk_update(rows, ['status'])",
        "rows.get_or_create(applicant=by, defaults={'status': target})",
        "rows.update_or_create(defaults={'status': target}, applicant=by)",
    ],
)
def test_every_way_to_write_a_status_is_seen(source):
    assert set(status_writes(ast.parse(source))) == {1}


@pytest.mark.parametrize("source", ["render(request, page, status=409)", "rows.filter(status=x)"])
def test_reading_a_status_is_no_write(source):
    assert list(status_writes(ast.parse(source))) == []


def test_status_has_one_writer_and_one_beginning():
    found = faults(lambda path: status_writes(parsed(path)))
    path, function = BEGINNING
    start = next(n for n in ast.walk(parsed(ROOT / path)) if getattr(n, "name", "") == function)

    assert set(found) == {STATUS_WRITER, path}
    assert found[path] == list(status_writes(start))


def test_wall_time_becomes_an_instant_in_one_place():
    makers = [
        name_of(path)
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.keyword) and node.arg == "tzinfo" and dotted(node.value) != "UTC"
    ]

    assert set(makers) == {"positions/deadlines.py"}


def hidden_effects(path: Path) -> Iterator[str]:
    """Find a `save` or `delete` of our own models, and receivers of signals."""
    for owner in ast.walk(parsed(path)):
        if isinstance(owner, ast.ClassDef) and "/models" in name_of(path):
            methods = [node.name for node in owner.body if isinstance(node, ast.FunctionDef)]
            yield from (name for name in methods if name in {"save", "delete"})
    yield from (i for i in imports(path) if inside(i, "django.db.models.signals"))


def test_models_have_no_hidden_side_effects():
    assert faults(hidden_effects) == {}


def test_files_are_short_enough_to_be_read():
    lines = {name_of(path): len(path.read_text().splitlines()) for path in SOURCES}

    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def shortcuts(path: Path) -> Iterator[str]:
    """Find tests that are left out, that sleep, or that replace what they should prove."""
    unwanted = {"mark.skip", "mark.skipif", "mark.xfail", "pytest.skip", "unittest.mock"}
    if path.name != "services.py":  # which waits for conditions
        unwanted.add("time.sleep")
    words = [dotted(n) for n in ast.walk(parsed(path)) if isinstance(n, ast.Attribute)]
    yield from (word for word in words if word in unwanted)
    yield from (i for i in imports(path) if inside(i, "unittest.mock"))


def test_tests_skip_nothing_and_sleep_nowhere():
    assert faults(shortcuts, TESTS) == {}


# Rows that are written once, and the names under which rows of a parent reach them.
APPEND_ONLY = {
    "DecisionChange",
    "ReleaseStep",
    "RoundChange",
    "SeatEvent",
    "SeatNumber",
    "SensitiveOpening",
    "StatusChange",
}
WRITES_AGAIN = {"update", "delete", "bulk_update", "update_or_create"}


def changes_of_history(path: Path) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        names = {part.id for part in ast.walk(node.func) if isinstance(part, ast.Name)}
        attributes = {part.attr for part in ast.walk(node.func) if isinstance(part, ast.Attribute)}
        if node.func.attr in WRITES_AGAIN and (
            names & APPEND_ONLY or attributes & {"changes", "openings"}
        ):
            yield ast.unparse(node)


def test_history_is_written_once_and_never_again():
    assert faults(changes_of_history) == {}


def test_desk_changes_and_deletes_no_history():
    registered = {model.__name__ for model in admin.site._registry}
    inlines = {
        inline.model.__name__ for desk in admin.site._registry.values() for inline in desk.inlines
    }
    assert "RecruitmentRound" in registered
    assert not (registered | inlines) & APPEND_ONLY
