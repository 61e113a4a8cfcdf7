"""Which mails stand on the page of a file: all that are about it, and none of another's."""

import re
from pathlib import Path

import pytest

from applications.domain import mail_log, roles
from applications.domain.lateness import grants
from applications.models import Status
from jetportal.mail import outbox
from jetportal.mail.message import Message
from jetportal.mail.models import Lane, MailState, OutgoingMail
from tests.applicants import SENT_AT, make_application, make_office, move
from tests.applications.desk import LIST, sent
from tests.factories import CLOSES_AT
from tests.referees import ask

pytestmark = pytest.mark.django_db

DOMAIN = Path("applications/domain")
MAILS = "/admin/mail/outgoingmail/"
KEY = re.compile(r"""key(?:=| = )f"([a-z_ ]+):\{(\w+)""")
TOLD = re.compile(r"""request_log\.tell\(\s*\w+,\s*"([a-z ]+)\"""")
BEGINNINGS = {*mail_log.TO_APPLICANTS, *mail_log.OF_REQUESTS, mail_log.OF_GRANTS}


def test_every_key_that_a_mail_is_queued_under_is_known_to_the_log():
    """An unknown one would be missing from the file, from the own data and from erasing."""
    texts = [path.read_text() for path in DOMAIN.rglob("*.py")]
    found = {words for text in texts for words, _ in KEY.findall(text)}
    told = {words for text in texts for words in TOLD.findall(text)}

    assert (len(found) > 12, len(told)) == (True, 6)
    assert told <= BEGINNINGS
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


def test_mails_about_a_person_are_hidden_from_whoever_knows_them(office):
    """In the list, the search, the page, the actions and the number on the home of the desk."""
    roles.ensure_roles()
    file, other = sent(0), sent(1)
    for application in (file, other):
        ask(application)
    about = mail_log.mails_about(file)
    elsewhere = outbox.enqueue(
        Message("watch", file.email.upper(), "A new round", "Words"),
        key="watch:1",
        lane=Lane.BULK,
        at=SENT_AT,
    )
    hidden = {*about.values_list("pk", flat=True), elsewhere.pk}
    OutgoingMail.objects.filter(pk__in=hidden).update(state=MailState.FAILED)
    asked = next(mail for mail in about if mail.kind == "reference_request")
    mail_page = f"{MAILS}{asked.pk}/"

    def seen() -> list[object]:
        rows = office.get(MAILS).context["cl"].result_list
        found = [
            len(office.get(MAILS, {"q": words}).context["cl"].result_list)
            for words in (asked.key, asked.recipient, file.email)
        ]
        pages = [f"{mail_page}{name}/" for name in ("change", "address", "history")]
        return [
            hidden & {row.pk for row in rows},
            found,
            [office.get(page).status_code for page in pages],
            office.get("/admin/").context["failed_mails"],
            mail_log.mails_about(other).count()
            == len(set(rows) & set(mail_log.mails_about(other))),
        ]

    before = seen()
    office.post(f"{LIST}{file.pk}/known/")
    after = seen()
    office.post(MAILS, {"action": "queue_again", "_selected_action": [asked.pk]})

    assert before == [hidden, [1, 2, 2], [200, 302, 200], len(hidden), True]
    assert after == [set(), [0, 1, 0], [302, 404, 302], 0, True]  # like a number that is not there
    asked.refresh_from_db()
    assert asked.state == MailState.FAILED


def test_link_of_a_referee_is_not_shown_at_the_desk(office):
    roles.ensure_roles()
    application = sent(0)
    ask(application)
    mail = OutgoingMail.objects.get(kind="reference_request")
    token = re.search(r"/references/([^\s/]+)/", mail.text)

    page = office.get(f"{MAILS}{mail.pk}/change/").content.decode()

    assert token
    assert "/references/…/" in page
    assert token[1] not in page
