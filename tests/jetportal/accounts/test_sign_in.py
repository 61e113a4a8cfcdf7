from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.urls import include, path

from jetportal.accounts.models import SignInCode, User
from jetportal.mail.models import Lane, OutgoingMail
from jetportal.urls import urlpatterns as base_urls
from tests.jetportal.accounts.people import (
    CODE,
    DESK,
    LOGIN,
    MINE,
    ask,
    mailed_code,
    make_staff,
    make_user,
    newest_mail,
    sign_in,
    signed_in_as,
)

pytestmark = pytest.mark.django_db

NEW_CODE = "/accounts/login/code/new/"
NEXT = "/applications/start/sea-demo/"
NOON = datetime(2024, 4, 3, 12, tzinfo=UTC)


def wrong(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**8:08}"


def test_sign_in_of_a_known_address_opens_its_account(client: Client):
    make_user("mia@example.org")

    assert sign_in(client) == MINE

    assert signed_in_as(client) == "mia@example.org"
    assert User.objects.count() == 1


def test_sign_in_makes_the_account_only_when_the_code_is_entered(client: Client):
    code = ask(client, "new@example.org")
    assert User.objects.count() == 0

    client.post(CODE, {"code": code})

    account = User.objects.get()
    assert (account.email, account.has_usable_password()) == ("new@example.org", False)
    assert signed_in_as(client) == "new@example.org"


def test_asking_answers_alike_for_known_and_unknown_addresses():
    make_user("known@example.org")
    answers = {}
    for email in ("known@example.org", "nobody@example.org"):
        browser = Client()
        asked = browser.post(LOGIN, {"email": email})
        shown = browser.get(CODE).content.decode().replace(email, "ADDRESS")
        token = browser.cookies["csrftoken"].value
        mail = newest_mail().text.replace(mailed_code(), "CODE")
        answers[email] = (asked.status_code, asked["Location"], len(shown), len(token), mail)

    assert answers["known@example.org"] == answers["nobody@example.org"]


def test_asking_never_looks_at_the_accounts(client: Client, django_assert_num_queries):
    with django_assert_num_queries(6) as asked:
        client.post(LOGIN, {"email": "mia@example.org"})

    assert [q["sql"] for q in asked if "accounts_user" in q["sql"]] == []


def test_pages_use_a_fixed_number_of_queries(client: Client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(LOGIN)
    code = ask(client)
    with django_assert_num_queries(1):
        client.get(CODE)
    with django_assert_num_queries(17):
        client.post(CODE, {"code": code})
    with django_assert_num_queries(3):
        client.get("/accounts/")


def test_mail_with_the_code_goes_first_and_is_secret(client: Client):
    ask(client)

    mail = newest_mail()
    assert (mail.kind, mail.lane, mail.recipient, mail.secret) == (
        "sign_in_code",
        Lane.FIRST,
        "mia@example.org",
        True,
    )
    assert mailed_code() in mail.html
    assert mailed_code() not in mail.subject


def test_code_is_stored_as_a_digest_only(client: Client):
    code = ask(client)

    row = SignInCode.objects.values().get()
    assert code.replace(" ", "") not in str(row)
    assert client.cookies["sign_in"].value not in str(row)


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}\u200f", "hyphens", "full width"])
def test_code_may_be_typed_with_spaces_marks_or_other_digits(client: Client, typed: str):
    code = ask(client)
    full_width = code.translate({ord(str(i)): chr(0xFF10 + i) for i in range(10)})
    changed = {"hyphens": "-".join(code), "full width": full_width}

    client.post(CODE, {"code": changed.get(typed, typed.format(code))})

    assert signed_in_as(client) == "mia@example.org"


@pytest.mark.parametrize(
    "email",
    ["MIA@Example.ORG", "  mia@example.org ", "mia@example.org\u200b", "ｍｉａ＠example.org"],
)
def test_spellings_of_an_address_open_the_same_account(client: Client, email: str):
    make_user("mia@example.org")

    sign_in(client, email)

    assert (signed_in_as(client), User.objects.count()) == ("mia@example.org", 1)


def test_domain_in_another_script_becomes_its_plain_form(client: Client):
    ask(client, "mia@bücher.example")

    assert newest_mail().recipient == "mia@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "Write your e-mail address."),
        ("mia", "Write an address like name@example.org"),
        ("mia\0@example.org", "Take out the character that cannot be shown."),
        ("😀@example.org", "Write an address like name@example.org"),
        ("мия@example.org", "Write an address like name@example.org"),
        ("mia@\ud800.org", "Write an address like name@example.org"),
        ('"a b"@example.org', "Write an address like name@example.org"),
        ("a@example.org\nbcc: b@example.org", "Write an address like name@example.org"),
        ("m" * 300 + "@example.org", "An e-mail address has at most 254 characters."),
        ("m" * 1_000_000, "An e-mail address has at most 254 characters."),
    ],
    ids=[
        "empty",
        "no at",
        "null",
        "emoji",
        "cyrillic",
        "surrogate",
        "quoted",
        "header",
        "long",
        "MB",
    ],
)
def test_bad_address_is_answered_beside_the_field(client: Client, email: str, words: str):
    response = client.post(LOGIN, {"email": email.encode(errors="replace").decode()})

    assert (response.status_code, OutgoingMail.objects.count()) == (200, 0)
    assert words in response.content.decode()


