from celery import shared_task
from django.utils import timezone

from applications.domain import changes, receipts
from applications.domain.files import scans
from applications.domain.keeping import retention
from applications.domain.lateness import covered, lapse
from applications.domain.mailing import bulk as mail_to_many
from applications.domain.outcomes import release, replies
from applications.domain.referees import dead_links, letter_scans, reference_sweeps
from applications.domain.review import bulk_moves, bulk_work, interview_reminders
from applications.exports import making


@shared_task
def lapse_due() -> None:
    """Send what an extension has put in time, first: it must not lapse."""
    at = timezone.now()
    covered.send_due(at=at)
    lapse.lapse_due(at=at)


@shared_task
def tell_round_changes() -> None:
    changes.tell_due(at=timezone.now())


@shared_task
def keep_references() -> None:
    """Tell of requests that were not delivered, remind referees, tell them of changes."""
    reference_sweeps.run(at=timezone.now())


@shared_task
def scan_documents() -> None:
    scans.scan_due(at=timezone.now())
    letter_scans.scan_due(at=timezone.now())


@shared_task
def forget_receipt_checks() -> None:
    """Delete the networks that receipts were checked from, a day after."""
    receipts.forget(at=timezone.now())


@shared_task
def forget_dead_links() -> None:
    """Delete the networks that dead links of referees were opened from, a day after."""
    dead_links.forget(at=timezone.now())


@shared_task
def carry_out_results() -> None:
    """Make the moves of results whose moment has come."""
    release.settle_due(at=timezone.now())


@shared_task
def remind_of_replies() -> None:
    replies.remind_due(at=timezone.now())


@shared_task
def remind_of_interviews() -> None:
    interview_reminders.remind_due(at=timezone.now())


@shared_task
def close_alternate_lists() -> None:
    replies.close_lists(at=timezone.now())


@shared_task
def make_exports() -> None:
    making.make_due(now=timezone.now)


@shared_task
def forget_exports() -> None:
    """Delete files of exports a week after they were made."""
    making.forget(at=timezone.now())


@shared_task
def keep_retention() -> None:
    """Remove and erase what its round keeps no longer."""
    retention.run(at=timezone.now())


@shared_task
def carry_out_bulk_moves() -> None:
    bulk_work.carry_out_due(now=timezone.now)


@shared_task
def forget_bulk_moves() -> None:
    """Delete bulk moves that were never started, and those that ended a month ago."""
    bulk_moves.forget(at=timezone.now())


@shared_task
def send_mail_to_many() -> None:
    """Queue the mails to many that were confirmed; forget those that never were."""
    mail_to_many.send_due(now=timezone.now)
    mail_to_many.forget(at=timezone.now())
