from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.test import Client

from jetportal.accounts.models import User
from jetportal.mail import outbox
from jetportal.mail.models import MailState, OutgoingMail
from tests.jetportal.mail.factories import AT, clock, make_mail
from tests.smtp import Answer, MailReceiver

LIST = "/admin/mail/outgoingmail/"
VIEW, READ, QUEUE = "view_outgoingmail", "read_mail", "queue_mail_again"

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(client: Client, settings):
    """Sign somebody in who may do what is named; the second factor has its own tests."""
    guard = "jetportal.accounts.middleware.StaffSecondFactorMiddleware"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != guard]

    def as_staff(*permissions: str) -> Client:
        user = User.objects.create_user("desk@jet.example", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        client.force_login(user)
        return client

    return as_staff


def test_desk_shows_no_person_without_permission(sign_in):
    mail = make_mail()
    client = sign_in(VIEW)

    pages = [client.get(LIST), client.get(f"{LIST}{mail.pk}/change/")]

    assert [page.status_code for page in pages] == [200, 200]
    assert ["mia.tanaka" in page.content.decode() for page in pages] == [False, False]
    assert "JET-4711" not in pages[1].content.decode()


def test_desk_shows_words_to_those_who_may_read_mail(sign_in):
    mail = make_mail()
    client = sign_in(VIEW, READ)

    pages = [client.get(LIST), client.get(f"{LIST}{mail.pk}/change/")]

    assert ["mia.tanaka" in page.content.decode() for page in pages] == [True, True]
    assert "JET-4711" in pages[1].content.decode()


def test_desk_shows_a_sign_in_code_to_nobody(sign_in):
    mail = make_mail(secret=True, text="Your code is 123456\n", html="<p>123456</p>")

    page = sign_in(VIEW, READ).get(f"{LIST}{mail.pk}/change/").content.decode()

    assert ("123456" in page, "it lets somebody sign in" in page) == (False, True)


@pytest.mark.parametrize(("permissions", "found"), [((VIEW,), 0), ((VIEW, READ), 1)])
def test_desk_finds_a_person_only_for_those_who_may_read_mail(sign_in, permissions, found):
    make_mail()

    page = sign_in(*permissions).get(LIST, {"q": "mia.tanaka@example.org"})

    assert page.context["cl"].result_count == found


def test_desk_edits_nothing(sign_in):
    mail = make_mail()
    client = sign_in(VIEW, READ, QUEUE, "change_outgoingmail", "delete_outgoingmail")

    answers = [
        client.post(f"{LIST}{mail.pk}/change/", {"recipient": "me@example.org"}),
        client.post(f"{LIST}{mail.pk}/delete/", {"post": "yes"}),
        client.get(f"{LIST}add/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert OutgoingMail.objects.get().recipient == "mia.tanaka@example.org"


def test_desk_shows_each_attempt(sign_in, smtp: MailReceiver):
    smtp.plan.append(Answer.REFUSE)
    mail = make_mail()
    outbox.deliver_due(now=clock())

    page = sign_in(VIEW).get(f"{LIST}{mail.pk}/change/").content.decode()

    assert "5.1.1 No such mailbox" in page


def test_failed_mail_is_queued_again_and_the_rest_reported(sign_in, smtp: MailReceiver):
    smtp.plan.extend([Answer.REFUSE, Answer.ACCEPT])
    failed, sent = make_mail("a"), make_mail("b")
    outbox.deliver_due(now=clock())
    chosen = {"action": "queue_again", "_selected_action": [failed.pk, sent.pk]}

    answer = sign_in(VIEW, QUEUE).post(LIST, chosen)

    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert said == [
        f"Mail {sent.pk}: Only failed mail that still has its words can be queued again.",
        "1 queued again.",
    ]
    failed.refresh_from_db()
    assert (failed.state, failed.due_at > AT + timedelta(days=1)) == (MailState.QUEUED, True)


def test_queueing_again_needs_its_permission(sign_in, smtp: MailReceiver):
    smtp.plan.append(Answer.REFUSE)
    mail = make_mail()
    outbox.deliver_due(now=clock())

    sign_in(VIEW, READ).post(LIST, {"action": "queue_again", "_selected_action": [mail.pk]})

    mail.refresh_from_db()
    assert mail.state == MailState.FAILED


@pytest.mark.parametrize("rows", [1, 3])
def test_mail_list_uses_a_fixed_number_of_queries(sign_in, rows, django_assert_num_queries):
    for number in range(rows):
        make_mail(str(number))
    client = sign_in(VIEW, READ, QUEUE)

    with django_assert_num_queries(8):
        page = client.get(LIST)

    assert page.context["cl"].result_count == rows


FIX = "correct_mail_address"


def failed_mail(**changes) -> OutgoingMail:
    mail = make_mail(**changes)
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.FAILED)
    return mail


def test_address_of_failed_mail_is_corrected_on_record(sign_in):
    mail = failed_mail()
    client = sign_in(VIEW, READ, FIX)
    page = f"{LIST}{mail.pk}/address/"
    assert "mia.tanaka@example.org" in client.get(page).content.decode()

    wrong = client.post(page, {"address": "mia.tanaka"})
    right = client.post(page, {"address": "mia@example.org"})
    again = client.post(page, {"address": "mia@example.net"})

    assert [wrong.status_code, right.status_code, again.status_code] == [422, 302, 302]
    assert "Write it as name@example.org." in wrong.content.decode()
    corrected = OutgoingMail.objects.get()
    assert (corrected.recipient, corrected.state) == ("mia@example.org", MailState.QUEUED)
    assert [(row.was, row.by.email) for row in corrected.corrections.all()] == [
        ("mia.tanaka@example.org", "desk@jet.example")
    ]
    shown = client.get(f"{LIST}{mail.pk}/change/").content.decode()
    assert "mia.tanaka@example.org, until" in shown


@pytest.mark.parametrize("permissions", [(VIEW,), (VIEW, READ), (VIEW, FIX)])
def test_address_is_corrected_by_nobody_without_permission(sign_in, permissions):
    mail = failed_mail()

    page = sign_in(*permissions).post(f"{LIST}{mail.pk}/address/", {"address": "a@example.org"})

    assert page.status_code == 403
    assert OutgoingMail.objects.get().recipient == "mia.tanaka@example.org"


@pytest.mark.parametrize("key", ["reference:1:1", "confirmation:1"])
def test_link_of_a_referee_and_mail_that_did_not_fail_are_not_redirected(sign_in, key):
    mail = failed_mail(key=key)
    if key == "confirmation:1":
        OutgoingMail.objects.update(state=MailState.QUEUED)

    page = sign_in(VIEW, READ, FIX).post(f"{LIST}{mail.pk}/address/", {"address": "a@example.org"})

    assert page.status_code == 302
    assert OutgoingMail.objects.get().recipient == "mia.tanaka@example.org"