@pytest.mark.parametrize("typed", ["", "1234", "abcd efgh", "\0", "😀", "9" * 100_000])
def test_bad_code_is_answered_beside_the_field_and_costs_no_try(client: Client, typed: str):
    ask(client)

    response = client.post(CODE, {"code": typed})

    assert (response.status_code, SignInCode.objects.get().attempts) == (200, 0)
    assert "eight digits" in response.content.decode()


def test_wrong_code_says_how_many_tries_are_left_and_then_stops(client: Client):
    code = ask(client)
    shown = [client.post(CODE, {"code": wrong(code)}).content.decode() for _ in range(5)]

    assert "You can try 4 more times." in shown[0]
    assert "You can try once more." in shown[3]
    assert "This code no longer works. Send yourself a new code." in shown[4]
    assert "no longer works" in client.post(CODE, {"code": code}).content.decode()
    assert signed_in_as(client) is None


def test_right_code_works_after_a_wrong_one(client: Client):
    code = ask(client)
    client.post(CODE, {"code": wrong(code)})

    client.post(CODE, {"code": code})

    assert signed_in_as(client) == "mia@example.org"


@pytest.mark.parametrize(("after", "works"), [(timedelta(minutes=15), False), (timedelta(0), True)])
def test_code_works_until_its_last_instant(client: Client, after: timedelta, works: bool):
    with time_machine.travel(NOON, tick=False):
        code = ask(client)
    moment = NOON + (after or timedelta(minutes=15) - timedelta(microseconds=1))
    with time_machine.travel(moment, tick=False):
        response = client.post(CODE, {"code": code})

    assert (response.status_code == 302) is works
    assert works or "Send yourself a new code." in response.content.decode()


def test_code_of_another_browser_does_not_open(client: Client):
    code = ask(client)
    thief = Client()
    ask(thief)

    response = thief.post(CODE, {"code": code})

    assert (response.status_code, signed_in_as(thief)) == (200, None)


def test_second_click_on_sign_in_is_signed_in_as_well(client: Client):
    code = ask(client)
    second = Client()
    second.cookies = client.cookies.__class__(client.cookies.output(header=""))

    client.post(CODE, {"code": code})
    second.post(CODE, {"code": code})

    assert (signed_in_as(client), signed_in_as(second)) == ("mia@example.org", "mia@example.org")
    assert User.objects.count() == 1


def test_used_code_does_not_open_again_later(client: Client):
    late = Client()
    with time_machine.travel(NOON, tick=False):
        code = ask(client)
        late.cookies["sign_in"] = client.cookies["sign_in"].value
        client.post(CODE, {"code": code})
    with time_machine.travel(NOON + timedelta(seconds=30), tick=False):
        late.post(CODE, {"code": code})

    assert signed_in_as(late) is None


def test_two_clicks_on_send_give_one_mail(client: Client):
    client.get(LOGIN)
    ask(client)
    ask(client)

    assert OutgoingMail.objects.count() == 1


def test_codes_asked_for_in_two_tabs_both_work(client: Client):
    first = ask(client, "one@example.org")
    ask(client, "two@example.org")

    client.post(CODE, {"code": first})

    assert signed_in_as(client) == "one@example.org"


def test_new_code_is_sent_on_request_and_the_old_one_still_works(client: Client):
    with time_machine.travel(NOON, tick=False):
        old = ask(client)
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        response = client.post(NEW_CODE, {"next": NEXT}, follow=True)
        assert "A new code is on its way." in response.content.decode()
        assert response.redirect_chain == [
            (f"{CODE}?next=%2Fapplications%2Fstart%2Fsea-demo%2F", 302)
        ]
        assert OutgoingMail.objects.count() == 2
        assert client.post(CODE, {"code": old})["Location"] == MINE


@pytest.mark.parametrize("path", [CODE, NEW_CODE])
def test_pages_of_the_code_lead_to_the_start_without_a_request(client: Client, path: str):
    response = client.post(path, {"code": "1234 5678", "next": NEXT})

    assert response["Location"] == f"{LOGIN}?next=%2Fapplications%2Fstart%2Fsea-demo%2F"


def test_next_is_kept_through_both_pages(client: Client):
    page = client.get(f"{LOGIN}?next={NEXT}").content.decode()
    assert f'<input type="hidden" name="next" value="{NEXT}">' in page
    asked = client.post(LOGIN, {"email": "mia@example.org", "next": NEXT})
    second = client.get(asked["Location"]).content.decode()
    assert f'<input type="hidden" name="next" value="{NEXT}">' in second

    response = client.post(CODE, {"code": mailed_code(), "next": NEXT})

    assert response["Location"] == NEXT


