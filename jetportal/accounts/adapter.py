"""Where the account library asks how this portal wants things."""

import uuid
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from jetportal.accounts.models import User
from jetportal.accounts.networks import address_of
from jetportal.mail import outbox
from jetportal.mail.models import Lane
from jetportal.mail.rendering import render

NOT_SAID = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}
CHANGES = {
    "mfa/email/totp_activated": "An authenticator app was added.",
    "mfa/email/totp_deactivated": "The authenticator app was removed.",
    "mfa/email/webauthn_added": "A passkey or security key was added.",
    "mfa/email/webauthn_removed": "A passkey or security key was removed.",
    "mfa/email/recovery_codes_generated": "New recovery codes were made; the old ones are void.",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What the notice about a changed account says."""

    what: str


def is_local(address: str) -> bool:
    """Tell whether this is a path on this site: the only place one may be sent on to."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def home_of(user: User | AnonymousUser) -> str:
    """Return where somebody goes who signed in and asked for no page: staff to the desk."""
    return resolve_url("admin:index" if user.is_staff else settings.LOGIN_REDIRECT_URL)


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """Ask for the second factor after the code: always at the desk, else only if wanted.

    An applicant's passkey is a second door, not a lock: who loses it the night before the deadline
    still gets in by mail. An authenticator app is asked for from whoever has set one up.
    """

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        if user is None or user.is_staff:
            return bool(super()._should_handle(request))
        only_passkeys = not is_mfa_enabled(user, [Authenticator.Type.TOTP])
        return not only_passkeys and bool(super()._should_handle(request))


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def get_login_stages(self) -> list[str]:
        """Leave out the stages that prove an address: the code has done that already."""
        return ["jetportal.accounts.adapter.SecondFactorStage"]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(request.user)

    def is_safe_url(self, url: str) -> bool:
        return is_local(url)

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(address_of(request))

    def add_message(  # noqa: PLR0917  the library's signature
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Keep quiet about signing in and out: the page that follows says it."""
        if message_template not in NOT_SAID:
            super().add_message(
                request, level, message_template, message_context, extra_tags, message
            )

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again before sensitive changes, from those who have something to be asked for."""
        return bool(is_mfa_enabled(self.request.user))

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """Never offer a password: nobody signs in with one, even if the account has one."""
        methods = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"] != "reauthenticate"]

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        self.send_mail(template_prefix, email or user.email, context or {})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a notice about the account in our words; it never carries a code or a link."""
        what = CHANGES.get(template_prefix, "The way you sign in was changed.")
        outbox.enqueue(
            render("account_changed", to=email, context=Change(what=what)),
            key=f"account-changed:{uuid.uuid4()}",
            lane=Lane.DECISIONS,
            at=self.request.received_at,
        )


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def build_totp_svg(self, url: str) -> str:
        """Draw the key as an inline picture on white: the content policy forbids `data:` ones."""
        # 5 MB that no other page needs.
        from qrcode import QRCode  # noqa: PLC0415
        from qrcode.image.svg import SvgPathFillImage  # noqa: PLC0415

        code = QRCode(border=2, image_factory=SvgPathFillImage)
        code.add_data(url)
        drawn: str = code.make_image().to_string(encoding="unicode")
        return drawn

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002  its name there
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return f"Passkey {number}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": user.email, "name": user.email}
