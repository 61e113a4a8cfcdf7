from applications.models.answers import FrozenAnswers, SectionAnswers
from applications.models.application import Application
from applications.models.correction import CorrectionRequest
from applications.models.document import Document, Slot
from applications.models.grant import LateGrant
from applications.models.history import Note, StatusChange
from applications.models.limits import FormSettings
from applications.models.receipt import ReceiptCheck
from applications.models.staff import StaffOffice
from applications.models.status import ENDS, LIVE, UNSENT, Status
from applications.models.telling import RoundChangeTold

__all__ = [
    "ENDS",
    "LIVE",
    "UNSENT",
    "Application",
    "CorrectionRequest",
    "Document",
    "FormSettings",
    "FrozenAnswers",
    "LateGrant",
    "Note",
    "ReceiptCheck",
    "RoundChangeTold",
    "SectionAnswers",
    "Slot",
    "StaffOffice",
    "Status",
    "StatusChange",
]
