"""What is recorded and not released is on no page, in no file, mail or export, to the byte."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
import time_machine
from celery import current_app
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from applications.domain import access
from applications.domain.outcomes import results
from applications.exports import making
from applications.exports.columns import columns_for
from applications.models import (
    Application,
    ExportJob,
    ExportKind,
    ReferenceRequest,
    Status,
    StatusChange,
)
from jetportal.celery import app
from jetportal.mail.models import OutgoingMail
from jetportal.pagecache.middleware import forget_everything
from tests.applicants import (
    INTERVIEWED,
    SENT_AT,
    assign,
    make_application,
    make_office,
    make_staff,
    make_user,
    move,
    seat_panel,
)
from tests.factories import CLOSES_AT, make_round
from tests.referees import ask, token_of
from tests.security.addresses import every_address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]

NOW = CLOSES_AT + timedelta(days=30)
RELEASED = NOW + timedelta(days=3)
# What differs from answer to answer by its nature: tokens, the key of a PDF, numbers of new rows.
BY_NATURE = (
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(rb"/ID ?\[.*?\]", re.DOTALL),
    re.compile(rb"/ID\s*\n.*?\]", re.DOTALL),
)
ITS_OWN_HEADERS = {
    "Set-Cookie",
    "X-Request-Id",
    "Content-Security-Policy",
}  # cookies, names, nonces
# What somebody sends by any form of the portal; each takes what it knows.
TYPED = {
    "answer": "accept",
    "confirm": "on",
    "reason": "Because",
    "text": "Typed",
    "statement": "I coach archery.",
    "email": "somebody@example.org",
}

NEW_EACH_TIME = {"mfa_activate_totp", "mfa_add_webauthn", "admin:logout", "account_logout"}


@pytest.fixture
def standing_clock():
    with time_machine.travel(NOW, tick=False):
        yield


def places(application: Application) -> Mapping[str, object]:
    named = {
        "slug": application.round.slug,
        "key": application.key,
        "document_key": application.documents.order_by("pk")[0].key,
        "referee_key": application.referees.order_by("pk")[0].key,
        "token": token_of(ReferenceRequest.objects.exclude(token_sealed="")[0]),
        "slot": "citizenship",
        "section_key": "coaching",
        "list_key": "qualifications",
        "entry_id": "00000001",
        "target": "accepted",
        "object_id": application.pk,
        "pk": application.pk,
        "target_id": application.pk,
    }
    return defaultdict(lambda: 1, named)


def answered(client: Client, path: str, sent: Mapping[str, str] | None = None) -> tuple:
    """Ask for a page, or send a form and undo whatever it did."""
    point = transaction.savepoint()
    answer = client.get(path) if sent is None else client.post(path, sent)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    transaction.savepoint_rollback(point)
    for nature in BY_NATURE:
        body = nature.sub(b"", body)
    headers = {name: value for name, value in answer.items() if name not in ITS_OWN_HEADERS}
    return answer.status_code, headers, body


def seen(
    client: Client, application: Application, *, desk: bool, names: str = ""
) -> dict[str, object]:
    """Read every address whose name begins with `names` as `client` does: the desk's, or others."""
    forget_everything()  # or a page kept in memory would be compared with itself
    return {
        f"{name} {path}": answered(client, path)
        for name, path in every_address(places(application))
        if name.startswith("admin:") is desk
        and name.startswith(names)
        and name not in NEW_EACH_TIME
    }


def sent(applicant: object, application: Application) -> dict[str, object]:
    """Send a form to every address of the portal, each by a browser of its own."""
    typed = {
        **TYPED,
        "reference": application.reference_shown,
        "fingerprint": application.frozen.digest,
    }
    return {
        f"{name} {path}": answered(signed_in(applicant), path, typed)
        for name, path in every_address(places(application))
        if not name.startswith(("admin:", "mfa_", "account_"))
    }


def do_every_job() -> None:
    """Run what the clock of the portal runs, delivering and heartbeats aside."""
    jobs = {entry["task"] for entry in app.conf.beat_schedule.values()}
    current_app.loader.import_default_modules()
    for job in sorted(job for job in jobs if job.startswith(("applications.", "positions."))):
        app.tasks[job]()


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    assert before.keys() == after.keys()
    return [path for path in before if before[path] != after[path]]


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rows() -> list[object]:
    return [
        list(Application.objects.order_by("pk").values()),
        list(StatusChange.objects.order_by("pk").values()),
        list(OutgoingMail.objects.order_by("pk").values()),
    ]


def record_and_arm(application: Application, outcome: Status) -> str:
    """Record, ask and approve: everything but the moment itself."""
    batch = results.record(application.pk, outcome, by=make_office(), at=NOW).batch_id
    moment = (NOW + timedelta(days=2)).replace(tzinfo=None)
    results.ask(
        batch,
        release=(moment.date(), moment.time()),
        reply_by=None,
        by=make_office(),
        at=NOW,
    )
    results.approve(batch, by=make_office(2), at=NOW)
    return batch


@pytest.fixture
def application(settings) -> Application:
    settings.DEMO = True
    call_command("load_catalogue", verbosity=0)
    call_command("ensure_roles", verbosity=0)
    sent_one: Application = make_application(round_=make_round())
    ask(sent_one)
    for step in INTERVIEWED:
        move(sent_one, step, at=SENT_AT)
    return sent_one


