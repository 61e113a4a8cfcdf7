"""PDFs of letters that waited for the virus scanner: checked later, and their referee is told."""

import json
import logging
from datetime import datetime

from django.db import transaction

from applications.domain.files.scans import AT_ONCE, FOUND, UNCHECKED
from applications.domain.referees import (
    letter_drafts,
    letter_files,
    reference_messages,
    request_log,
)
from applications.models import (
    LetterForm,
    Reference,
    ReferenceDraft,
    ReferenceRequest,
    RequestState,
    Scan,
)
from jetportal import scanning, sealing
from jetportal.scanning import Verdict
from jetportal.setaside import set_aside

logger = logging.getLogger(__name__)

REFUSED = "The virus scanner refused the PDF"


def scan_due(*, at: datetime) -> int:
    """Ask the scanner about PDFs it has not seen; return how many it judged.

    Ends at the first that it does not answer; the next run goes on from there.
    """
    if not scanning.is_on():
        return 0
    letters = Reference.objects.filter(form=LetterForm.UPLOADED, scan__in=UNCHECKED)
    drafts = ReferenceDraft.objects.filter(scan__in=UNCHECKED).exclude(file="")
    judged = 0
    for row in [*letters.order_by("pk")[:AT_ONCE], *drafts.order_by("pk")[:AT_ONCE]]:
        with set_aside(str(row._meta.verbose_name), row.pk):
            verdict = _asked(row)
            if verdict is Verdict.AWAY:
                break
            judged += verdict in FOUND and _record(row, FOUND[verdict], at=at)
    return judged


def _asked(row: Reference | ReferenceDraft) -> Verdict:
    """Ask about one file; what no key opens waits, as nobody can open it."""
    content = letter_files.content_of(row)
    return Verdict.OFF if content is None else scanning.scan(content, now=True)


@transaction.atomic
def _record(row: Reference | ReferenceDraft, scan: Scan, *, at: datetime) -> bool:
    """Write what was found, once, unless the file is another by now."""
    request = request_log.locked(pk=row.request_id)
    now = type(row).objects.filter(pk=row.pk, file=row.file.name, scan__in=UNCHECKED).first()
    if now is None:
        return False
    if scan is Scan.REFUSED:
        logger.warning("virus scanner refused letter request=%s", request.pk)
        if isinstance(now, Reference):
            _refuse_letter(request, now, at)
        else:
            _refuse_draft(request, now, at)
    else:
        letter_files.mark(now, scan, at)
        now.save(update_fields=["scan", "scanned_at"])
    return True


def _refuse_draft(request: ReferenceRequest, draft: ReferenceDraft, at: datetime) -> None:
    """Take the file out of a draft; its page says why."""
    letter_files.drop_later(draft)
    letter_drafts.take_file(draft)
    letter_files.mark(draft, Scan.REFUSED, at)
    letter_drafts.keep(draft, at)


def _refuse_letter(request: ReferenceRequest, letter: Reference, at: datetime) -> None:
    """Let a letter count no more; the ratings are a draft again, and the referee is asked anew."""
    letter_files.mark(letter, Scan.REFUSED, at)
    stood = letter.superseded_at is None
    letter.superseded_at = letter.superseded_at or max(at, letter.recorded_at)
    letter.save(update_fields=["scan", "scanned_at", "superseded_at"])
    if not stood:
        return
    ratings = json.loads(sealing.unseal(letter.sealed) or "{}").get("ratings", {})
    draft = letter_drafts.saved_or_new(request, at)
    letter_files.mark(draft, Scan.REFUSED, at)
    typed = {name: [value] for name, value in ratings.items()}
    letter_drafts.keep(
        draft, at, typed=None if letter_drafts.typing_in(draft).unreadable else typed
    )
    if request.state == RequestState.RECEIVED:
        request.opened_at = request.opened_at or at
        request_log.move(request, RequestState.IN_PROGRESS, at=at, reason=REFUSED)
    else:
        request_log.note(request, at=at, reason=REFUSED)
    message = reference_messages.refused(request)
    request_log.tell(request, "reference unsafe", message, at=at)
