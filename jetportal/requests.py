"""Types of the requests that views take."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:  # read by the middleware, before any model can be loaded
    from jetportal.accounts.models import User


class PortalRequest(HttpRequest):
    """Any request: `received_at` (aware, UTC) is stamped by `jetportal.middleware`."""

    received_at: datetime


class SignedInRequest(PortalRequest):
    """A request behind `login_required`."""

    user: "User"


TimedRequest = PortalRequest
