"""What the account library tells of sign-ins, handed to their log."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from jetportal.accounts import sign_ins
from jetportal.accounts.models import SignInEvent, SignInMethod, User
from jetportal.accounts.second_factor import METHOD


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **_more: Any) -> None:
    records = get_authentication_records(request, user)
    shown = [record["type"] for record in records if record.get("method") == METHOD]
    sign_ins.write(
        SignInEvent.SIGNED_IN, SignInMethod((shown or [SignInMethod.CODE])[-1]), request, by=user
    )


@receiver(authenticator_used)
def confirmed(
    request: HttpRequest,
    user: User,
    authenticator: Authenticator,
    **more: Any,
) -> None:
    """Keep that somebody who is signed in has shown a second factor; a sign-in is told above."""
    if more["reauthenticated"]:
        sign_ins.write(SignInEvent.CONFIRMED, SignInMethod(authenticator.type), request, by=user)


@receiver(authentication_failed)
def refused(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    sign_ins.factor_refused(authenticator.type, request, by=user)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **_more: Any) -> None:
    if user is not None:
        sign_ins.write(SignInEvent.SIGNED_OUT, SignInMethod.NONE, request, by=user)
