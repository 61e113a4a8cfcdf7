"""What is recorded and not released is on no page, in no file, mail or export, to the byte."""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from applications.domain import access, workflow
from applications.domain.outcomes import release, replies, results
from applications.models import Application, Status, StatusChange
from jetportal.mail.models import OutgoingMail
from tests.applicants import make_application, make_office, make_staff, make_user
from tests.factories import CLOSES_AT, make_round
from tests.security.addresses import every_address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]

NOW = CLOSES_AT + timedelta(days=30)
RELEASED = NOW + timedelta(days=3)
# What differs from answer to answer by its nature: tokens, nonces, dates inside a PDF and its key.
BY_NATURE = (
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(rb"/ID ?\[.*?\]", re.DOTALL),
    re.compile(rb"/ID\s*\n.*?\]", re.DOTALL),
)

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


def answered(client: Client, path: str) -> tuple[object, ...]:
    answer = client.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for nature in BY_NATURE:
        body = nature.sub(b"", body)
    return answer.status_code, answer.get("Location", ""), body


def seen(client: Client, application: Application, *, desk: bool) -> dict[str, object]:
    """Read every address as `client` does: the portal's, or those of the desk."""
    return {
        f"{name} {path}": answered(client, path)
        for name, path in every_address(places(application))
        if name.startswith("admin:") is desk and name not in NEW_EACH_TIME
    }


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
    return make_application(status=Status.INTERVIEWED, round_=make_round())


@pytest.mark.parametrize("outcome", [Status.SHORT_LISTED, Status.ALTERNATE, Status.NOT_SELECTED])
def test_applicant_and_public_see_the_same_bytes_before_and_after_recording(application, outcome):
    readers = [signed_in(application.applicant), Client()]
    before = [seen(reader, application, desk=False) for reader in readers], rows()

    record_and_arm(application, outcome)
    release.settle_due(at=NOW)
    replies.remind_due(at=NOW)
    workflow.lapse_due(at=NOW)

    after = [seen(reader, application, desk=False) for reader in readers], rows()
    assert len(before[0][0]) > 60
    changed = [
        path
        for one, two in zip(before[0], after[0], strict=True)
        for path in one
        if one[path] != two[path]
    ]
    assert changed == []
    assert before[1] == after[1]


def test_coordinator_sees_the_same_bytes_at_the_desk(application):
    coordinator = make_staff("ny@example.org", access.COORDINATORS, consulate="new-york")
    before = seen(signed_in(coordinator), application, desk=True)

    record_and_arm(application, Status.SHORT_LISTED)

    after = seen(signed_in(coordinator), application, desk=True)  # no messages of the first round
    assert len([answer for answer in before.values() if answer[0] == 200]) > 5
    assert [path for path in before if before[path] != after[path]] == []


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
