"""Signing in by a code from the mail, signing out, and the page about one's account."""

import re
import secrets
from collections.abc import Callable
from functools import wraps

from allauth.account.utils import perform_login
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from jetportal.accounts import codes, sign_ins
from jetportal.accounts.adapter import home_of, is_local
from jetportal.accounts.forms import AddressForm, CodeForm
from jetportal.accounts.networks import network_of
from jetportal.requests import PortalRequest

BROWSER_COOKIE = "sign_in"
BROWSER = re.compile(r"[\w-]{43}", re.ASCII)
LONGEST_NEXT = 2000
NEW_CODE = "A new code is on its way. Use the newest mail: it may take a minute."

form_page = require_http_methods(["GET", "HEAD", "POST"])
View = Callable[[PortalRequest], HttpResponseBase]


def for_strangers(view: View) -> View:
    """Send on whoever is signed in, even with the outdated token of a second tab."""
    protected = csrf_protect(view)

    @never_cache
    @csrf_exempt
    @wraps(view)
    def guarded(request: PortalRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(_wanted(request) or home_of(request.user))
        return protected(request)

    return guarded


@for_strangers
@form_page
def login(request: PortalRequest) -> HttpResponse:
    """Ask for the address and send it a code. The answer is the same for every address."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    known = _browser(request)
    browser = known or secrets.token_urlsafe(32)
    status = 200
    try:
        if form.is_valid():
            _send(form.cleaned_data["email"], browser, request)
            return _remember(_to("account_code", request), browser)
    except codes.TooMany as refusal:
        form.add_error("email", str(refusal))
        status = 429
    waiting = known and codes.address_waiting(browser=known)
    return _remember(_page(request, "account/login.html", form, status, waiting=waiting), browser)


@for_strangers
@form_page
def code(request: PortalRequest) -> HttpResponseBase:
    """Ask for the code that was sent at the request of this browser, and sign in with it."""
    browser = _browser(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and browser:
        try:
            return _enter(request, form.cleaned_data["code"], browser)
        except codes.Refused as refusal:
            form.add_error("code", ValidationError(str(refusal), code=codes.NOT_ACCEPTED))
    email = codes.address_waiting(browser=browser) if browser else None
    if email is None:
        return _to("account_login", request)
    if form.has_error("code", code=codes.NOT_ACCEPTED):
        sign_ins.code_refused(request, email=email)
    return _page(request, "account/code.html", form, 200, email=email)


@for_strangers
@form_page
def new_code(request: PortalRequest) -> HttpResponse:
    """Send another code to the address that this browser asked for last; by its button alone."""
    if request.method != "POST":
        return _to("account_code", request)
    browser = _browser(request)
    email = codes.address_waiting(browser=browser) if browser else None
    if browser is None or email is None:
        return _to("account_login", request)
    try:
        _send(email, browser, request)
        messages.success(request, NEW_CODE)
    except codes.TooMany as refusal:
        messages.error(request, str(refusal))
    return _to("account_code", request)


@never_cache
@form_page
def logout(request: PortalRequest) -> HttpResponse:
    """Ask on GET, sign out on POST; the session goes, and its cookie with it."""
    if request.method != "POST":
        return render(request, "account/logout.html")
    auth.logout(request)
    wanted = _wanted(request)
    return redirect(wanted or resolve_url(settings.LOGOUT_REDIRECT_URL))


@never_cache
def signup(request: PortalRequest) -> HttpResponse:
    """Lead to the one page: a new address becomes an account when its code is entered."""
    return _to("account_login", request)


@never_cache
def inactive(request: PortalRequest) -> HttpResponse:
    return render(request, "account/inactive.html", {"nav": "account"}, status=403)


@never_cache
@login_required
def home(request: PortalRequest) -> HttpResponse:
    """Show who is signed in and by what else they can sign in."""
    own = list(Authenticator.objects.filter(user_id=request.user.pk).order_by("pk"))
    kinds = Authenticator.Type
    context = {
        "passkeys": [item for item in own if item.type == kinds.WEBAUTHN],
        "app": next((item for item in own if item.type == kinds.TOTP), None),
        "recovery": any(item.type == kinds.RECOVERY_CODES for item in own),
    }
    return render(request, "account/home.html", context)


def _send(email: str, browser: str, request: PortalRequest) -> None:
    codes.send_code(email, browser=browser, network=network_of(request), at=request.received_at)


def _enter(request: PortalRequest, typed: str, browser: str) -> HttpResponseBase:
    account = codes.redeem(typed, browser=browser, at=request.received_at)
    response: HttpResponseBase = perform_login(
        request, account, email=account.email, redirect_url=_wanted(request) or home_of(account)
    )
    response.delete_cookie(BROWSER_COOKIE, path=_cookie_path())
    return response


def _page(
    request: PortalRequest,
    template: str,
    form: AddressForm | CodeForm,
    status: int,
    **more: object,
) -> HttpResponse:
    context = {"nav": "account", "form": form, "wanted": _wanted(request), **more}
    return render(request, template, context, status=status)


def _wanted(request: PortalRequest) -> str:
    """Return the page to go on to, as `next` of the form or the address names it, or nothing."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if len(wanted) <= LONGEST_NEXT and is_local(wanted) else ""


def _to(name: str, request: PortalRequest) -> HttpResponse:
    wanted = _wanted(request)
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return redirect(f"{resolve_url(name)}{query}")


def _browser(request: PortalRequest) -> str | None:
    token = request.COOKIES.get(BROWSER_COOKIE, "")
    return token if BROWSER.fullmatch(token) else None


def _cookie_path() -> str:
    return resolve_url("account_home")


def _remember(response: HttpResponse, browser: str) -> HttpResponse:
    """Bind codes to this browser by a cookie of its own: before signing in there is no session."""
    response.set_cookie(
        BROWSER_COOKIE,
        browser,
        max_age=codes.KEPT,
        path=_cookie_path(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
