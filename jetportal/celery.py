"""The queue and its clock. A lost message is never lost work: the sweeps find what is due."""

import os

from celery import Celery
from kombu import Exchange, Queue

FIRST, JOBS = "first", "jobs"  # the lanes; a worker takes both unless it is told otherwise

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jetportal.settings")

app = Celery("jetportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    ["jetportal.mail", "jetportal.accounts", "jetportal", "positions", "applications"]
)
app.conf.task_queues = [Queue(lane, Exchange(lane), routing_key=lane) for lane in (FIRST, JOBS)]
app.conf.task_default_queue = app.conf.task_default_exchange = JOBS
app.conf.task_default_routing_key = JOBS
# A code or a confirmation never waits behind a job: with two workers, one takes this lane alone.
app.conf.task_routes = {"jetportal.mail.tasks.deliver_one": {"queue": FIRST}}


def every(seconds: int, task: str) -> dict[str, object]:
    """Run a task again and again; a message not taken up expires before its next turn.

    So a worker that was stopped does not come back to a heap of them.
    """
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds * 5 // 6}}


app.conf.beat_schedule = {
    "deliver mail that is due": every(30, "jetportal.mail.tasks.deliver_due"),
    "lapse drafts of closed rounds": every(60, "applications.tasks.lapse_due"),
    "tell applicants what happened to their round": every(
        60, "applications.tasks.tell_round_changes"
    ),
    "tell of letters: failed requests, reminders, changes": every(
        30, "applications.tasks.keep_references"
    ),
    "show the virus scanner the files it has not seen": every(
        60, "applications.tasks.scan_documents"
    ),
    "tell those who wait for a round": every(30, "positions.tasks.tell_watchers"),
    "renew and forget watches": every(3600, "positions.tasks.keep_watches"),
    "clear what has expired": every(3600, "jetportal.tasks.clear_expired"),
    "forget sign-in codes of yesterday": every(3600, "jetportal.accounts.tasks.forget_codes"),
    "forget who opened dead links yesterday": every(3600, "applications.tasks.forget_dead_links"),
    "forget who checked receipts yesterday": every(
        3600, "applications.tasks.forget_receipt_checks"
    ),
    "carry out released results": every(30, "applications.tasks.carry_out_results"),
    "remind of answers to results": every(600, "applications.tasks.remind_of_replies"),
    "remind of interviews": every(600, "applications.tasks.remind_of_interviews"),
    "make exports": every(10, "applications.tasks.make_exports"),
    "delete exports of last week": every(3600, "applications.tasks.forget_exports"),
    "remove and erase what rounds keep no longer": every(3600, "applications.tasks.keep_retention"),
    "close alternate lists": every(600, "applications.tasks.close_alternate_lists"),
}
