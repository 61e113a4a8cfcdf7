import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client

from tests.jetportal.accounts.people import (
    SECRET,
    app_code,
    give_app,
    give_passkey,
    make_staff,
    sign_in,
)

pytestmark = pytest.mark.django_db

FACTORS = "/admin/mfa/authenticator/"


@pytest.fixture
def desk(client: Client) -> Client:
    give_app(make_staff("chief@example.org"))
    sign_in(client, "chief@example.org")
    client.post("/accounts/second-factor/enter/", {"code": app_code()})
    return client


@pytest.mark.parametrize("rows", [1, 3])
def test_list_of_second_factors_uses_a_fixed_number_of_queries(
    desk: Client, rows: int, django_assert_num_queries
):
    for number in range(1, rows):
        give_passkey(make_staff(f"staff{number}@example.org"))

    with django_assert_num_queries(5):
        response = desk.get(FACTORS)

    assert response.context["cl"].result_count == rows


def test_page_of_a_second_factor_hides_the_key(desk: Client):
    factor = Authenticator.objects.get()

    page = desk.get(f"{FACTORS}{factor.pk}/change/").content.decode()

    assert "chief@example.org" in page
    assert SECRET not in page


def test_lost_second_factor_is_removed_and_set_up_anew(desk: Client):
    colleague = make_staff("colleague@example.org")
    lost = give_app(colleague)

    desk.post(f"{FACTORS}{lost.pk}/delete/", {"post": "yes"})

    browser = Client()
    sign_in(browser, "colleague@example.org")
    assert browser.get("/admin/")["Location"] == "/accounts/"


def test_desk_leaves_out_the_librarys_own_pages():
    assert not admin.site.is_registered(EmailAddress)
    assert admin.site.is_registered(Authenticator)
