"""Notes of the desk about an application; its applicant never sees them."""

from datetime import datetime

from applications.models import Note
from jetportal.accounts.models import User


def write(application_id: int, *, by: User, text: str, at: datetime) -> Note:
    """Add a note. Notes are never edited: a correction is a new note."""
    note: Note = Note.objects.create(application_id=application_id, by=by, text=text.strip(), at=at)
    return note
