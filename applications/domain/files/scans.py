"""Files that waited for the virus scanner: checked later, and whoever is concerned is told."""

import logging
from datetime import datetime

from django.db import transaction

from applications.domain.files import document_messages
from applications.domain.files.documents import opened
from applications.models import Document, Scan
from jetportal import scanning
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from jetportal.scanning import Verdict
from jetportal.setaside import set_aside

logger = logging.getLogger(__name__)

UNCHECKED = (Scan.WAITING, Scan.NONE)  # the second: from before there was a scanner
AT_ONCE = 100
FOUND = {Verdict.CLEAN: Scan.CLEAN, Verdict.INFECTED: Scan.REFUSED}


def scan_due(*, at: datetime) -> int:
    """Ask the scanner about files it has not seen; return how many it judged.

    Ends at the first that it does not answer; the next run goes on from there.
    """
    if not scanning.is_on():
        return 0
    due = Document.objects.filter(scan__in=UNCHECKED).values_list("pk", flat=True)
    judged = 0
    for pk in list(due[:AT_ONCE]):
        with set_aside("document", pk):
            verdict = _asked(pk)
            if verdict is Verdict.AWAY:
                break
            judged += verdict in FOUND and _record(pk, FOUND[verdict], at=at)
    return judged


def _asked(pk: int) -> Verdict:
    document = Document.objects.select_related("application").filter(pk=pk).first()
    if document is None:
        return Verdict.OFF  # removed meanwhile
    with opened(document) as file:
        return scanning.scan(file.read(), now=True)


@transaction.atomic
def _record(pk: int, scan: Scan, *, at: datetime) -> bool:
    """Write what was found, once; of a refused file its owner is told in the same transaction."""
    rows = Document.objects.filter(pk=pk, scan__in=UNCHECKED)
    if not rows.update(scan=scan, scanned_at=at):
        return False
    if scan is Scan.REFUSED:
        logger.warning("virus scanner refused document=%s", pk)
        document = Document.objects.select_related(
            "application__round", "application__applicant"
        ).get(pk=pk)
        outbox.enqueue(
            document_messages.refused(document),
            key=f"document_refused:{document.application_id}:{document.key}",
            lane=Lane.FIRST,
            at=at,
        )
    return True
