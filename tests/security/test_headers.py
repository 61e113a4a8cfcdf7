"""The headers of safety, on every kind of answer; cookies; and what logs never say."""

import logging
import re
from collections.abc import Callable

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from applications.domain import receipts
from applications.models import Application, Document, ReceiptCheck, Status
from jetportal.mail.models import OutgoingMail
from tests.applicants import ANSWERS, SENT_AT, make_application, make_staff, make_user, pdf
from tests.factories import CLOSES_AT
from tests.security.safety import OF_A_FILE, amiss

pytestmark = pytest.mark.django_db


def public_page(client: Client) -> HttpResponseBase:
    return client.get("/")


def kept_page(client: Client) -> HttpResponseBase:
    client.get("/")
    return client.get("/")


def unchanged_page(client: Client) -> HttpResponseBase:
    return client.get("/", headers={"If-None-Match": client.get("/")["ETag"]})


def unknown_page(client: Client) -> HttpResponseBase:
    return client.get("/no/such/page/")


def unknown_round(client: Client) -> HttpResponseBase:
    return client.get("/rounds/no-such-round/")


def wrong_method(client: Client) -> HttpResponseBase:
    return client.post("/")


def way_to_sign_in(client: Client) -> HttpResponseBase:
    return client.get("/applications/")


def signed_in_page(client: Client) -> HttpResponseBase:
    client.force_login(make_user())
    return client.get("/applications/")


def missing_token(client: Client) -> HttpResponseBase:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user())
    return strict.post(reverse("applications:start", args=["sea-2025-summer"]))


def too_large(client: Client) -> HttpResponseBase:
    return client.post(
        "/accounts/login/",
        "",
        content_type="text/plain",
        headers={"content-length": str(settings.MAX_FORM_BYTES + 1)},
    )


def too_many_fields(client: Client) -> HttpResponseBase:
    return client.post("/verify/", {f"f{number}": "" for number in range(501)})


def unknown_host(client: Client) -> HttpResponseBase:
    return client.get("/", headers={"host": "elsewhere.example"})


def unknown_host_of_a_kept_page(client: Client) -> HttpResponseBase:
    client.get("/")
    return client.get("/", headers={"host": "elsewhere.example"})


def failure_of_ours(client: Client) -> HttpResponseBase:
    client.raise_request_exception = False
    client.force_login(make_user())

    def fails(execute: Callable[..., object], *args: object) -> object:
        raise ZeroDivisionError

    with connection.execute_wrapper(fails):
        return client.get("/applications/")


def too_many(client: Client) -> HttpResponseBase:
    for _ in range(receipts.PER_NETWORK):
        ReceiptCheck.objects.create(network="127.0.0.1", created_at=timezone.now())
    return client.post("/verify/", {"reference": "7K4M-92TP-H", "fingerprint": "a" * 64})


def desk(client: Client) -> HttpResponseBase:
    client.force_login(make_staff("office@example.org", "Program office"))
    with override_settings(DEMO=True):
        return client.get("/admin/")


def door_of_the_desk(client: Client) -> HttpResponseBase:
    client.force_login(make_staff("office@example.org", "Program office"))
    return client.get("/admin/")


def health(client: Client) -> HttpResponseBase:
    return client.get("/health/")


def clock(client: Client) -> HttpResponseBase:
    return client.get("/time")


ANSWERED = [
    (public_page, 200),
    (kept_page, 200),
    (unchanged_page, 304),
    (unknown_page, 404),
    (unknown_round, 404),
    (wrong_method, 405),
    (way_to_sign_in, 302),
    (signed_in_page, 200),
    (missing_token, 403),
    (too_large, 413),
    (too_many_fields, 400),
    (unknown_host, 400),
    (unknown_host_of_a_kept_page, 400),
    (too_many, 429),
    (failure_of_ours, 500),
    (desk, 200),
    (door_of_the_desk, 302),
    (health, 200),
    (clock, 200),
]


@pytest.mark.parametrize(
    ("ask", "status"), ANSWERED, ids=lambda value: getattr(value, "__name__", "")
)
def test_every_kind_of_answer_carries_the_headers_of_safety(client: Client, ask, status):
    response = ask(client)

    assert response.status_code == status
    assert amiss(response) == []


def test_wrong_method_is_answered_kindly_and_told_which_is_right(client: Client):
    response = client.post("/rounds/")

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert "This page does not open this way" in response.content.decode()


def test_file_is_shown_by_itself_and_may_load_nothing(client: Client):
    application = make_application()
    client.force_login(application.applicant)

    response = client.get(reverse("applications:document", args=[Document.objects.all()[0].key]))

    assert response.status_code == 200
    assert OF_A_FILE.items() <= dict(response.headers).items()
    assert amiss(response) == []
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    "name", ["applications:list", "account_home", "account_login", "account_logout", "admin:index"]
)
def test_pages_for_one_person_are_kept_by_no_cache(client: Client, settings, name):
    settings.DEMO = True
    client.force_login(make_staff("office@example.org", "Program office"))

    response = client.get(reverse(name))

    assert "no-store" in response["Cache-Control"] or "no-cache" in response["Cache-Control"]
    assert "public" not in response["Cache-Control"]


