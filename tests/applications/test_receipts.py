"""Checking a receipt: three answers, to anybody, and nothing beside them."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from applications.domain import receipts
from applications.domain.form import completeness, freezing
from applications.domain.receipts import PER_NETWORK, TooManyChecks, Verdict
from applications.models import Application, ReceiptCheck, Status
from applications.sections.registry import section_named
from applications.tasks import forget_receipt_checks
from tests.applicants import SENT_AT, make_application, make_user

pytestmark = pytest.mark.django_db

HERE = "192.0.2.7"
OTHER = "f" * 64


@pytest.fixture
def sent() -> Application:
    return make_application(status=Status.SUBMITTED)


def verdict(reference: str | None, digest: str, *, at=SENT_AT, network=HERE) -> Verdict:
    return receipts.verify(reference or "", digest, network=network, at=at)


def correct(application: Application) -> None:
    fresh = Application.objects.with_round().get(pk=application.pk)
    loaded = completeness.load(fresh)
    loaded.answers["purpose"].answers = {"statement": ["Another one."]}
    section = section_named(fresh.round, "purpose")
    freezing.freeze_correction(fresh.frozen, loaded, section, at=SENT_AT)


@pytest.mark.both_databases
def test_fingerprint_of_the_version_that_counts_is_valid(sent):
    assert verdict(sent.reference, sent.frozen.digest) == Verdict.VALID


@pytest.mark.both_databases
def test_fingerprint_before_a_correction_is_superseded(sent):
    old = sent.frozen.digest

    correct(sent)

    assert verdict(sent.reference, old) == Verdict.SUPERSEDED
    assert verdict(sent.reference, sent.frozen.digest) == Verdict.VALID


def test_reference_and_fingerprint_may_be_typed_as_they_are_printed(sent):
    digest = sent.frozen.digest.upper()
    grouped = "  ".join(re.findall("....", digest))

    assert verdict(f" {sent.reference_shown.lower()} ", grouped) == Verdict.VALID


def test_anything_else_is_no_match(sent):
    other = make_application(applicant=make_user("joel@example.org"), status=Status.SUBMITTED)
    digest = sent.frozen.digest
    pairs = [
        (sent.reference, OTHER),
        (sent.reference, "0" * 64),
        (sent.reference, digest[:-1]),
        (sent.reference, f"{digest}0"),
        (sent.reference, ""),
        (other.reference, digest),
        ("22222222A", digest),
        ("\x00", digest),
        ("", "0" * 64),
        (sent.reference, "é" * 64),
        (sent.reference, "٣" * 64),
    ]

    assert {verdict(*pair) for pair in pairs} == {Verdict.NO_MATCH}


def test_tries_are_limited_for_each_network(sent):
    digest = sent.frozen.digest
    for _ in range(PER_NETWORK):
        verdict(sent.reference, OTHER)

    with pytest.raises(TooManyChecks):
        verdict(sent.reference, digest)
    assert verdict(sent.reference, digest, network="192.0.2.8") == Verdict.VALID
    assert verdict(sent.reference, digest, at=SENT_AT + receipts.WINDOW) == Verdict.VALID


def test_who_checked_is_forgotten_after_a_day():
    verdict("", "")
    verdict("", "", at=SENT_AT + timedelta(hours=2))

    with time_machine.travel(SENT_AT + receipts.KEPT + timedelta(hours=1), tick=False):
        forget_receipt_checks()

    assert [row.created_at for row in ReceiptCheck.objects.all()] == [SENT_AT + timedelta(hours=2)]


def test_page_answers_and_tells_nothing_of_the_application(sent, client: Client):
    def words(digest: str) -> str:
        answers = {"reference": sent.reference_shown, "fingerprint": digest}
        page = client.post("/verify/", answers)
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
        text = page.content.decode()
        for told in (sent.email, "Lindqvist", sent.round.title, str(sent.key), "New York", "2025"):
            assert told not in text
        return re.search(r'role="status".*?<h2>(.*?)</h2>', text, re.S)[1]

    old = sent.frozen.digest
    correct(sent)

    assert words(sent.frozen.digest) == "Valid"
    assert words(old) == "Valid, superseded by a later version"
    assert words(OTHER) == "No match"


def test_page_asks_for_both_and_reads_nothing_without(client: Client, django_assert_num_queries):
    with django_assert_num_queries(0):
        empty, missing = client.get("/verify/"), client.post("/verify/", {"reference": "x"})

    assert (empty.status_code, missing.status_code) == (200, 200)
    assert "Write the fingerprint." in missing.content.decode()
    assert "sessionid" not in missing.cookies


def test_page_says_when_a_network_has_asked_too_often(client: Client):
    ReceiptCheck.objects.bulk_create(
        ReceiptCheck(network="127.0.0.1", created_at=SENT_AT) for _ in range(PER_NETWORK)
    )

    with time_machine.travel(SENT_AT, tick=False):
        page = client.post("/verify/", {"reference": "x", "fingerprint": OTHER})

    assert page.status_code == 429
    assert "Very many receipts were checked from your network" in page.content.decode()


def test_page_needs_the_token_of_its_form():
    assert Client(enforce_csrf_checks=True).post("/verify/").status_code == 403


@pytest.mark.parametrize("path", ["/", "/verify/"])
def test_every_page_leads_to_the_check(client: Client, path):
    assert 'href="/verify/"' in client.get(path).content.decode()
