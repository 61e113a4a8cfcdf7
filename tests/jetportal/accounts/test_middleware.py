import pytest
from django.test import Client

from tests.jetportal.accounts.people import DESK, app_code, give_app, make_staff, sign_in

pytestmark = pytest.mark.django_db

PAGES = [DESK, f"{DESK}login/", f"{DESK}accounts/user/", f"{DESK}jsi18n/", f"{DESK}nowhere/"]


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_sent_to_sign_in_and_come_back(client: Client, path: str):
    response = client.get(path, {"q": "x"})

    assert response.status_code == 302
    assert response["Location"].startswith(f"/accounts/login/?next={path.replace('/', '%2F')}%3Fq")


@pytest.mark.parametrize("path", PAGES)
def test_people_who_are_no_staff_find_nothing(client: Client, path: str):
    sign_in(client)

    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_staff_without_a_second_factor_is_sent_to_set_one_up(client: Client, path: str):
    make_staff("staff@example.org")
    sign_in(client, "staff@example.org")

    assert client.get(path)["Location"] == "/accounts/"
    assert client.post(path)["Location"] == "/accounts/"


def test_staff_whose_account_was_closed_is_a_stranger(client: Client):
    user = make_staff("staff@example.org")
    sign_in(client, "staff@example.org")
    user.is_active = False
    user.save()

    assert client.get(DESK)["Location"] == "/accounts/login/?next=%2Fadmin%2F"


@pytest.mark.parametrize(
    ("wanted", "page"), [("", DESK), ("/admin/mail/", "/admin/mail/"), ("//evil.example/", DESK)]
)
def test_sign_in_page_of_the_admin_leads_staff_on(client: Client, wanted: str, page: str):
    give_app(make_staff("staff@example.org"))
    sign_in(client, "staff@example.org")
    client.post("/accounts/second-factor/enter/", {"code": app_code()})

    assert client.get(f"{DESK}login/", {"next": wanted})["Location"] == page


def test_desk_asks_nothing_of_the_database_for_its_door(client: Client, django_assert_num_queries):
    give_app(make_staff("staff@example.org"))
    sign_in(client, "staff@example.org")
    client.post("/accounts/second-factor/enter/", {"code": app_code()})

    with django_assert_num_queries(2):  # the session and who it belongs to
        client.get(f"{DESK}login/")