def test_staff_who_ask_for_no_page_are_led_to_the_desk(client: Client):
    make_staff("staff@example.org")

    assert sign_in(client, "staff@example.org") == DESK
    assert client.get(LOGIN)["Location"] == DESK
    assert sign_in(Client(), "staff@example.org", next=NEXT) == NEXT


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/" * 3000,
    ],
)
def test_next_never_leads_elsewhere(client: Client, elsewhere: str):
    assert sign_in(client, next=elsewhere) == MINE


def test_link_to_the_code_page_appears_once_a_code_was_asked_for(client: Client):
    words = "I have a code already"
    assert words not in client.get(LOGIN).content.decode()
    assert words not in client.get(LOGIN).content.decode()

    ask(client)

    assert words in client.get(LOGIN).content.decode()


def test_signup_leads_to_the_one_page(client: Client):
    response = client.get("/accounts/signup/", {"next": NEXT})

    assert response["Location"] == f"{LOGIN}?next=%2Fapplications%2Fstart%2Fsea-demo%2F"


@pytest.mark.parametrize("path", [LOGIN, CODE])
def test_pages_send_on_who_is_signed_in(client: Client, path: str):
    sign_in(client)

    assert client.get(path, {"next": NEXT})["Location"] == NEXT
    assert client.post(path, {"code": "1", "email": "x"})["Location"] == MINE


def test_asking_opens_no_session(client: Client):
    ask(client)

    assert "sessionid" not in client.cookies
    assert Session.objects.count() == 0


def test_cookie_of_the_browser_is_out_of_reach_of_scripts_and_goes_after_use(client: Client):
    ask(client)
    cookie = client.cookies["sign_in"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/accounts/")

    client.post(CODE, {"code": mailed_code()})

    assert client.cookies["sign_in"].value == ""


def test_sign_in_takes_a_new_session_key(client: Client):
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key

    sign_in(client)

    assert client.cookies["sessionid"].value != planted
    assert not Session.objects.filter(pk=planted).exists()


def test_sign_out_asks_first_then_ends_session_and_cookie(client: Client):
    sign_in(client)
    assert "Sign out?" in client.get("/accounts/logout/").content.decode()
    assert signed_in_as(client) == "mia@example.org"

    response = client.post("/accounts/logout/")

    assert response["Location"] == "/"
    assert response.cookies["sessionid"].value == ""
    assert Session.objects.count() == 0


def test_closed_account_is_told_so_after_the_code(client: Client):
    make_user("mia@example.org", is_active=False)

    assert sign_in(client) == "/accounts/inactive/"

    assert signed_in_as(client) is None
    assert "This account is closed." in client.get("/accounts/inactive/").content.decode()


def test_missing_token_is_refused_without_a_mail():
    strict = Client(enforce_csrf_checks=True)

    answers = [strict.post(path, {"email": "mia@example.org"}) for path in (LOGIN, CODE, NEW_CODE)]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert OutgoingMail.objects.count() == 0


def test_second_tab_is_sent_on_after_signing_in_with_the_first():
    strict = Client(enforce_csrf_checks=True)
    strict.get(LOGIN)
    token = strict.cookies["csrftoken"].value
    code = ask(strict, csrfmiddlewaretoken=token)
    first = strict.post(CODE, {"code": code, "csrfmiddlewaretoken": token})
    assert strict.cookies["csrftoken"].value != token

    second = [strict.post(path, {"csrfmiddlewaretoken": token}) for path in (LOGIN, CODE, NEW_CODE)]

    assert [answer["Location"] for answer in [first, *second]] == [MINE] * 4


def test_account_page_says_who_one_is(client: Client):
    assert client.get("/accounts/")["Location"] == f"{LOGIN}?next=/accounts/"
    sign_in(client)

    page = client.get("/accounts/").content.decode()

    assert "mia@example.org" in page
    assert "Set up an app" not in page


@pytest.mark.parametrize("path", [LOGIN, "/accounts/logout/", "/accounts/signup/", "/accounts/"])
def test_pages_are_never_kept_by_a_cache(client: Client, path: str):
    assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/accounts/password/reset/", "/accounts/email/", "/accounts/password/change/"]
)
def test_pages_of_the_library_that_we_do_not_use_are_not_there(client: Client, path: str):
    assert client.get(path).status_code == 404


def test_demonstration_links_to_the_page_that_lists_its_mail(client: Client):
    ask(client)
    link = '<a href="/development/mail/">'
    assert link not in client.get(CODE).content.decode()

    class Urls:
        urlpatterns = [*base_urls, path("development/mail/", include("jetportal.mail.urls"))]

    with override_settings(MAIL_PAGE=True, ROOT_URLCONF=Urls):
        assert link in client.get(CODE).content.decode()
