"""What must be running beside the web process, and the mail that shows whether it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Case, Count, F, Min, Q, When
from django.urls import reverse

from jetportal.heartbeats.models import Heartbeat, Process
from jetportal.mail.models import MailState, OutgoingMail
from jetportal.status.lines import Health, Line, counted, since

LATE, STOPPED = timedelta(seconds=50), timedelta(seconds=100)
AHEAD = timedelta(seconds=3)
UNTRIED, TRIED = timedelta(minutes=5), timedelta(hours=1)
MOST = 1000  # counted no further

# The clock first: where it stands still, the workers are asked for nothing.
IN_ORDER = (Process.CLOCK, Process.FIRST, Process.JOBS)
ADVICE = {
    Process.FIRST: "Sign-in codes and confirmations wait. Start the worker; until it runs, run "
    "./run manage deliver_mail again and again.",
    Process.JOBS: "Jobs wait: drafts lapse later, reminders and exports too. Start the worker; "
    "nothing is lost.",
    Process.CLOCK: "Nobody tells the workers what is due. Start beat; it catches up.",
}


def processes(*, at: datetime) -> list[Line]:
    """One line for each process, by its newest heartbeat; one query."""
    seen: Mapping[str, datetime] = dict(Heartbeat.objects.values_list("process", "beaten_at"))
    return [of_process(process, seen.get(process), at=at) for process in IN_ORDER]


def of_process(process: Process, beaten_at: datetime | None, *, at: datetime) -> Line:
    part, advice = str(process.label), ADVICE[process]
    if beaten_at is None:
        return Line(part, Health.RED, "Never seen.", advice)
    age = at - beaten_at
    says = f"Last seen {since(age)} ago."
    if age < -AHEAD:  # it would look alive for as long after it has stopped
        says = f"Its clock is {since(-age)} ahead of ours, so we cannot tell whether it runs."
        return Line(part, Health.RED, says, "Mend NTP on its machine, then look again.")
    if age < LATE:
        return Line(part, Health.WELL, says)
    return Line(part, Health.RED if age >= STOPPED else Health.LOOK, says, advice)


def mail(*, at: datetime) -> list[Line]:
    """What waits and what failed; two queries."""
    queued = OutgoingMail.objects.filter(state=MailState.QUEUED)
    waits = queued.filter(Q(attempts__gt=0) | Q(due_at__lte=at)).aggregate(
        count=Count("pk"),
        untried=Min(Case(When(attempts=0, then=F("due_at")))),
        tried=Min(Case(When(attempts__gt=0, then=F("queued_at")))),
    )
    failed = OutgoingMail.objects.failed()[:MOST].count()
    return [waiting(waits["count"], waits["untried"], waits["tried"], at=at), of_failed(failed)]


def waiting(count: int, untried: datetime | None, tried: datetime | None, *, at: datetime) -> Line:
    """`untried`, `tried`: since when the oldest mail waits that nobody, or somebody, tried."""
    part, url = "Unsent mail", list_of(MailState.QUEUED)
    oldest = min((instant for instant in (untried, tried) if instant), default=None)
    if oldest is None:
        return Line(part, Health.WELL, "None waits.")
    verb = "waits" if count == 1 else "wait"
    says = f"{counted(count, 'mail')} {verb}, the oldest for {since(at - oldest)}."
    if untried and at - untried >= UNTRIED:
        advice = "Nobody has tried to send the oldest: look at the workers and the queue above."
        return Line(part, Health.RED, says, advice, url)
    if tried and at - tried >= TRIED:
        advice = "The mail server takes it no more, or not yet: its words stand with the mail."
        return Line(part, Health.LOOK, says, advice, url)
    return Line(part, Health.WELL, says, url=url)


def of_failed(count: int) -> Line:
    if not count:
        return Line("Failed mail", Health.WELL, "None.")
    return Line(
        "Failed mail",
        Health.LOOK,
        f"{counted(count, 'mail')} {'was' if count == 1 else 'were'} refused for good.",
        "Correct the address or queue it again; a confirmation among them first.",
        list_of(MailState.FAILED),
    )


def list_of(state: MailState) -> str:
    return f"{reverse('admin:mail_outgoingmail_changelist')}?state__exact={state.value}"
