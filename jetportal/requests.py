"""Types of the requests that views take."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:  # read by the middleware, before any model can be loaded
    from jetportal.accounts.models import User


class PortalRequest(HttpRequest):
    """Any request, as `jetportal.middleware` makes it.

    `received_at` (aware, UTC) is when all of it was here; `unfit` is the status that refuses its
    body, if one does; `request_id` is its name in the log.
    """

    received_at: datetime
    unfit: int | None
    request_id: str


class SignedInRequest(PortalRequest):
    """A request behind `login_required`."""

    user: "User"


TimedRequest = PortalRequest
