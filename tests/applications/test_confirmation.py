"""The confirmation names what was sent, and none of what must not travel by mail."""

import pytest

from applications.domain.form import lists, summary
from applications.models import Application, Status
from jetportal.mail.models import OutgoingMail
from positions.models import Sport
from tests.applicants import (
    ANSWERS,
    ENTRIES,
    SENT_AT,
    STARTED_AT,
    make_application,
    move,
)
from tests.factories import make_round

pytestmark = pytest.mark.django_db


def confirmation_of(application: Application) -> OutgoingMail:
    mail: OutgoingMail = OutgoingMail.objects.get(key=f"confirmation:{application.pk}")
    return mail


def test_confirmation_summarizes_what_was_sent_in_text_and_html():
    round_ = make_round()
    round_.vacancies.update(sport=Sport.objects.create(name="Archery"))
    application = make_application(round_=round_)
    second = {**ENTRIES["education"]["schools"][0], "institution": ["Bergen College"]}
    lists.save_entry(
        application.key,
        *("education", "schools", "0000000b"),
        second,
        by=application.applicant,
        at=STARTED_AT,
    )

    move(application, Status.SUBMITTED, at=SENT_AT)

    mail = confirmation_of(application)
    for line in (
        ("Position", "Sports Exchange Advisor (SEA)"),
        ("Sport", "Archery"),
        ("Interview location", "New York"),
        ("Schools", "2 entries"),
    ):
        assert ": ".join(line) in mail.text
        assert line[0] in mail.html
        assert f"<bdi>{line[1]}</bdi>" in mail.html
    assert "Documents: Proof of citizenship" in mail.text


@pytest.mark.parametrize("slug", ["sea-2025-summer", "annual-2026"])
def test_confirmation_holds_no_answer_that_was_typed(slug):
    application = make_application(round_=make_round(slug=slug), status=Status.SUBMITTED)

    mail = confirmation_of(application)

    typed = [
        value
        for section in ("identity", "contact", "purpose", "grounds")
        for values in ANSWERS[section].values()
        for value in values
        if len(value) > 4
    ]
    typed += [
        value
        for entries in ENTRIES["education"].values()
        for entry in entries
        for values in entry.values()
        for value in values
        if len(value) > 4
    ]
    typed.remove("United States")  # stands below every mail
    assert len(typed) > 10
    assert [value for value in typed if value in mail.text or value in mail.html] == []


def test_several_files_of_one_slot_are_counted():
    frozen = {"citizenship": ["a" * 64, "b" * 64]}

    assert list(summary._documents(frozen)) == ["Proof of citizenship (2 files)"]
