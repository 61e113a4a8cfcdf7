"""The queue and its clock. A lost message is never lost work: the sweeps find what is due."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jetportal.settings")

app = Celery("jetportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    ["jetportal.mail", "jetportal.accounts", "jetportal", "positions", "applications"]
)

# Every entry expires before its next turn: a stopped worker does not come back to a heap of them.
app.conf.beat_schedule = {
    "deliver mail that is due": {
        "task": "jetportal.mail.tasks.deliver_due",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "lapse drafts of closed rounds": {
        "task": "applications.tasks.lapse_due",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "tell applicants what happened to their round": {
        "task": "applications.tasks.tell_round_changes",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "tell those who wait for a round": {
        "task": "positions.tasks.tell_watchers",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "renew and forget watches": {
        "task": "positions.tasks.keep_watches",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
    "clear what has expired": {
        "task": "jetportal.tasks.clear_expired",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
    "forget sign-in codes of yesterday": {
        "task": "jetportal.accounts.tasks.forget_codes",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
    "forget who checked receipts yesterday": {
        "task": "applications.tasks.forget_receipt_checks",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
}
