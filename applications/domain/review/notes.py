"""Notes of the desk about an application; its applicant never sees them."""

from datetime import datetime, timedelta

from django.db import transaction

from applications.models import Application, Note
from jetportal.accounts.models import User

SAME_CLICK = timedelta(seconds=10)


@transaction.atomic
def write(application_id: int, *, by: User, text: str, at: datetime) -> Note:
    """Add a note. Notes are never edited: a correction is a new note.

    The same words of the same person within `SAME_CLICK` are one note.
    """
    Application.objects.select_for_update().only("pk").get(pk=application_id)  # clicks take turns
    said = {"application_id": application_id, "by": by, "text": text.strip()}
    same: Note | None = Note.objects.filter(**said, at__gt=at - SAME_CLICK).first()
    return same or Note.objects.create(**said, at=at)
