"""What must hold for the project as a whole: rows, pages, words and documents agree."""

import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands
from django.db import models
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from applications.domain import roles
from applications.models import Application, Status
from jetportal.celery import app
from positions.models import RecruitmentRound
from tests.applicants import make_application, make_staff, make_user
from tests.factories import make_round
from tests.security.addresses import every_address
from tests.services import ROOT

OUR_APPS = ("accounts", "mail", "pagecache", "positions", "applications")
OUR_MODELS = [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "emails" not in path.parts]
README = (ROOT / "README.md").read_text()
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- Rows ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "path",
    sorted(
        path
        for label in OUR_APPS
        for path in Path(apps.get_app_config(label).path).glob("migrations/0*")
    ),
    ids=name_of,
)
def test_migration_is_named_for_what_it_does(path: Path):
    assert re.fullmatch(r"\d{4}_[a-z]\w+\.py", path.name)
    assert "auto" not in path.name


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model.__name__)
def test_every_choice_is_checked_by_the_database(model: type[models.Model]):
    constraints = model._meta.constraints
    checked = str([c.condition for c in constraints if isinstance(c, models.CheckConstraint)])
    with_choices = [field.name for field in model._meta.concrete_fields if field.choices]

    assert [name for name in with_choices if f"'{name}" not in checked] == []


def test_choices_are_there_to_be_checked():
    assert sum(bool(f.choices) for model in OUR_MODELS for f in model._meta.concrete_fields) > 8


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model.__name__)
def test_instants_are_never_filled_in_by_a_second_clock(model: type[models.Model]):
    dates = [f for f in model._meta.concrete_fields if isinstance(f, models.DateField)]

    assert [f.name for f in dates if f.auto_now or f.auto_now_add or f.has_default()] == []


def test_roles_name_permissions_that_exist():
    known = {
        (model._meta.app_label, codename)
        for model in apps.get_models()
        for codename in (
            *(f"{verb}_{model._meta.model_name}" for verb in model._meta.default_permissions),
            *(codename for codename, _ in model._meta.permissions),
        )
    }

    assert {wanted for role in roles.ROLES.values() for wanted in role} - known == set()


# --- Pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_template_holds_no_inline_script_or_style(path: Path):
    text = re.sub(
        r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(), flags=re.S
    )

    scripts = [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag]
    data = [tag for tag in scripts if re.search(r'type="application/(ld\+)?json"', tag)]
    assert [tag for tag in scripts if tag not in data] == []
    assert re.findall(r"<style\b|\sstyle=|\son[a-z]+=[\"']|javascript:", text) == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_template_names_no_other_server(path: Path):
    assert re.findall(r"(?:src|href|action)=[\"'](?:https?:)?//", path.read_text()) == []


def shown(client: Client, paths: Mapping[str, str]) -> dict[str, tuple[int, int, bool]]:
    """Return for each page that is one: how many h1 and main it has, and whether it has a title."""
    found = {}
    for name, path in paths.items():
        response = client.get(path)
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            text = response.content.decode()
            title = re.search(r"<title>\s*\S.*?</title>", text, re.S)
            found[name] = (len(re.findall(r"<h1\b", text)), text.count("<main"), bool(title))
    return found


@pytest.fixture
def places(db) -> Callable[..., dict[str, str]]:
    """Return every address by its name, with rows of this test in its places."""

    def places(application: Application, round_: RecruitmentRound) -> dict[str, str]:
        document = application.documents.first()
        referee = application.referees.first()
        named = {
            "slug": round_.slug,
            "request_pk": referee.request.pk if referee else 1,
            "referee_key": referee.key if referee else application.key,
            "key": application.key,
            "document_key": document.key if document else application.key,
            "slot": "citizenship",
            "section_key": "coaching",
            "list_key": "qualifications",
            "entry_id": "00000001",
            "target": "in_screening",
            "object_id": application.pk,
            "token": "none",
        }
        return dict(every_address(defaultdict(lambda: 1, named)))

    return places


def test_every_page_of_the_applicant_has_one_heading_one_main_and_a_title(client: Client, places):
    call_command("load_catalogue", verbosity=0)
    application = make_application(round_=make_round())
    client.force_login(application.applicant)
    addresses = places(application, application.round)

    pages = shown(client, {n: p for n, p in addresses.items() if not n.startswith("admin:")})
    sent = make_application(
        status=Status.SUBMITTED, applicant=make_user("rosa@example.org"), round_=application.round
    )
    client.force_login(sent.applicant)
    receipt = reverse("applications:receipt", args=[sent.key])
    withdraw = reverse("applications:withdraw", args=[sent.key])
    pages |= shown(client, {"receipt": receipt, "withdraw": withdraw})
    pages |= shown(Client(), {"login": reverse("account_login"), "out": reverse("account_logout")})

    assert len(pages) > 20
    assert {name: page for name, page in pages.items() if page != (1, 1, True)} == {}


def test_every_page_of_the_desk_has_one_heading_and_a_title(client: Client, places, settings):
    settings.DEMO = True
    call_command("load_catalogue", verbosity=0)
    call_command("ensure_roles", verbosity=0)
    application = make_application(status=Status.SUBMITTED, round_=make_round())
    staff = make_staff("office@example.org", *roles.ROLES, is_superuser=True)
    client.force_login(staff)
    addresses = places(application, application.round)

    desk = {n: p for n, p in addresses.items() if n.startswith("admin:")}
    pages = shown(client, desk)

    assert len(pages) > 20
    assert {n: page for n, page in pages.items() if (page[0], page[2]) != (1, True)} == {}


