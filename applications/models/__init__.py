from applications.models.application import Application, FrozenAnswers, SectionAnswers
from applications.models.document import Document, Slot
from applications.models.history import Note, StatusChange
from applications.models.staff import StaffOffice
from applications.models.status import ENDS, LIVE, UNSENT, Status

__all__ = [
    "ENDS",
    "LIVE",
    "UNSENT",
    "Application",
    "Document",
    "FrozenAnswers",
    "Note",
    "SectionAnswers",
    "Slot",
    "StaffOffice",
    "Status",
    "StatusChange",
]