@pytest.fixture
def https(settings) -> None:
    """What settings make of a SITE_URL that begins with https."""
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True


@pytest.mark.usefixtures("https")
def test_cookies_stay_on_https_and_away_from_scripts(client: Client):
    step = "/accounts/login/code/"
    answers = [
        client.post("/accounts/login/", {"email": "ana.lm@example.org"}, secure=True),
        client.get(step, secure=True),
        client.post("/accounts/login/code/new/", secure=True),  # says so on the next page
        client.post(step, {"code": code_in_the_mail()}, secure=True),
        client.get("/applications/?zone=America/New_York", secure=True),
        client.get("/references/none/?lang=ja", secure=True),
    ]

    flags = {
        name: (sent["secure"], sent["httponly"], sent["samesite"])
        for answer in answers
        for name, sent in answer.cookies.items()
        if sent.value
    }
    kept = ("sign_in", "csrftoken", "messages", settings.SESSION_COOKIE_NAME)
    away = dict.fromkeys((*kept, settings.LANGUAGE_COOKIE_NAME), (True, True, "Lax"))
    assert flags == {**away, "zone": (True, "", "Lax")}  # the clock writes that one, too


@pytest.mark.usefixtures("https")
def test_http_is_sent_on_to_https_which_is_remembered(client: Client):
    assert client.get("/rounds/")["Location"] == "https://testserver/rounds/"
    claims = {"x-forwarded-proto": "https"}  # of somebody who is none of our proxies
    assert client.get("/rounds/", headers=claims)["Location"] == "https://testserver/rounds/"
    strict = client.get("/", secure=True)["Strict-Transport-Security"]
    assert strict == "max-age=31536000; includeSubDomains"


def code_in_the_mail() -> str:
    text = OutgoingMail.objects.filter(kind="sign_in_code").latest("pk").text
    return re.search(r"\d{4} \d{4}", text)[0]


# --- What is never logged ----------------------------------------------------------------------

PERSONAL = [
    "ana.lm",
    "Lindqvist",
    "Ana",
    "1996",
    "555 0100",
    "Example Street",
    "archery and would like",
    "passport",
    "%PDF",
]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="django.db.backends")  # said only where DEBUG is on
    return lambda: "\n".join(record.getMessage() for record in caplog.records)


def assert_nothing_personal(text: str, *more: str) -> None:
    assert [word for word in (*PERSONAL, *more) if word in text] == []


def test_signing_in_logs_neither_address_nor_code(client: Client, logged):
    client.post("/accounts/login/", {"email": "ana.lm@example.org"})
    code = code_in_the_mail()
    client.post("/accounts/login/code/", {"code": "0000 0000"})
    client.post("/accounts/login/code/", {"code": code})

    assert client.session.session_key
    assert_nothing_personal(logged(), code, code.replace(" ", ""))


def test_saving_and_uploading_log_no_answer(client: Client, logged):
    application = make_application(filled=False)
    client.force_login(application.applicant)
    identity = {name: values[0] for name, values in ANSWERS["identity"].items()}
    wrong = SimpleUploadedFile("passport of Ana.pdf", b"<html>passport</html>")
    sound = SimpleUploadedFile("passport of Ana.pdf", pdf(), "application/pdf")

    saved = client.post(
        reverse("applications:section", args=[application.key, "identity"]), identity
    )
    upload = reverse("applications:upload", args=[application.key, "citizenship"])
    refused = client.post(upload, {"file": wrong})
    taken = client.post(upload, {"file": sound})

    assert (saved.status_code, refused.status_code, taken.status_code) == (302, 422, 302)
    assert application.documents.count() == 1
    assert_nothing_personal(logged())


def test_submitting_logs_nothing_personal_in_time_and_late(client: Client, logged):
    application = make_application()
    client.force_login(application.applicant)
    address = reverse("applications:submit", args=[application.key])

    with time_machine.travel(CLOSES_AT, tick=False):
        late = client.post(address)
    with time_machine.travel(SENT_AT, tick=False):
        client.post(address)

    assert late.status_code == 409
    assert Application.objects.get().status == Status.SUBMITTED
    assert_nothing_personal(logged(), Application.objects.get().reference)


def test_rows_name_themselves_without_personal_data():
    application = make_application(status=Status.SUBMITTED)
    rows = [
        *(application, application.applicant, application.frozen, application.history.get()),
        *(application.documents.all()[0], *application.sections.all(), *OutgoingMail.objects.all()),
    ]

    assert_nothing_personal("\n".join(f"{row} {row!r}" for row in rows))
