"""The portal's clock with seconds for its intervals: each job is asked for every second."""

from jetportal.celery import app

for job in app.conf.beat_schedule.values():
    job["schedule"] = 1.0

__all__ = ["app"]
