import pytest
from django.test import Client

from tests.jetportal.accounts.people import DESK, make_staff, sign_in

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
