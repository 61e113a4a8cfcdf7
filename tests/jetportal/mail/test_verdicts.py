import smtplib
import socket

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import BadHeaderError

from jetportal.mail.models import Outcome
from jetportal.mail.verdicts import verdict


def refused(code: int) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"mia@example.org": (code, b"no")})


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (ConnectionRefusedError(), Outcome.UNREACHABLE, None),
        (TimeoutError("timed out"), Outcome.UNREACHABLE, None),
        (socket.gaierror(-2, "Name or service not known"), Outcome.UNREACHABLE, None),
        (smtplib.SMTPServerDisconnected("timed out"), Outcome.UNREACHABLE, None),
        (smtplib.SMTPConnectError(554, b"go away"), Outcome.UNREACHABLE, 554),
        (smtplib.SMTPAuthenticationError(535, b"who?"), Outcome.UNREACHABLE, 535),
        (SoftTimeLimitExceeded(), Outcome.UNREACHABLE, None),
        (smtplib.SMTPSenderRefused(421, b"closing", "x"), Outcome.UNREACHABLE, 421),
        (smtplib.SMTPSenderRefused(550, b"not you", "x"), Outcome.RETRY, 550),
        (smtplib.SMTPDataError(421, b"closing"), Outcome.UNREACHABLE, 421),
        (smtplib.SMTPDataError(451, b"later"), Outcome.RETRY, 451),
        (smtplib.SMTPDataError(-1, b"?"), Outcome.RETRY, None),
        (smtplib.SMTPDataError(554, b"spam"), Outcome.FAILED, 554),
        (refused(421), Outcome.UNREACHABLE, 421),
        (refused(450), Outcome.RETRY, 450),
        (refused(550), Outcome.FAILED, 550),
        (BadHeaderError("newline"), Outcome.FAILED, None),
        (UnicodeEncodeError("ascii", "ü", 0, 1, "no"), Outcome.FAILED, None),
    ],
    ids=repr,
)
def test_verdict_sorts_errors_by_what_can_heal(error, outcome, code):
    found = verdict(error)

    assert (found.outcome, found.code) == (outcome, code)


def test_verdict_keeps_no_address():
    reply = (
        b"5.1.1 <mia.tanaka@example.org>: user\r\nmia.tanaka@example.org unknown\x07 " + b"x" * 500
    )
    error = smtplib.SMTPRecipientsRefused({"mia.tanaka@example.org": (550, reply)})

    detail = verdict(error).detail

    assert detail.startswith("5.1.1 (address): user (address) unknown xxx")
    assert (len(detail), "@" in detail) == (200, False)
