"""Lists at the desk: nonsense in an address or a form, and questions about what is kept back."""

from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from applications.domain.access import PROGRAM_OFFICE
from applications.models import Status
from jetportal.accounts.models import User
from jetportal.desklists import DeskList
from jetportal.mail import outbox
from jetportal.mail.message import Message
from jetportal.mail.models import Lane, OutgoingMail
from tests.applicants import make_application, make_staff, make_user

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.both_databases,
    pytest.mark.usefixtures("refusals_untold"),
]

LISTS = [model._meta for model in admin.site._registry]
WORDS = [
    *("email__regex=(", "email=%00", "key=%00", "state__exact=%00", "type__exact=%00"),
    *("subject__exact=%00", "is_staff__exact=maybe", "kind=sea", "password__startswith=!"),
    *("recipient__startswith=ana", "user__email__startswith=ana", "id__in=1,x", "pk=x"),
    *("_to_field=password", "_popup=1&_to_field=zz", "_facets=True", "e=1", "all="),
    *("q=%00", "q=%FF", "q=%27%22%28%5C%25_*", f"q={'a+' * 3000}", "q=" + "9" * 400),
    *("p=0", "p=-1", "p=x", "p=" + "9" * 30, "p=older-99999999999999999-1", "o=x", "o=1.-1.."),
    *("o=" + "1." * 3000, "of=%00", "state=%00", "round=%00", "status=zz", "consulate=%00"),
    "&".join(["state__exact=a"] * 200),
]
CHOSEN = ["zz", "", "-1", "1.5", "\x00", "9" * 30, "1 OR 1=1", "\u0661"]


def queued_mail() -> OutgoingMail:
    message = Message(kind="note", to="ana@example.org", subject="s", text="t", html="<p>t")
    at = datetime(2025, 3, 1, tzinfo=UTC)
    return outbox.enqueue(message, key="one", lane=Lane.FIRST, at=at)


@pytest.fixture
def client(settings) -> Client:
    settings.DEMO = True
    client = Client()
    User.objects.create_superuser("root@example.org")
    client.force_login(make_staff("root@example.org", PROGRAM_OFFICE))
    return client


def list_of(meta: object) -> str:
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")


def test_every_list_is_one_of_ours():
    desks = admin.site._registry.values()

    assert [type(desk).__name__ for desk in desks if not isinstance(desk, DeskList)] == []


@pytest.mark.parametrize("meta", LISTS, ids=str)
def test_nonsense_in_the_address_of_a_list_answers_with_the_list(client, meta):
    make_application(status=Status.SUBMITTED)
    address = list_of(meta)

    answers = {word: client.get(f"{address}?{word}", follow=True).status_code for word in WORDS}

    assert {word[:60]: status for word, status in answers.items() if status != 200} == {}


@pytest.mark.parametrize("meta", LISTS, ids=str)
def test_nonsense_among_chosen_rows_is_not_taken(client, meta):
    make_application(status=Status.SUBMITTED)
    queued_mail()
    desk = admin.site.get_model_admin(meta.model)
    actions = [name for name, _words in desk.get_action_choices(_request(client)) if name]

    answers = [
        client.post(list_of(meta), {"action": action, "_selected_action": [key], "index": "x"})
        for action in (*actions, "zz")
        for key in CHOSEN
    ]

    assert {answer.status_code for answer in answers} <= {200, 302, 405}


def _request(client: Client):
    return client.get("/admin/").wsgi_request


@pytest.mark.parametrize("meta", LISTS, ids=str)
def test_nonsense_as_the_key_of_a_row_is_not_found(client, meta):
    below = list_of(meta)

    for key in ("%00", "zz", "9" * 30):
        for page in ("change", "history", "delete"):
            answer = client.get(f"{below}{key}/{page}/", follow=True)
            assert answer.status_code in {200, 403, 404}, (key, page)
            assert answer.redirect_chain[-1:] in ([], [("/admin/", 302)]), (key, page)


def test_list_of_mail_tells_nothing_of_its_recipients(settings):
    settings.DEMO = True
    queued_mail()
    reader = make_user("reader@example.org", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_outgoingmail"))
    client = Client()
    client.force_login(reader)
    address = reverse("admin:mail_outgoingmail_changelist")

    pages = [
        client.get(f"{address}?{word}", follow=True)
        for word in ("recipient__startswith=ana", "recipient__startswith=zoe", "text__contains=x")
    ]

    assert [page.context["cl"].result_count for page in pages] == [1, 1, 1]


def test_list_of_accounts_tells_nothing_of_passwords(client):
    make_user()
    address = reverse("admin:accounts_user_changelist")

    page = client.get(f"{address}?password__startswith=zzz")

    assert page.context["cl"].result_count == User.objects.count()
