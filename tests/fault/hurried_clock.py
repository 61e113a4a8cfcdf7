"""The portal's clock with seconds for its intervals: each job is asked for every second."""

import django

from jetportal.celery import app

django.setup()  # the clock writes a row

from jetportal.heartbeats.clock import Clock  # noqa: E402  (which is only possible now)

for job in app.conf.beat_schedule.values():
    job["schedule"] = 1.0
Clock.pause = 1.0

__all__ = ["app"]
