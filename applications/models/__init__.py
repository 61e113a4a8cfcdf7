from applications.models.answers import FrozenAnswers, SectionAnswers
from applications.models.application import Application
from applications.models.assignment import (
    Assignment,
    ConflictAnswer,
    ConflictLifting,
    ReviewSettings,
)
from applications.models.bulk_mail import BulkMail, BulkMailState
from applications.models.bulk_move import BulkMove, BulkMoveRow, BulkRowState, BulkState
from applications.models.correction import CorrectionRequest
from applications.models.dead_link import DeadLinkVisit
from applications.models.decision import (
    DECIDED_FROM,
    OUTCOMES,
    RESULTS,
    BatchState,
    Decision,
    DecisionChange,
    ReleaseStep,
    ResultBatch,
    Stage,
    stage_from,
)
from applications.models.document import SENSITIVE_SLOTS, SINGLE_SLOTS, Document, Scan, Slot
from applications.models.eligibility import EligibilityCheck, Outlook
from applications.models.export import ExportDownload, ExportJob, ExportKind, ExportState
from applications.models.grant import LateGrant
from applications.models.history import Note, StatusChange
from applications.models.interview import Interview, InterviewSheet, Panelist, Recommendation
from applications.models.late import LateSubmit
from applications.models.letter import (
    LetterForm,
    LetterLanguage,
    LetterOpening,
    Reference,
    ReferenceDraft,
)
from applications.models.limits import FormSettings
from applications.models.opening import FileOpening, SensitiveOpening
from applications.models.receipt import ReceiptCheck
from applications.models.reference import (
    Failure,
    Referee,
    RefereeKind,
    ReferenceEvent,
    ReferenceRequest,
    RequestMail,
    RequestMailKind,
    RequestState,
)
from applications.models.reference_settings import LettersClock, LettersPolicy, ReferenceSettings
from applications.models.refusal import RefusalCause, RefusedSubmit
from applications.models.reply import REPLIES, Reply, ReplyForm, ResultSettings
from applications.models.retention import (
    Erasure,
    ErasureCause,
    ErasureRequest,
    RetentionSettings,
)
from applications.models.score import Criterion, Mark, ScoreSheet, ScoreSum
from applications.models.seats import (
    HOLDING,
    MOST_SEATS,
    TAKEN,
    Holding,
    SeatEvent,
    SeatNumber,
)
from applications.models.staff import StaffOffice
from applications.models.status import ENDS, LIVE, UNSENT, Status
from applications.models.telling import RoundChangeTold
from applications.models.triage import CompletenessCheck, Verdict
from applications.models.wording import RoundWording, WordingKind

__all__ = [
    "DECIDED_FROM",
    "ENDS",
    "HOLDING",
    "LIVE",
    "MOST_SEATS",
    "OUTCOMES",
    "REPLIES",
    "RESULTS",
    "SENSITIVE_SLOTS",
    "SINGLE_SLOTS",
    "TAKEN",
    "UNSENT",
    "Application",
    "Assignment",
    "BatchState",
    "BulkMail",
    "BulkMailState",
    "BulkMove",
    "BulkMoveRow",
    "BulkRowState",
    "BulkState",
    "CompletenessCheck",
    "ConflictAnswer",
    "ConflictLifting",
    "CorrectionRequest",
    "Criterion",
    "DeadLinkVisit",
    "Decision",
    "DecisionChange",
    "Document",
    "EligibilityCheck",
    "Erasure",
    "ErasureCause",
    "ErasureRequest",
    "ExportDownload",
    "ExportJob",
    "ExportKind",
    "ExportState",
    "Failure",
    "FileOpening",
    "FormSettings",
    "FrozenAnswers",
    "Holding",
    "Interview",
    "InterviewSheet",
    "LateGrant",
    "LateSubmit",
    "LetterForm",
    "LetterLanguage",
    "LetterOpening",
    "LettersClock",
    "LettersPolicy",
    "Mark",
    "Note",
    "Outlook",
    "Panelist",
    "ReceiptCheck",
    "Recommendation",
    "Referee",
    "RefereeKind",
    "Reference",
    "ReferenceDraft",
    "ReferenceEvent",
    "ReferenceRequest",
    "ReferenceSettings",
    "RefusalCause",
    "RefusedSubmit",
    "ReleaseStep",
    "Reply",
    "ReplyForm",
    "RequestMail",
    "RequestMailKind",
    "RequestState",
    "ResultBatch",
    "ResultSettings",
    "RetentionSettings",
    "ReviewSettings",
    "RoundChangeTold",
    "RoundWording",
    "Scan",
    "ScoreSheet",
    "ScoreSum",
    "SeatEvent",
    "SeatNumber",
    "SectionAnswers",
    "SensitiveOpening",
    "Slot",
    "StaffOffice",
    "Stage",
    "Status",
    "StatusChange",
    "Verdict",
    "WordingKind",
    "stage_from",
]
