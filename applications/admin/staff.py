"""What the desk asks of a request, typed."""

from datetime import datetime
from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from jetportal.accounts.models import User
from jetportal.requests import PortalRequest


def staff(request: HttpRequest) -> User:
    """Return who is at the desk; the door has let nobody else in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def arrival(request: HttpRequest) -> datetime:
    """Return the instant at which the request arrived."""
    return cast(PortalRequest, request).received_at
