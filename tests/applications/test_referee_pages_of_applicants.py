"""The applicant's pages of references over HTTP."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from applications.domain.referees import letters
from applications.models import (
    Application,
    Failure,
    LettersClock,
    Referee,
    ReferenceRequest,
    RequestState,
    Status,
)
from jetportal.mail.models import OutgoingMail
from jetportal.parking.models import ParkedForm
from positions.deadlines import in_words
from tests.applicants import COACH, EMPLOYER, SENT_AT, make_application, make_user, move
from tests.factories import CLOSES_AT
from tests.referees import ASKED_AT, SECRET, ask, set_references, submit, token_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TYPED = {
    "kind": "academic",
    "name": "Elena Díaz",
    "title": "Prof.",
    "organization": "Rutgers University",
    "relation": "She advised my thesis",
    "email": "diaz@example.org",
}


@pytest.fixture
def ana(client: Client):
    """A browser in which Ana is signed in, two days before the deadline."""
    with time_machine.travel(SENT_AT, tick=False):
        client.force_login(make_user())
        yield client


@pytest.fixture
def application(db) -> Application:
    return make_application()


def url(name: str, application: Application, referee: Referee | None = None) -> str:
    keys = [application.key, referee.key] if referee else [application.key]
    return reverse(f"applications:{name}", args=keys)


def page(browser: Client, application: Application) -> str:
    return browser.get(url("references", application)).content.decode()


def first(application: Application) -> Referee:
    return application.referees.get(place=1)


@pytest.mark.parametrize("referees", [0, 1, 2])
@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED])
def test_page_costs_a_fixed_number_of_queries(ana, status, referees, django_assert_num_queries):
    application = make_application(status=status)
    for referee in application.referees.all()[referees:]:
        referee.delete()

    with django_assert_num_queries(8):
        answer = ana.get(url("references", application))

    assert len(answer.context["rows"]) == referees


def test_naming_asking_and_asking_again(ana, application):
    first(application).delete()

    named = ana.post(url("add_referee", application), TYPED)
    referee = application.referees.get(email="diaz@example.org")
    words = page(ana, application)
    sent = ana.post(url("send_request", application, referee), follow=True)

    assert named["Location"] == url("references", application)
    assert "They do not know that you ask" in words
    assert "is asked. The request is on its way" in sent.content.decode()
    assert OutgoingMail.objects.get().recipient == "diaz@example.org"


def test_second_click_on_save_finds_the_referee_named(ana, application):
    first(application).delete()

    answers = [ana.post(url("add_referee", application), TYPED) for _ in "12"]

    assert [answer["Location"] for answer in answers] == [url("references", application)] * 2
    assert application.referees.filter(email=TYPED["email"]).count() == 1


def test_second_click_on_send_says_so_and_sends_nothing(ana, application):
    address = url("send_request", application, first(application))
    ana.post(address)

    answer = ana.post(address, follow=True)

    assert "The request was sent already." in answer.content.decode()
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": ""}, "Write their address"),
        ({"email": "not an address"}, "Write the address in full"),
        ({"email": "Ana.LM@example.org"}, "This is your own address"),
        ({"email": "ITO@example.org"}, "You have named this address already"),
        ({"kind": ""}, "Choose the kind"),
        ({"kind": "friend"}, "Choose one of these kinds"),
        ({"name": "x" * 121}, "1 character over the limit of 120"),
        ({"relation": "  "}, "Write how they know you"),
    ],
)
def test_wrong_referee_is_asked_back_with_what_was_typed(ana, application, changes, words):
    first(application).delete()

    answer = ana.post(url("add_referee", application), {**TYPED, **changes})
    text = answer.content.decode()

    assert answer.status_code == 422
    assert words in text
    assert "What you typed stands in the form below" in text
    if "organization" not in changes:
        assert "Rutgers University" in text
    assert application.referees.count() == 1


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("Ana.LM@example.org", "This is your own address"),
        ("ITO@example.org", "You have named this address already"),
    ],
)
def test_wrong_address_is_told_together_with_what_else_is_wrong(ana, application, email, words):
    row = first(application)
    changed = {**TYPED, "name": "", "email": email}

    changing = ana.post(url("referee", application, row), changed)
    row.delete()
    adding = ana.post(url("add_referee", application), changed)

    for answer in (changing, adding):
        assert answer.status_code == 422
        assert "Write their name" in answer.content.decode()
        assert words in answer.content.decode()


def test_sent_request_shows_both_clocks_and_the_next_reminder(ana, application):
    ask(application, at=SENT_AT - 10 * DAY)
    set_references(application.round, reminder_days="14, 7, 1", sport_needed=True)
    ana.cookies["zone"] = "America%2FNew_York"

    text = page(ana, application)

    assert "Not opened yet. We remind them on Friday, March 14, 2025, 12:00\u00a0AM" in text
    assert "Sent Monday, March 3, 2025, 12:00\u00a0AM\u00a0HST" in text
    assert "For you: Monday, March 3, 2025, 5:00\u00a0AM\u00a0EST" in text
    assert "Letters count until Friday, March 14, 2025, 11:59" in text


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure.ADDRESS, "the mail server says this address does not exist"),
        (Failure.GAVE_UP, "their mail server took no mail from us for two days"),
        (Failure.STRANGER, "the person at this address says they are not your referee"),
    ],
)
def test_request_that_failed_comes_first_with_its_reason(ana, application, failure, words):
    request = ask(application, EMPLOYER)
    ReferenceRequest.objects.filter(pk=request.pk).update(
        state=RequestState.FAILED, failure=failure
    )

    answer = ana.get(url("references", application))
    text = answer.content.decode()

    assert f"This could not be delivered: {words}." in text
    assert answer.context["rows"][0].name == EMPLOYER.name
    assert url("correct_address", application, request.referee) in text


def test_correcting_the_address_sends_anew(ana, application):
    request = ask(application)

    answer = ana.post(
        url("correct_address", application, request.referee), {"email": "grace@example.org"}
    )
    wrong = ana.post(url("correct_address", application, request.referee), {"email": "grace"})

    assert answer["Location"] == url("references", application)
    assert OutgoingMail.objects.latest("pk").recipient == "grace@example.org"
    assert wrong.status_code == 422


def test_naming_another_tells_the_one_before(ana, application):
    request = ask(application)

    shown = ana.get(url("replace_referee", application, request.referee)).content.decode()
    ana.post(url("replace_referee", application, request.referee), TYPED)

    assert "Grace Okafor" in shown
    assert application.referees.get(place=1, replaced_at=None).name == "Elena Díaz"
    assert OutgoingMail.objects.latest("pk").kind == "reference_cancelled"


def test_removing_asks_once(ana, application):
    referee = first(application)

    shown = ana.get(url("remove_referee", application, referee))
    ana.post(url("remove_referee", application, referee))

    assert "Remove this referee?" in shown.content.decode()
    assert not application.referees.filter(pk=referee.pk).exists()


def test_letter_that_is_in_is_never_shown(ana, application):
    submit(ask(application), at=SENT_AT - DAY)

    text = page(ana, application)

    assert "The letter is in." in text
    assert SECRET not in text
    for name in ("tasks", "check"):
        assert SECRET not in ana.get(url(name, application)).content.decode()


def test_letter_kept_as_late_is_told(ana, application):
    submit(ask(application), at=CLOSES_AT)
    with time_machine.travel(CLOSES_AT + DAY, tick=False):
        text = page(ana, application)

    assert "A letter came after the deadline" in text
    assert "Send again" not in text


def test_soft_clock_of_letters_stands_on_the_page(ana, application):
    set_references(application.round, clock=LettersClock.SOFT, soft_days=3, sport_needed=True)

    assert "Letters count until Monday, March 17, 2025, 11:59" in page(ana, application)


def test_declined_request_asks_for_somebody_else(ana, application):
    request = ask(application)
    letters.decline(token_of(request), reason="No time", at=SENT_AT - DAY)

    text = page(ana, application)

    assert "They cannot write a letter. Choose another referee." in text
    assert "No time" not in text


def test_referees_are_asked_after_sending_too(ana):
    application = make_application(status=Status.SUBMITTED)

    ana.post(url("send_request", application, first(application)))

    assert OutgoingMail.objects.filter(kind="reference_request").count() == 1


def test_requests_stand_where_they_stood_once_a_withdrawal_is_taken_back(ana, application):
    asked, opened = ask(application), ask(application, EMPLOYER)
    letters.start(token_of(opened), at=ASKED_AT + DAY)
    rows = ReferenceRequest.objects.order_by("pk")
    before = list(rows.values_list("pk", "state", "state_at"))
    move(application, Status.SUBMITTED, at=SENT_AT)
    ana.post(url("withdraw", application), {"sure": "yes"})
    between = set(rows.values_list("state", flat=True))

    with time_machine.travel(SENT_AT + DAY / 2, tick=False):
        ana.post(url("take_back", application))

    assert between == {RequestState.CANCELLED}
    assert list(rows.values_list("pk", "state", "state_at")) == before
    assert {state for _pk, state, _at in before} == {RequestState.SENT, RequestState.OPENED}
    assert before[0][0] == asked.pk


def test_whoever_is_not_the_referee_is_left_alone_when_a_withdrawal_is_taken_back(ana, application):
    asked = ask(application)
    letters.not_me(token_of(asked), at=ASKED_AT + DAY)
    asked.refresh_from_db()
    move(application, Status.SUBMITTED, at=SENT_AT)
    ana.post(url("withdraw", application), {"sure": "yes"})
    mails = OutgoingMail.objects.filter(recipient=asked.referee.email)
    before = mails.count()

    ana.post(url("take_back", application))

    again = ReferenceRequest.objects.get(pk=asked.pk)
    assert (again.state, again.failure, again.state_at) == (
        RequestState.FAILED,
        Failure.STRANGER,
        asked.state_at,
    )
    assert mails.count() == before


def test_names_that_turn_the_line_stay_to_themselves(ana, application):
    Referee.objects.filter(place=1).update(name="\u202egnihsif")

    assert "<bdi>Dr. \u202egnihsif</bdi>" in page(ana, application)


def test_page_of_somebody_else_is_not_found(client, application):
    client.force_login(make_user("eve@example.org"))

    for name in ("references", "add_referee"):
        assert client.get(url(name, application)).status_code == 404
    assert client.post(url("send_request", application, first(application))).status_code == 404
    assert COACH.email not in str(OutgoingMail.objects.values_list("recipient"))


def test_check_warns_of_letters_and_the_task_list_of_those_in_trouble(ana, application):
    calm = ana.get(url("tasks", application)).content.decode()
    letters.decline(token_of(ask(application)), reason="", at=SENT_AT - DAY)

    check = ana.get(url("check", application)).content.decode()
    tasks = ana.get(url("tasks", application)).content.decode()

    assert "Two of your letters have not arrived" in check
    assert "Send my application" in check
    assert "will not come" not in calm
    assert "One of your letters will not come by itself" in tasks
    assert "The request was declined" in tasks


def test_receipt_leads_to_the_letters(ana):
    application = make_application(status=Status.SUBMITTED)

    receipt = ana.get(url("receipt", application)).content.decode()

    assert url("references", application) in receipt


def test_referee_typed_while_signed_out_is_offered_and_cleared_once_saved(ana, application):
    Referee.objects.filter(application=application).delete()
    here = url("add_referee", application)
    signed_out = Client().post(here, TYPED)

    (waiting,) = ana.get(here).context["parked"].waiting
    chosen = ana.get(here, {"parked": waiting.pk})
    saved = ana.post(here, {**TYPED, "parked": waiting.pk})

    assert signed_out["Location"] == f"/accounts/login/?next={here}"
    form = chosen.context["form"]
    assert {name: form[name].value() for name in TYPED} == TYPED
    assert f'name="parked" value="{waiting.pk}"' in chosen.content.decode()
    assert saved["Location"] == url("references", application)
    assert not ParkedForm.objects.exists()


@pytest.mark.parametrize("name", ["referee", "replace_referee", "correct_address"])
def test_changes_of_a_referee_typed_while_signed_out_are_offered(ana, application, name: str):
    referee = first(application)
    if name != "referee":
        ask(application)
    here = url(name, application, referee)
    Client().post(here, TYPED)

    (waiting,) = ana.get(here).context["parked"].waiting
    chosen = ana.get(here, {"parked": waiting.pk})

    assert chosen.context["form"]["email"].value() == TYPED["email"]
    assert "?parked=" in ana.get(here).content.decode()


def test_task_says_who_still_owes_a_letter(ana, application):
    submit(ask(application))
    owing = Referee.objects.current().filter(application=application).last()

    tasks = ana.get(url("tasks", application)).content.decode()

    assert f'<span class="task-note">No letter yet from {owing.name}</span>' in tasks


def test_times_are_told_in_the_zone_of_the_consulate_until_another_is_chosen(ana, application):
    ask(application)
    zones = {application.consulate.zone: {}, "Asia/Tokyo": {"zone": "Asia/Tokyo"}}

    for zone, chosen in zones.items():
        text = ana.get(url("references", application), chosen).content.decode()
        assert f"For you: {in_words(ASKED_AT, ZoneInfo(zone))}" in text
