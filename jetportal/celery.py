"""The queue and its clock. A lost message is never lost work: the sweeps find what is due."""

import os
from contextvars import Token
from logging.config import dictConfig
from typing import Any

from celery import Celery, Task
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun
from django.conf import settings
from kombu import Exchange, Queue

from jetportal.logs import NO_REQUEST, current_request_id

FIRST, JOBS = "first", "jobs"  # the lanes; a worker takes both unless it is told otherwise

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jetportal.settings")

app = Celery("jetportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        *("jetportal.mail", "jetportal.accounts", "jetportal.heartbeats", "jetportal"),
        *("positions", "applications"),
    ]
)
app.conf.task_queues = [Queue(lane, Exchange(lane), routing_key=lane) for lane in (FIRST, JOBS)]
app.conf.task_default_queue = app.conf.task_default_exchange = JOBS
app.conf.task_default_routing_key = JOBS
# A code or a confirmation never waits behind a job: with two workers, one takes this lane alone.
app.conf.task_routes = {"jetportal.mail.tasks.deliver_one": {"queue": FIRST}}

REQUEST_HEADER = "portal_request"
NAME = 12  # characters of a job's own name, as long as that of a request
_named: dict[str, Token[str]] = {}


def every(seconds: int, task: str) -> dict[str, object]:
    """Run a task again and again; a message not taken up expires before its next turn.

    So a worker that was stopped does not come back to a heap of them.
    """
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds * 5 // 6}}


def heartbeat(lane: str) -> dict[str, object]:
    """Let the worker of a lane say that it is alive, four times a minute."""
    beating = every(15, "jetportal.heartbeats.tasks.beat")
    return {**beating, "args": [lane], "options": {"expires": 12, "queue": lane}}


app.conf.beat_schedule = {
    "heartbeat of the first lane": heartbeat(FIRST),
    "heartbeat of the jobs": heartbeat(JOBS),
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
    "forget sign-ins of half a year ago": every(3600, "jetportal.accounts.tasks.forget_sign_ins"),
    "forget who opened dead links yesterday": every(3600, "applications.tasks.forget_dead_links"),
    "forget who checked receipts yesterday": every(
        3600, "applications.tasks.forget_receipt_checks"
    ),
    "carry out released results": every(30, "applications.tasks.carry_out_results"),
    "remind of answers to results": every(600, "applications.tasks.remind_of_replies"),
    "remind of interviews": every(600, "applications.tasks.remind_of_interviews"),
    "queue mail to many": every(10, "applications.tasks.send_mail_to_many"),
    "carry out bulk moves": every(10, "applications.tasks.carry_out_bulk_moves"),
    "forget bulk moves of last month": every(3600, "applications.tasks.forget_bulk_moves"),
    "make exports": every(10, "applications.tasks.make_exports"),
    "delete exports of last week": every(3600, "applications.tasks.forget_exports"),
    "remove and erase what rounds keep no longer": every(3600, "applications.tasks.keep_retention"),
    "close alternate lists": every(600, "applications.tasks.close_alternate_lists"),
}


def write_the_log_as_ever(**_more: object) -> None:
    """Leave the log to the settings: the library's own lines hold the arguments of jobs."""
    dictConfig(settings.LOGGING)


def send_the_name_of_the_request(headers: dict[str, Any], **_more: object) -> None:
    if (name := current_request_id.get()) != NO_REQUEST:
        headers[REQUEST_HEADER] = name


def take_the_name_of_the_request(task_id: str, task: Task, **_more: object) -> None:
    """Name the lines of a job after the request that asked for it, else after the job."""
    name = getattr(task.request, REQUEST_HEADER, None) or task_id[:NAME]
    _named[task_id] = current_request_id.set(name)


def forget_the_name_of_the_request(task_id: str, **_more: object) -> None:
    if token := _named.pop(task_id, None):
        current_request_id.reset(token)


setup_logging.connect(write_the_log_as_ever)
before_task_publish.connect(send_the_name_of_the_request)
task_prerun.connect(take_the_name_of_the_request)
task_postrun.connect(forget_the_name_of_the_request)
