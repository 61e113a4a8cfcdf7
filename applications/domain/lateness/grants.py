"""Late grants: one person's own end in a round, asked for by one, approved by another.

The rule of "late" stays `RecruitmentRound.accepts`; a grant is an argument of it. Approving one
admits what was kept of a late submit, so that nobody types anything again.
"""

from datetime import date, datetime, time

from django.db import IntegrityError, transaction

from applications.domain import messages, workflow
from applications.domain.access import may_grant
from applications.domain.errors import Refused
from applications.models import UNSENT, Application, LateGrant, Status
from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from positions.deadlines import NoSuchMinute, end_of_minute, in_words
from positions.models import RecruitmentRound

DAYS_AHEAD = 60  # further away a date is mistyped
WAITS_ALREADY = "A late grant for this person and round waits for approval already."


def granted_end(round_: RecruitmentRound, *, day: date, clock: time, at: datetime) -> datetime:
    """Return the closing instant that a grant asked for at `at` would give; write nothing.

    `day` and `clock` are the last minute that counts, in the round's own zone. Raises Refused.
    """
    zone = round_.zoneinfo
    if (day - at.astimezone(zone).date()).days > DAYS_AHEAD:
        words = f"A late grant ends within {DAYS_AHEAD} days. Check the date."
        raise Refused(words, field="until_on")
    not_later = f"This is not later than the deadline of the round, {round_.deadline}."
    if day < round_.closes_on:
        raise Refused(not_later, field="until_on")
    try:
        until = end_of_minute(datetime.combine(day, clock), zone)
    except NoSuchMinute as problem:
        raise Refused(str(problem), field="until_time") from problem
    if until <= round_.closes_at:
        raise Refused(not_later, field="until_on")
    if until <= at:
        raise Refused(f"This is over already: it is {in_words(at, zone)}.", field="until_on")
    return until


def account_of(email: str) -> User:
    """Return the account of exactly this address. Raises Refused."""
    account: User | None = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if account is None:
        raise Refused("No account has exactly this address.", field="email")
    return account


def check(
    round_: RecruitmentRound, applicant: User, *, day: date, clock: time, by: User, at: datetime
) -> datetime:
    """Return the end that asking now would give. Raises Refused with every rule of asking."""
    _require_office(by)
    if by.pk == applicant.pk:
        raise Refused("Nobody grants themselves more time.", field="email")
    _require_running(round_, at)
    _require_unsent(applicant, round_)
    if LateGrant.objects.waiting().filter(applicant=applicant, round=round_).exists():
        raise Refused(WAITS_ALREADY, field="email")
    return granted_end(round_, day=day, clock=clock, at=at)


@transaction.atomic(durable=True)
def ask(
    round_slug: str, *, email: str, day: date, clock: time, reason: str, by: User, at: datetime
) -> LateGrant:
    """Ask for a late grant; it counts from its approval by somebody else on. Raises Refused."""
    round_ = RecruitmentRound.objects.get(slug=round_slug)
    applicant = account_of(email)
    until = check(round_, applicant, day=day, clock=clock, by=by, at=at)
    if not reason.strip():
        raise Refused("Give the reason. It is kept in the history.", field="reason")
    try:
        with transaction.atomic():
            grant: LateGrant = LateGrant.objects.create(
                applicant=applicant,
                round=round_,
                reason=reason.strip(),
                until_at=until,
                asked_by=by,
                asked_at=at,
            )
    except IntegrityError as problem:  # two of the office asked at the same instant
        raise Refused(WAITS_ALREADY, field="email") from problem
    return grant


@transaction.atomic(durable=True)
def approve(grant_id: int, *, by: User, at: datetime) -> LateGrant:
    """Make a grant count from `at` on, and tell the person; what they sent late is sent by it.

    The mail is that of the grant or, where a late submit is admitted, the confirmation of it.
    Raises Refused.
    """
    grant = _locked(grant_id)
    _require_office(by)
    if by.pk == grant.asked_by_id:
        raise Refused("You asked for this yourself. Somebody else of the office approves it.")
    if by.pk == grant.applicant_id:
        raise Refused("Nobody grants themselves more time.")
    if grant.until_at <= at:
        raise Refused(f"Its end, {grant.until}, is over. Set it aside and ask for a later one.")
    if grant.until_at <= grant.round.closes_at:
        raise Refused("The round was extended beyond it. There is nothing left to grant.")
    _require_running(grant.round, at)
    application = _require_unsent(grant.applicant, grant.round)
    grant.approved_by, grant.approved_at = by, max(at, grant.asked_at)
    grant.save(update_fields=["approved_by", "approved_at"])
    if application and _admit(application, grant, by=by, at=at):
        return grant
    outbox.enqueue(
        messages.late_grant(grant, application),
        key=f"late_grant:{grant.pk}",
        lane=Lane.DECISIONS,
        at=at,
    )
    return grant


def _admit(application: Application, grant: LateGrant, *, by: User, at: datetime) -> bool:
    """Send what was kept of a late submit, if there is one; tell whether there was."""
    try:
        admitted = workflow.admit(
            application.pk, until=grant.until_at, reason=grant.reason, by=by, at=at
        )
    except Application.DoesNotExist:  # its owner discarded the draft just now
        return False
    return admitted is not None


def admitted_by(grant: LateGrant) -> Application | None:
    """Return the application that this grant let in from a late submit, if it did."""
    if grant.approved_at is None:
        return None
    sent = Application.objects.filter(
        applicant=grant.applicant_id,
        round=grant.round,
        history__to_status=Status.SUBMITTED,
        history__at=grant.approved_at,
        history__by=grant.approved_by,
    )
    application: Application | None = sent.first()
    return application


@transaction.atomic(durable=True)
def set_aside(grant_id: int, *, by: User, at: datetime) -> LateGrant:
    """Say no to a grant that waits; whoever asked may do so, too. Raises Refused."""
    grant = _locked(grant_id)
    _require_office(by)
    grant.set_aside_by, grant.set_aside_at = by, max(at, grant.asked_at)
    grant.save(update_fields=["set_aside_by", "set_aside_at"])
    return grant


def _locked(grant_id: int) -> LateGrant:
    """Lock a grant that waits and read it with its round. Raises Refused once it was decided."""
    rows = LateGrant.objects.select_for_update(of=("self",)).select_related("round", "applicant")
    grant: LateGrant = rows.get(pk=grant_id)
    if grant.approved_at is not None:
        raise Refused("It is approved already.")
    if grant.set_aside_at is not None:
        raise Refused("It was set aside. Ask for a new one.")
    return grant


def _require_office(by: User) -> None:
    if not may_grant(by):
        raise Refused("Late grants are made by the program office.")


def _require_running(round_: RecruitmentRound, at: datetime) -> None:
    if round_.published_at is None or at < round_.published_at:
        raise Refused("This round is not published.", field="round")
    if round_.cancelled_at is not None:
        raise Refused("This round is cancelled. Nothing can be sent for it.", field="round")


def _require_unsent(applicant: User, round_: RecruitmentRound) -> Application | None:
    """Return the person's draft, or None. Raises Refused if they have sent their application."""
    rows = Application.objects.of(applicant).filter(round=round_).select_related("consulate")
    application: Application | None = rows.first()
    if application is not None and application.status not in UNSENT:
        raise Refused("This person has sent their application to this round.", field="email")
    return application
