"""The library's pages for passkeys and authenticator apps, bent where staff come to set one up."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.http import HttpRequest, HttpResponse

from jetportal.accounts.models import User

METHOD = "mfa"
# A working day: who comes back the next morning shows it again, whatever the session lasts.
GOOD_FOR = timedelta(hours=12)


def has_passed(request: HttpRequest, user: User, *, at: datetime) -> bool:
    """Tell whether `user` has shown a second factor in this session, and not too long ago."""
    records = get_authentication_records(request, user)
    since = (at - GOOD_FOR).timestamp()
    return any(record.get("method") == METHOD and record["at"] > since for record in records)


def _record(request: HttpRequest, kind: str) -> None:
    """Count the set-up as use: who has just shown the device must not be asked for it at once."""
    record_authentication(request, request.user, METHOD, type=kind, reauthenticated=True)


class AddApp(ActivateTOTPView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _record(self.request, Authenticator.Type.TOTP)
        return response


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        _record(self.request, Authenticator.Type.WEBAUTHN)
        return response