def test_applicant_and_public_see_the_same_bytes_before_and_after_recording(application):
    do_every_job()
    readers = [signed_in(application.applicant), Client()]
    before = [seen(reader, application, desk=False) for reader in readers], rows()

    record_and_arm(application, Status.SHORT_LISTED)
    do_every_job()

    after = [seen(reader, application, desk=False) for reader in readers], rows()
    assert len(before[0][0]) > 60
    for one, two in zip(before[0], after[0], strict=True):
        assert changed(one, two) == []
    assert before[1] == after[1]


@pytest.mark.parametrize("outcome", [Status.ALTERNATE, Status.NOT_SELECTED])
def test_applicant_sees_the_same_bytes_whatever_is_recorded(application, outcome):
    reader = signed_in(application.applicant)
    before = seen(reader, application, desk=False, names="applications:"), rows()

    record_and_arm(application, outcome)

    after = seen(reader, application, desk=False, names="applications:"), rows()
    assert changed(before[0], after[0]) == []
    assert before[1] == after[1]


def test_forms_answer_the_same_bytes_before_and_after_recording(application):
    before = sent(application.applicant, application)

    record_and_arm(application, Status.SHORT_LISTED)

    after = sent(application.applicant, application)
    assert len([answer for answer in before.values() if answer[0] in (200, 302, 409, 422)]) > 20
    assert changed(before, after) == []


ROLES: Mapping[str, Callable[[Application], object]] = {
    "coordinator": lambda _file: make_staff("ny@x.org", access.COORDINATORS, consulate="new-york"),
    "reviewer": lambda file: _with_file(file, access.REVIEWERS),
    "interviewer": lambda file: _with_file(file, access.INTERVIEWERS),
}


def _with_file(application: Application, group: str) -> object:
    somebody = make_staff("somebody@x.org", group)
    give = assign if group == access.REVIEWERS else seat_panel
    give(application, somebody)
    return somebody


@pytest.mark.parametrize("role", ROLES)
def test_desk_without_the_right_sees_the_same_bytes(application, role):
    somebody = ROLES[role](application)
    make_office(), make_office(2)
    names = "admin:" if role == "coordinator" else "admin:applications_application"
    before = seen(signed_in(somebody), application, desk=True, names=names)

    record_and_arm(application, Status.SHORT_LISTED)

    # Signed in anew: no messages of the first round.
    after = seen(signed_in(somebody), application, desk=True, names=names)
    assert len([answer for answer in before.values() if answer[0] == 200]) >= 3
    assert changed(before, after) == []


LIST = "/admin/applications/application/"


def listed(user: object, application: Application) -> dict[str, object]:
    """Search, filter and sort the list by what a result might show."""
    queries = (
        *("?result=short_listed", "?result=waiting", "?status__exact=interviewed"),
        *(f"?q={application.reference}", "?o=1", "?q=lindqvist"),
    )
    return {query: answered(signed_in(user), LIST + query) for query in queries}


def exported(user: object) -> list[bytes]:
    """Make every kind of export of the list with every column the role may see."""
    client, files = signed_in(user), []
    for kind in ExportKind:
        point = transaction.savepoint()
        columns = [] if kind == ExportKind.PDFS else [row.key for row in columns_for(user)]
        answer = client.post(f"{LIST}export/", {"kind": kind.value, "columns": columns})
        assert answer.status_code == 302
        making.make_due(now=lambda: NOW)
        job = ExportJob.objects.latest("asked_at")
        file = client.get(f"/admin/applications/exportjob/{job.key}/file/")
        body = b"".join(file.streaming_content)
        files.append(body)
        transaction.savepoint_rollback(point)
    return files


def test_coordinator_lists_and_exports_the_same_bytes(application):
    coordinator = make_staff("ny@example.org", access.COORDINATORS, consulate="new-york")
    before = listed(coordinator, application), exported(coordinator)

    record_and_arm(application, Status.SHORT_LISTED)

    after = listed(coordinator, application), exported(coordinator)
    assert application.reference_shown.encode() in before[1][0]
    assert changed(before[0], after[0]) == []
    assert len(before[1]) == 3
    assert before[1] == after[1]


def test_there_is_something_to_hide_and_it_is_there_from_the_moment_on(application):
    record_and_arm(application, Status.NOT_SELECTED)
    reader = signed_in(application.applicant)
    receipt = f"/applications/{application.key}/receipt/"
    assert b"You were interviewed." in reader.get(receipt).content

    with time_machine.travel(RELEASED, tick=False):
        page = signed_in(application.applicant).get(receipt).content

    assert b"You were not selected." in page
    assert Application.objects.get().status == Status.INTERVIEWED


def test_reply_page_is_there_from_the_moment_on_before_the_job_has_run(application):
    record_and_arm(application, Status.SHORT_LISTED)
    address = f"/applications/{application.key}/reply/"

    with time_machine.travel(RELEASED, tick=False):
        reader = signed_in(application.applicant)
        page = reader.get(address)
        answer = reader.post(address, {"answer": "accept"})

    assert b"You are short-listed for" in page.content
    assert answer["Location"] == f"/applications/{application.key}/receipt/"
    assert Application.objects.get().status == Status.ACCEPTED


def test_stranger_to_a_reply_hears_nothing(application):
    record_and_arm(application, Status.SHORT_LISTED)
    stranger = signed_in(make_user("stranger@example.org"))

    with time_machine.travel(RELEASED, tick=False):
        assert stranger.get(f"/applications/{application.key}/reply/").status_code == 404
