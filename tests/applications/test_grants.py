"""A late grant: two people give one applicant an end of their own, to the microsecond."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.domain import access, workflow
from applications.domain.errors import MoveNotAllowed, NotAccepting, Refused, RoundClosed
from applications.domain.form import drafts
from applications.domain.lateness import grants, lapse
from applications.models import Application, LateGrant, Status, StatusChange
from jetportal.accounts.models import User
from jetportal.mail.models import OutgoingMail
from positions.deadlines import LAPSE_AFTER
from positions.domain import rounds
from positions.models import RecruitmentRound
from tests.applicants import SENT_AT, make_application, make_staff, make_user
from tests.factories import CLOSES_AT, PUBLISHED_AT, TICK, make_round

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

ASKED_AT = CLOSES_AT + timedelta(hours=10)
APPROVED_AT = CLOSES_AT + timedelta(hours=11)
DAY, CLOCK = date(2025, 3, 17), time(17, 0)
UNTIL = CLOSES_AT + timedelta(days=2, hours=17, minutes=1)  # Monday, 5:00 PM in Hawaii


def asker() -> User:
    return make_staff("asker@example.org", access.PROGRAM_OFFICE)


def approver() -> User:
    return make_staff("approver@example.org", access.PROGRAM_OFFICE)


def ask(applicant: User, **changes: object) -> LateGrant:
    round_ = RecruitmentRound.objects.get()
    values = {"email": applicant.email, "day": DAY, "clock": CLOCK, "reason": "A storm in Ohio"}
    return grants.ask(round_.slug, **{**values, "by": asker(), "at": ASKED_AT, **changes})


def approve(grant: LateGrant, *, by: User | None = None, at: datetime = APPROVED_AT) -> LateGrant:
    return grants.approve(grant.pk, by=by or approver(), at=at)


def submit(application: Application, *, at: datetime) -> Application:
    return workflow.submit(
        application.key, by=application.applicant, received_at=at, recorded_at=at
    )


@pytest.mark.parametrize(
    ("at", "until", "accepted"),
    [
        (CLOSES_AT - TICK, None, True),
        (CLOSES_AT, None, False),
        (CLOSES_AT, UNTIL, True),
        (UNTIL - TICK, UNTIL, True),
        (UNTIL, UNTIL, False),
        (CLOSES_AT - TICK, CLOSES_AT - timedelta(days=1), True),
        (PUBLISHED_AT - TICK, UNTIL, False),
    ],
)
def test_rule_takes_the_later_of_two_ends(at, until, accepted):
    assert make_round().accepts(at, until=until) is accepted


@pytest.mark.parametrize(
    ("at", "accepted"),
    [
        (APPROVED_AT - TICK, False),
        (APPROVED_AT, True),
        (UNTIL - TICK, True),
        (UNTIL, False),
    ],
)
def test_submit_under_a_grant_is_judged_to_the_microsecond(at, accepted):
    application = make_application()
    grant = approve(ask(application.applicant))

    assert grant.until_at == UNTIL
    if accepted:
        submit(application, at=at)
    else:
        with pytest.raises(RoundClosed):
            submit(application, at=at)

    assert Application.objects.get().status == ("submitted" if accepted else "draft")


def test_grant_that_was_only_asked_for_counts_for_nothing():
    application = make_application()
    ask(application.applicant)

    with pytest.raises(RoundClosed) as refusal:
        submit(application, at=APPROVED_AT)

    assert refusal.value.closes_at == CLOSES_AT
    assert not OutgoingMail.objects.exists()


def test_late_submit_is_late_by_the_end_of_ones_own():
    application = make_application()
    approve(ask(application.applicant))

    with pytest.raises(RoundClosed) as refusal:
        submit(application, at=UNTIL + timedelta(minutes=3))

    assert refusal.value.late_by == timedelta(minutes=3)


def test_grant_is_nobody_elses():
    application = make_application()
    other = make_application(applicant=make_user("other@example.org"))
    approve(ask(application.applicant))

    with pytest.raises(RoundClosed):
        submit(other, at=APPROVED_AT)


def test_grant_counts_in_its_own_round_alone():
    application = make_application()
    approve(ask(application.applicant))
    other = make_application(round_=make_round(slug="sea-2025-winter"))

    with pytest.raises(RoundClosed):
        submit(other, at=APPROVED_AT)


def test_grant_lets_its_person_begin_after_the_close():
    round_, ana, other = make_round(), make_user(), make_user("other@example.org")
    approve(ask(ana))

    assert drafts.start(round_.slug, by=ana, at=UNTIL - TICK).applicant == ana
    for person, at in ((ana, UNTIL), (other, APPROVED_AT)):
        Application.objects.all().delete()
        with pytest.raises(NotAccepting):
            drafts.start(round_.slug, by=person, at=at)


def test_public_lists_do_not_change():
    round_ = make_round()
    approve(ask(make_user()))

    assert not RecruitmentRound.objects.accepting(APPROVED_AT).exists()
    assert round_.state(APPROVED_AT) == "closed"


def test_cancelled_round_takes_nothing_in_spite_of_a_grant():
    application = make_application()
    approve(ask(application.applicant))
    rounds.cancel(application.round.pk, reason="No post", by=asker(), at=APPROVED_AT + TICK)

    with pytest.raises(RoundClosed):
        submit(application, at=APPROVED_AT + 2 * TICK)


def test_longest_of_two_grants_counts_and_an_extension_beyond_it_wins():
    application = make_application()
    approve(ask(application.applicant))
    approve(ask(application.applicant, day=date(2025, 3, 18)))
    later = UNTIL + timedelta(days=1)

    assert own(at=APPROVED_AT).ends_at == later
    RecruitmentRound.objects.update(closes_at=later + TICK)
    assert own(at=APPROVED_AT).ends_at == later + TICK


def own(*, at: datetime) -> Application:
    application: Application = Application.objects.with_round().with_late_end(at).get()
    return application


def test_sent_application_keeps_the_end_it_was_judged_by():
    application = make_application()
    approve(ask(application.applicant))
    submit(application, at=UNTIL - TICK)

    assert own(at=UNTIL + timedelta(days=300)).ends_at == UNTIL


def test_draft_lapses_after_its_own_end_and_is_told_once_for_each():
    application = make_application()
    lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER)
    approve(ask(application.applicant))

    lapse.lapse_due(at=APPROVED_AT)
    assert Application.objects.get().status == Status.DRAFT
    assert lapse.lapse_due(at=UNTIL + LAPSE_AFTER - TICK) == 0
    assert lapse.lapse_due(at=UNTIL + LAPSE_AFTER) == 1

    keys = OutgoingMail.objects.filter(kind="draft_lapsed").order_by("pk").values_list("key")
    ends = [CLOSES_AT, UNTIL]
    assert [key for (key,) in keys] == [
        f"lapsed:{application.pk}:{end.isoformat()}" for end in ends
    ]


def test_lapsed_draft_is_sent_under_a_grant_before_the_job_revives_it():
    application = make_application()
    lapse.lapse_due(at=CLOSES_AT + LAPSE_AFTER)
    approve(ask(application.applicant))

    submit(application, at=APPROVED_AT)

    moves = list(StatusChange.objects.values_list("from_status", "to_status"))
    assert moves == [("draft", "lapsed"), ("lapsed", "submitted")]


def test_second_person_approves_and_the_applicant_is_told():
    applicant = make_application().applicant

    grant = approve(ask(applicant))

    assert (grant.asked_by, grant.asked_at) == (asker(), ASKED_AT)
    assert (grant.approved_by, grant.approved_at) == (approver(), APPROVED_AT)
    mail = OutgoingMail.objects.get()
    assert (mail.key, mail.recipient) == (f"late_grant:{grant.pk}", applicant.email)
    words = mail.text.replace("\u00a0", " ")
    assert "Your deadline:  Monday, March 17, 2025, 5:00 PM HST" in words
    assert "The same time:  Monday, March 17, 2025, 11:00 PM EDT" in words
    assert "storm" not in words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day": date(2025, 3, 14), "clock": time(23, 59)}, "not later than the deadline"),
        ({"at": UNTIL}, "over already"),
        ({"day": date(2026, 3, 17)}, "within 60 days"),
        ({"email": "nobody@example.org"}, "No account"),
        ({"reason": " "}, "Give the reason"),
        ({"email": "asker@example.org"}, "Nobody grants themselves"),
    ],
)
def test_asking_is_refused_with_what_is_wrong(changes, words):
    make_round()
    applicant = make_user()
    asker()

    with pytest.raises(Refused, match=words):
        ask(applicant, **changes)

    assert not LateGrant.objects.exists()


def test_wall_time_that_does_not_exist_is_refused():
    make_round(zone="America/New_York", closes_at=datetime.fromisoformat("2025-03-08T05:00Z"))

    with pytest.raises(Refused, match="Clocks in New York change") as refusal:
        ask(make_user(), day=date(2025, 3, 9), clock=time(2, 30), at=PUBLISHED_AT)

    assert refusal.value.field == "until_time"


@pytest.mark.parametrize("who", [access.COORDINATORS, access.ADMINISTRATORS])
def test_late_grants_are_the_program_offices(who):
    make_round()
    somebody = make_staff("somebody@example.org", who)

    with pytest.raises(Refused, match="program office"):
        ask(make_user(), by=somebody)
    with pytest.raises(Refused, match="program office"):
        approve(ask(make_user()), by=somebody)


def test_who_asked_cannot_approve():
    make_round()
    grant = ask(make_user())

    with pytest.raises(Refused, match="Somebody else"):
        approve(grant, by=asker())

    grant.refresh_from_db()
    assert (grant.approved_at, OutgoingMail.objects.count()) == (None, 0)


def test_one_grant_waits_at_a_time_and_is_decided_once():
    make_round()
    grant = ask(make_user())

    with pytest.raises(Refused, match="waits for approval already"):
        ask(make_user())
    approve(grant)
    with pytest.raises(Refused, match="approved already"):
        approve(grant)
    with pytest.raises(Refused, match="approved already"):
        grants.set_aside(grant.pk, by=asker(), at=APPROVED_AT)


def test_grant_that_was_set_aside_cannot_be_approved_but_asked_for_anew():
    make_round()
    grant = ask(make_user())
    grants.set_aside(grant.pk, by=asker(), at=APPROVED_AT)

    with pytest.raises(Refused, match="set aside"):
        approve(grant)
    assert approve(ask(make_user())).approved_at == APPROVED_AT


def test_approval_after_the_granted_end_is_refused():
    make_round()
    grant = ask(make_user())

    with pytest.raises(Refused, match="is over"):
        approve(grant, at=UNTIL)


def test_grant_for_what_was_sent_is_refused():
    application = make_application(status=Status.SUBMITTED)

    with pytest.raises(Refused, match="has sent"):
        ask(application.applicant)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"approved_by": "asker", "approved_at": APPROVED_AT}, "late_grant_needs_two_people"),
        ({"approved_by": "applicant", "approved_at": APPROVED_AT}, "nobody_grants_themselves"),
        ({"approved_by": "approver"}, "late_grant_is_approved_by_somebody"),
        ({"approved_at": APPROVED_AT}, "late_grant_is_approved_by_somebody"),
        ({"set_aside_at": APPROVED_AT}, "approved_late_grant_is_never_set_aside"),
        ({"until_at": ASKED_AT}, "late_grant_ends_in_the_future"),
        ({"reason": ""}, "late_grant_has_a_reason"),
    ],
)
def test_database_refuses_a_grant_of_one_person_or_half_a_decision(changes, constraint):
    make_round()
    people = {"asker": asker(), "approver": approver(), "applicant": make_user()}
    ask(people["applicant"])
    values = {name: people.get(str(value), value) for name, value in changes.items()}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        LateGrant.objects.update(**values)


def test_database_never_sets_aside_what_was_approved():
    make_round()
    approve(ask(make_user()))

    with (
        pytest.raises(IntegrityError, match="approved_late_grant_is_never_set_aside"),
        transaction.atomic(),
    ):
        LateGrant.objects.update(set_aside_at=APPROVED_AT, set_aside_by=approver())


@pytest.fixture
def ana(client):
    """A browser in which Ana is signed in, after the close and after the approval."""
    with time_machine.travel(APPROVED_AT + timedelta(minutes=1), tick=False):
        yield client


def page(client, name: str, application: Application) -> str:
    answer = client.get(reverse(f"applications:{name}", args=[application.key]))
    return answer.content.decode().replace("\u00a0", " ")


def test_pages_of_the_applicant_show_the_deadline_of_their_own(ana):
    application = make_application()
    ana.force_login(application.applicant)
    before = page(ana, "check", application)
    approve(ask(application.applicant))

    check = page(ana, "check", application)
    listed = ana.get(reverse("applications:list")).content.decode().replace("\u00a0", " ")

    assert "Nothing can be sent" in before
    assert "Nothing can be sent" not in check
    assert "Your own deadline" in check
    assert "given you, and you alone, until Monday, March 17, 2025, 5:00 PM HST." in check
    assert "Your own deadline Monday, March 17, 2025, 5:00 PM HST" in listed


def test_receipt_and_confirmation_count_to_the_deadline_of_their_own(ana):
    application = make_application()
    ana.force_login(application.applicant)
    approve(ask(application.applicant))

    ana.post(reverse("applications:submit", args=[application.key]))

    words = (
        "It reached us 2 days 6 hours before your own deadline, Monday, March 17, 2025, 5:00 PM HST"
    )
    assert words in page(ana, "receipt", application)
    mail = OutgoingMail.objects.get(kind="confirmation").text.replace("\u00a0", " ")
    assert "Monday, March 17, 2025, 5:00 PM HST" in mail


def test_start_page_opens_for_the_granted_person_alone(ana):
    round_, applicant = make_round(), make_user()
    approve(ask(applicant))
    address = reverse("applications:start", args=[round_.slug])

    def accepts(user: User) -> bool:
        ana.force_login(user)
        return ana.get(address).context["accepts"]

    assert accepts(applicant)
    assert not accepts(make_user("other@example.org"))


def test_submit_under_a_grant_costs_no_query_more(ana, django_assert_num_queries):
    application = make_application()
    ana.force_login(application.applicant)
    approve(ask(application.applicant))

    with django_assert_num_queries(16):  # two of them are the test's own savepoint
        ana.post(reverse("applications:submit", args=[application.key]))

    assert Application.objects.get().status == Status.SUBMITTED


def test_second_click_under_a_grant_hears_that_it_is_submitted():
    application = make_application()
    approve(ask(application.applicant))
    submit(application, at=SENT_AT)

    with pytest.raises(MoveNotAllowed, match="submitted already"):
        submit(application, at=UNTIL + TICK)