@pytest.mark.parametrize("status", [400, 403, 404, 405, 408, 413, 429, 500, 503])
def test_error_page_stands_alone_with_one_heading(status: int, rf):
    text = render_to_string(f"{status}.html", {"megabytes": 4}, rf.get("/"))

    assert len(re.findall(r"<h1\b", text)) == 1


# --- Documents ----------------------------------------------------------------------------------


def variables_in_code() -> set[str]:
    text = (ROOT / "jetportal" / "settings.py").read_text()
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", text))
    return read | set(re.findall(r"\$\(setting ([A-Z]+) ", (ROOT / "run").read_text()))


def test_example_and_readme_name_exactly_the_variables_that_are_read():
    example = set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))

    assert len(example) > 10
    assert (example, table) == (variables_in_code(), variables_in_code())


def test_settings_start_with_the_values_of_the_example(tmp_path: Path):
    values = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    settings = "from django.conf import settings as s; print(s.DEMO, s.DEBUG, s.TRUSTED_PROXIES)"
    kept = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "jetportal.settings"}

    result = subprocess.run(
        [sys.executable, "-c", settings],
        cwd=ROOT,
        env={**kept, **values, "SECRET_KEY": "long-and-random"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert values["SECRET_KEY"] == ""
    assert result.stdout == "False False []\n"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_document_names_only_verbs_and_commands_that_exist(path: Path):
    text = path.read_text()
    run = (ROOT / "run").read_text()
    verbs = set(re.findall(r"^    (\w+)\) ", run, re.MULTILINE)) | {"help"}
    named = set(re.findall(r"\./run ([a-z]+)\b(?=[^\n]*[`\n])", text))
    commands = set(re.findall(r"(?:\./run manage|manage\.py) (\w+)", text))

    assert named - verbs == set()
    assert commands - set(get_commands()) == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_document_links_to_what_exists(path: Path):
    links = re.findall(r"\]\(([^)#]*)(#[^)]*)?\)", path.read_text())
    heads = {
        "#" + re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-")
        for head in re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    }

    assert [link for link, _ in links if link and not (path.parent / link).exists()] == []
    assert [anchor for link, anchor in links if anchor and not link and anchor not in heads] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_document_names_only_files_that_exist(path: Path):
    tops = "applications|deploy|docs|jetportal|positions|static|templates|tests"
    named = re.findall(rf"`((?:{tops})/[\w/.-]+)`", path.read_text())

    missing = [name for name in named if not (ROOT / name).exists()]
    assert [name for name in missing if "NNNN" not in name] == []


def test_decisions_are_numbered_without_gaps_and_listed_in_the_readme():
    numbers = [int(path.name[:4]) for path in DECISIONS]
    linked = re.findall(r"\(docs/decisions/([\w-]+\.md)\)", README)

    assert numbers == list(range(1, len(DECISIONS) + 1))
    assert linked == [path.name for path in DECISIONS]


@pytest.mark.parametrize("path", DECISIONS, ids=name_of)
def test_decision_has_every_part_of_a_record(path: Path):
    text = path.read_text()

    assert text.startswith(f"# {path.name[:4]}")
    assert "Status: " in text
    parts = ["Context", "Options", "Decision", "Consequences"]
    heads = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert heads[:4] == parts
    assert "wrong" in heads[4]


def test_glossary_explains_every_status_in_the_words_pages_use():
    table = GLOSSARY.partition("## Statuses")[2].partition("\n## ")[0]
    explained = re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)[1:]

    assert [word for word in explained if not word.startswith("--")] == Status.labels


@pytest.mark.parametrize(
    "word",
    [
        *("position type", "duty", "recruitment round", "applicant", "application", "draft"),
        *("consulate", "coordinator", "program office", "contracting organization", "vacancy"),
        *("deadline", "closing instant", "received", "recorded", "receipt", "reference number"),
        *("fingerprint", "outbox", "nudge", "sweep", "lane", "kept page", "ALT", "CIR", "SEA"),
    ],
)
def test_glossary_explains_a_word_once(word: str):
    assert len(re.findall(rf"^\| {re.escape(word)} \| [a-zA-Z]", GLOSSARY, re.MULTILINE)) == 1


def starting(words: str) -> Callable[[str], bool]:
    return lambda text: text.startswith(words)


def test_operations_describe_every_job_of_the_clock():
    """Each row of the table begins with the job's name in the schedule of `jetportal.celery`."""
    jobs = OPERATIONS.partition("| Job |")[2].partition("\n\n")[0]
    described = re.findall(r"^\| ([a-z][^|]*) \|", jobs, re.MULTILINE)

    assert len(described) == len(app.conf.beat_schedule)
    assert [job for job in app.conf.beat_schedule if not any(map(starting(job), described))] == []


def test_readme_shows_a_picture_that_is_small_enough_to_load():
    picture = ROOT / re.search(r"!\[[^\]]+\]\(([^)]+)\)", README)[1]

    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 150_000


def test_readme_names_every_top_level_folder_of_the_code():
    tracked = {"applications", "deploy", "docs", "jetportal", "positions", "static", "templates"}

    assert [name for name in sorted(tracked | {"tests"}) if f"`{name}/`" not in README] == []
