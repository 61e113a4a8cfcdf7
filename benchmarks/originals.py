"""What copied applications have besides their answers: requests, checks, scores, results, mail.

A page or job that walks through one of these shows nothing of it where the table is empty.
"""

from collections.abc import Sequence
from datetime import timedelta

from applications.domain import access
from applications.domain.outcomes import results
from applications.domain.referees import asking
from applications.domain.review import scoring
from applications.domain.review.scoring import Line
from applications.models import Application, CompletenessCheck, Referee, Status, Verdict
from jetportal.mail.models import MailState, OutgoingMail
from tests.applicants import SENT_AT, STARTED_AT, assign, make_office, make_staff, move

ASKED_AT = STARTED_AT + timedelta(hours=1)


def furnish(sent: Sequence[Application]) -> None:
    """Give three sent applications what the desk and referees have made of them, each another.

    One has asked its referees and waits for the release of its result, one has something that is
    unclear, and one has scores that lie far apart.
    """
    waiting, unclear, scored = sent
    for referee in Referee.objects.filter(application=waiting):
        asking.send(waiting.key, referee.key, by=waiting.applicant, at=ASKED_AT)
    move(waiting, Status.IN_SCREENING, at=SENT_AT)
    results.record(waiting.pk, Status.NOT_SELECTED, by=make_office(), at=SENT_AT)
    CompletenessCheck.objects.create(
        application=unclear,
        section="identity",
        verdict=Verdict.UNCLEAR,
        by=make_office(),
        at=SENT_AT,
    )
    _score(scored, 20, 90)


def _score(application: Application, *values: int) -> None:
    scoring.set_rubric(application.round_id, [Line("All", "", 1, 0, 100)], by=make_office())
    criterion = application.round.criteria.get()
    for number, value in enumerate(values):
        reader = make_staff(f"reader{number}@example.org", access.REVIEWERS)
        assign(application, reader)
        scoring.give(application.pk, {criterion.pk: value}, comment="", by=reader, at=SENT_AT)


def mail_that_left() -> OutgoingMail:
    """Return a mail of those queued, as it is when it has been sent."""
    mail: OutgoingMail = OutgoingMail.objects.earliest("pk")
    mail.state, mail.attempts, mail.sent_at = MailState.SENT, 1, mail.queued_at
    mail.save(update_fields=["state", "attempts", "sent_at"])
    return mail
