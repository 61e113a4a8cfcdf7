"""What a line of the log holds, whatever it is handed; the whole portal is read in tests/fault."""

import json
import logging

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, connection
from django.test import Client

from jetportal.celery import (
    REQUEST_HEADER,
    forget_the_name_of_the_request,
    send_the_name_of_the_request,
    take_the_name_of_the_request,
)
from jetportal.logs import LineFormatter, ObjectFormatter, current_request_id
from jetportal.mail.tasks import deliver_due

PERSON = "ana.lm@example.org"


def record(words: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    details = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("some.where", logging.ERROR, __file__, 1, words, args, details)


def written(words: str, *args: object, error: BaseException | None = None) -> dict[str, str]:
    return json.loads(ObjectFormatter().format(record(words, *args, error=error)))


def caught(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except type(error) as raised:
        return raised


def test_line_of_production_is_one_object_with_the_fields_of_every_line():
    line = ObjectFormatter().format(record("first\nsecond"))

    told = json.loads(line)
    assert "\n" not in line
    assert list(told) == ["at", "level", "logger", "process", "request", "event"]
    assert told["at"].endswith("+00:00")
    assert (told["level"], told["logger"], told["event"]) == (
        "ERROR",
        "some.where",
        "first\nsecond",
    )


def test_line_for_people_cannot_be_made_to_look_like_two():
    line = LineFormatter().format(record("first\r\n\u2028\x1b[2Jsecond"))

    assert line.endswith(" ERROR some.where request=- first    [2Jsecond")


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("Not Found: /references/0123abcd.DEF-_/write/", "Not Found: /references/…/write/"),
        ("Not Found: /watch/stop/0123abcd.DEF-_/", "Not Found: /watch/stop/…/"),
        ("Not Found: /x/references/0123abcd", "Not Found: /x/references/…"),
        ("GET /verify/?number=7K4M92TPH HTTP/1.1", "GET /verify/?… HTTP/1.1"),
        (f"mail to {PERSON} left", "mail to …@… left"),
        (f"Not Found: /mailto:{PERSON}/x", "Not Found: /mailto:…@…/x"),
        ("Invalid request from ip=192.0.2.7: Invalid line 'Ana Moreno'", "Invalid request"),
        ("mail sent id=5", "mail sent id=5"),
    ],
)
def test_line_holds_no_link_no_query_and_no_address(words: str, kept: str):
    assert written(words)["event"] == kept
    assert written("%s", words)["event"] == kept


def test_error_is_told_by_kind_and_place_and_not_by_its_words():
    inner = caught(ValueError(f"cannot read {PERSON} Moreno"))
    error = caught(KeyError("Moreno"), inner)

    told = written("Task x raised unexpected: %r", error, error=error)

    assert told["event"] == "Task x raised unexpected: KeyError"
    assert told["trace"].index("ValueError") < told["trace"].index("KeyError")
    assert "in caught" in told["trace"]
    assert "Moreno" not in json.dumps(told)


def deep(levels: int, error: BaseException) -> BaseException:
    if not levels:
        return caught(error)
    try:
        raise deep(levels - 1, error)
    except BaseException as raised:  # noqa: BLE001  each level adds its place
        return raised


def test_error_from_far_down_is_told_by_its_nearest_places():
    error = deep(300, ValueError("Moreno"))
    for _ in range(20):
        error = caught(KeyError("Moreno"), error)

    trace = written("It broke", error=error)["trace"]

    assert trace.count("KeyError") == 5
    assert trace.endswith("KeyError")
    assert len(trace) < 20_000
    assert len(written("It broke", error=deep(300, ValueError()))["trace"]) < 20_000


def test_error_whose_words_are_the_whole_line_is_told_by_its_kind():
    error = caught(SuspiciousOperation("Moreno"))

    assert written(str(error), error=error)["event"] == (
        "django.core.exceptions.SuspiciousOperation"
    )


def test_slip_in_a_call_prints_no_arguments(capsys):
    told = written("%s and %s", "Moreno")

    assert (told["event"], capsys.readouterr().err) == ("%s and %s", "")


def test_what_is_attached_to_a_record_is_not_written():
    attached = record("words")
    attached.data = {"args": "Moreno"}

    assert "Moreno" not in ObjectFormatter().format(attached)


@pytest.mark.django_db
def test_database_names_its_rule_and_not_the_row():
    with pytest.raises(IntegrityError) as raised, connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO mail_outgoingmailattempt (mail_id, at, outcome, detail)"
            " VALUES (1, now(), 'Moreno', '')"
        )

    trace = written("x", error=raised.value)["trace"]

    assert "Moreno" in str(raised.value)
    assert "Moreno" not in trace.replace("'Moreno', '')", "")  # but for the line of this test
    assert "(23514 mail_attempt_outcome_known)" in trace


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page", ["/watch/confirm/", "/watch/renew/", "/watch/stop/", "/references/"]
)
def test_line_about_a_missing_page_names_its_request_and_not_its_link(client: Client, caplog, page):
    answer = client.get(f"{page}0123abcd.ABC-def_/")

    lines = [json.loads(ObjectFormatter().format(line)) for line in caplog.records]
    assert [line["event"] for line in lines] == [f"Not Found: {page}…/"]
    assert [line["request"] for line in lines] == [answer["X-Request-Id"]]


def test_every_line_of_production_goes_through_the_same_formatter():
    handlers = {
        name: logger["handlers"]
        for name, logger in settings.LOGGING["loggers"].items()
        if "handlers" in logger
    }

    assert settings.LOGGING["handlers"]["stdout"]["formatter"] == "object"
    assert handlers == {"django": [], "django.server": ["stdout"], "gunicorn.error": ["stdout"]}


def test_job_goes_by_the_name_of_the_request_that_asked_for_it():
    headers: dict[str, str] = {}
    token = current_request_id.set("5f0c2a9b7d11")
    send_the_name_of_the_request(headers=headers)
    current_request_id.reset(token)

    deliver_due.push_request(**headers)
    take_the_name_of_the_request(task_id="a" * 36, task=deliver_due)
    within = current_request_id.get()
    forget_the_name_of_the_request(task_id="a" * 36, task=deliver_due)
    deliver_due.pop_request()

    assert headers == {REQUEST_HEADER: "5f0c2a9b7d11"}
    assert (within, current_request_id.get()) == ("5f0c2a9b7d11", "-")


def test_job_of_the_clock_goes_by_its_own_name():
    headers: dict[str, str] = {}
    send_the_name_of_the_request(headers=headers)

    take_the_name_of_the_request(task_id="0123456789abcdef", task=deliver_due)
    within = current_request_id.get()
    forget_the_name_of_the_request(task_id="0123456789abcdef", task=deliver_due)

    assert (headers, within) == ({}, "0123456789ab")
