from applications.admin.accounts import UserAdmin
from applications.admin.application import ApplicationAdmin

__all__ = ["ApplicationAdmin", "UserAdmin"]
