"""The types of requests as views receive them, after the middleware has added to them."""

from datetime import datetime

from django.http import HttpRequest


class TimedRequest(HttpRequest):
    """A request that carries the instant of its arrival (UTC), the one that deadlines go by."""

    received_at: datetime
