"""Everything we hold of one person that is theirs to read: as data, and as files.

Letters are left out (they are written in confidence), and so is what the desk writes for itself.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from applications.domain.errors import Unopenable
from applications.domain.files.documents import opened
from applications.domain.form.submitted import as_submitted, for_owner
from applications.domain.mail_log import mails_about
from applications.models import UNSENT, Application, Document, Scan
from jetportal.accounts.models import User

Record = dict[str, Any]


def collected(user: User, *, at: datetime) -> Record:
    """Return the person's data as it can be written as JSON; nothing unreleased is in it."""
    return {
        "made_at": at.isoformat(),
        "account": {"email": user.email},
        "applications": [_application(row) for row in applications_of(user, at=at)],
    }


def applications_of(user: User, *, at: datetime) -> list[Application]:
    rows = Application.objects.of(user).with_round().with_late_end(at).with_due_result(at)
    return list(rows.order_by("pk"))


def _application(application: Application) -> Record:
    sent = application.status not in UNSENT
    return {
        "reference": application.reference_shown,
        "round": application.round.title,
        "status": str(application.standing.label),
        "begun_at": application.created_at.isoformat(),
        "received_at": _iso(application.submitted_at),
        "answers": [_section(row) for row in application.sections.order_by("section")],
        "as_sent": _as_sent(application) if sent else [],
        "referees": list(
            application.referees.values(
                "kind", "name", "title", "organization", "relation", "email"
            )
        ),
        "documents": [
            {"slot": row.slot, "name": row.name, "bytes": row.size, "sha256": row.sha256}
            for row in application.documents.all()
        ],
        "moves": [
            {"from": row.from_status, "to": row.to_status, "at": row.at.isoformat()}
            for row in application.history.all()
        ],
        "corrections": [
            {"section": row.section, "reason": row.reason, "answer": row.answer}
            for row in application.corrections.all()
        ],
        "answers_to_results": [
            {"asked": row.asked, "until": row.until_at.isoformat(), "answer": row.answer}
            for row in application.reply_forms.all()
        ],
        "late_submits": [row.received_at.isoformat() for row in application.late_submits.all()],
        "eligibility_check": _eligibility(application),
        "mails": [
            {"kind": row.kind, "subject": row.subject, "text": row.text, "at": _iso(row.sent_at)}
            for row in mails_about(application)
            .filter(recipient=application.applicant.email, secret=False)
            .order_by("pk")
        ],
    }


def _iso(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def _section(row: Any) -> Record:
    opened_row = row.opened()
    if opened_row is None:
        return {"section": row.section, "problem": "It cannot be opened now. Write to us."}
    answers, entries = opened_row
    return {"section": row.section, "answers": answers, "entries": entries}


def _as_sent(application: Application) -> list[Record]:
    parts = for_owner(as_submitted(application))
    return [
        {"part": part.title, "answers": [[each.label, each.words] for each in part.answers]}
        for part in parts
    ]


def _eligibility(application: Application) -> Record | None:
    check = getattr(application, "eligibility", None)
    if check is None:
        return None
    return {"at": check.at.isoformat(), "answers": check.answers, "verdicts": check.verdicts}


def files_of(user: User, *, at: datetime) -> Iterator[tuple[str, bytes]]:
    """Yield each document of the person with a name for it; what cannot be read says so."""
    for number, application in enumerate(applications_of(user, at=at), 1):
        folder = application.reference_shown or f"draft-{number}"
        for count, document in enumerate(application.documents.exclude(scan=Scan.REFUSED), 1):
            name = f"{folder}/{count:02d}-{document.slot}"
            try:
                yield f"{name}.pdf", _content(document)
            except (OSError, Unopenable):
                yield f"{name}.txt", b"This file cannot be read now. Write to us."


def _content(document: Document) -> bytes:
    with opened(document) as file:
        return file.read()
