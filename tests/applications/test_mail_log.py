"""Which mails stand on the page of a file: all that are about it, and none of another's."""

import re
from pathlib import Path

import pytest

from applications.domain import mail_log
from applications.domain.lateness import grants
from applications.models import Status
from tests.applicants import SENT_AT, make_application, make_office, move
from tests.applications.desk import LIST, sent
from tests.factories import CLOSES_AT
from tests.referees import ask

pytestmark = pytest.mark.django_db

DOMAIN = Path("applications/domain")
KEY = re.compile(r"""key(?:=| = )f"([a-z_ ]+):\{(\w+)""")
BEGINNINGS = {*mail_log.TO_APPLICANTS, *mail_log.OF_REQUESTS, mail_log.OF_GRANTS}


def test_every_key_that_a_mail_is_queued_under_is_known_to_the_log():
    """An unknown one would be missing from the file, from the own data and from erasing."""
    found = {words for path in DOMAIN.rglob("*.py") for words, _ in KEY.findall(path.read_text())}

    assert len(found) > 12
    assert found <= BEGINNINGS


def test_mails_of_referees_and_grants_stand_on_the_file(office):
    file, other = make_application(), sent(1)
    grant = grants.ask(
        file.round_id,
        email=file.applicant.email,
        day=CLOSES_AT.date(),
        clock=CLOSES_AT.time().replace(hour=23),
        reason="A storm",
        by=make_office(),
        at=SENT_AT,
    )
    grants.approve(grant.pk, by=make_office(2), at=SENT_AT)
    for application in (file, other):
        ask(application)
    move(file, Status.SUBMITTED, at=SENT_AT)

    lines = office.get(f"{LIST}{file.pk}/change/").context["page"].mails

    kinds = {mail.kind for mail in mail_log.mails_about(file)}
    assert {"confirmation", "late_grant", "reference_request"} <= kinds
    shown = [line.kind for line in lines]
    assert (shown.count("Reference request"), shown.count("Late grant")) == (1, 1)
    assert not mail_log.mails_about(file) & mail_log.mails_about(other)
