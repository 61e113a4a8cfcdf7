"""The door of the desk."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from jetportal.accounts import sign_ins
from jetportal.accounts.models import SignInEvent, SignInMethod, User
from jetportal.accounts.second_factor import has_passed
from jetportal.requests import PortalRequest

WANTED = "desk_wanted"
NEEDED = "The desk asks for a second step. Set up an authenticator app or a passkey, then go on."


class StaffSecondFactorMiddleware:
    """Let into the admin only staff who have shown a second factor today.

    Strangers are sent to sign in, people who are signed in but no staff find nothing there, staff
    without a second factor are sent to set one up. A demonstration (`DEMO=1`, loopback only) does
    not ask for one.
    """

    def __init__(self, get_response: Callable[[PortalRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        if not request.path_info.startswith(reverse("admin:index")):
            return self.get_response(request)
        user = request.user
        if not isinstance(user, User):
            return _sent("account_login", after=request.get_full_path())
        if not user.is_staff:
            raise Http404
        return second_step(request, user) or self.get_response(request)


def second_step(request: PortalRequest, user: User) -> HttpResponse | None:
    """Return what leads this member of staff to the second factor, or None who has shown it."""
    if settings.DEMO or has_passed(request, user, at=request.received_at):
        return None
    if not is_mfa_enabled(user):
        return _to_set_up(request, user)
    way = get_adapter().get_reauthentication_methods(user)[0]
    return _sent(way["url"], after=_page(request))


def _sent(to: str, *, after: str) -> HttpResponse:
    address = redirect(to).url
    return redirect(f"{address}?{urlencode({'next': after})}")


def _page(request: HttpRequest) -> str:
    """Return the page to come back to; a form that was sent cannot be sent again by itself."""
    return request.get_full_path() if request.method == "GET" else reverse("admin:index")


def _to_set_up(request: PortalRequest, user: User) -> HttpResponse:
    """Lead to the set-up, and write that down once in a session."""
    if WANTED not in request.session:
        sign_ins.write(SignInEvent.NO_SECOND_FACTOR, SignInMethod.NONE, request, by=user)
    request.session[WANTED] = _page(request)
    messages.warning(request, NEEDED)
    return redirect("account_home")
