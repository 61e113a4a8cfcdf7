from applications.admin import home
from applications.admin.accounts import UserAdmin
from applications.admin.application import ApplicationAdmin
from applications.admin.bulk_moves import BulkMoveAdmin
from applications.admin.erasure import ErasureRequestAdmin
from applications.admin.export_jobs import ExportJobAdmin
from applications.admin.form_settings import FormSettingsAdmin
from applications.admin.grants import LateGrantAdmin
from applications.admin.late import LateSubmitAdmin
from applications.admin.mailing import BulkMailAdmin
from applications.admin.results import ResultBatchAdmin
from applications.admin.retention import RetentionSettingsAdmin
from applications.admin.reviews import AssignmentAdmin
from applications.admin.wordings import RoundWordingAdmin

__all__ = [
    "ApplicationAdmin",
    "AssignmentAdmin",
    "BulkMailAdmin",
    "BulkMoveAdmin",
    "ErasureRequestAdmin",
    "ExportJobAdmin",
    "FormSettingsAdmin",
    "LateGrantAdmin",
    "LateSubmitAdmin",
    "ResultBatchAdmin",
    "RetentionSettingsAdmin",
    "RoundWordingAdmin",
    "UserAdmin",
    "home",
]
