from applications.admin.accounts import UserAdmin
from applications.admin.application import ApplicationAdmin
from applications.admin.grants import LateGrantAdmin

__all__ = ["ApplicationAdmin", "LateGrantAdmin", "UserAdmin"]
