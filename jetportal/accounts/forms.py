"""What a person types to sign in, and the questions around the second factor in our words."""

import struct
import unicodedata
from collections.abc import Callable
from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from jetportal.accounts import sign_ins
from jetportal.accounts.codes import DIGITS
from jetportal.accounts.models import SignInMethod, User

LONGEST = 254
NOT_USED = "The passkey was not used. Try again, or take another way."
MALFORMED = (
    *(AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError),
    struct.error,
)
WRONG_ADDRESS = {
    "required": "Write your e-mail address.",
    "invalid": "Write an address like name@example.org, in plain letters.",
    "max_length": f"An e-mail address has at most {LONGEST} characters.",
    "null_characters_not_allowed": "Take out the character that cannot be shown.",
}
INVISIBLE = {"Cc", "Cf", "Zs"}


class AddressField(forms.EmailField):
    """An e-mail address, brought to the one spelling that means the account.

    Capitals, full-width letters and invisible marks from pasting do not matter; a domain in
    another script becomes its ASCII form. The code goes to that spelling, so only the owner of
    the mailbox gets in.
    """

    def __init__(self, *, help_text: str) -> None:
        plain = {"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(
            label="Your e-mail address",
            help_text=help_text,
            max_length=LONGEST,
            widget=forms.EmailInput(attrs=plain),
            error_messages=WRONG_ADDRESS,
        )

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "")
        return text if len(text) > LONGEST or "\0" in text else _one_spelling(text)

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        if value and (not value.isascii() or '"' in value):
            raise ValidationError(self.error_messages["invalid"], code="invalid")


def _one_spelling(text: str) -> str:
    visible = "".join(c for c in text if unicodedata.category(c) not in INVISIBLE)
    plain = unicodedata.normalize("NFKC", visible).lower().removeprefix("mailto:").strip("<>")
    name, at, domain = plain.rpartition("@")
    try:
        return f"{name}{at}{domain.encode('idna').decode('ascii')}".lower()
    except UnicodeError:
        return plain


class AddressForm(forms.Form):
    email = AddressField(help_text="We send a code to this address. There is no password.")


class CodeField(forms.CharField):
    """Eight digits, in any script and with any spaces, hyphens or marks between them."""

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value) or "")[:200]
        if any(c.isalpha() for c in text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return "".join(str(unicodedata.decimal(c)) for c in text if c.isdecimal())

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) != DIGITS:
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class CodeForm(forms.Form):
    code = CodeField(
        label="Code from the mail",
        help_text="Eight digits, for example 4821 7390.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "width-10"}
        ),
        error_messages={
            "required": "Write the eight digits from the mail.",
            "invalid": "The code has eight digits and nothing else. Look at the mail again.",
        },
    )


class CredentialField(forms.JSONField):
    """What the browser says about a passkey, checked whole: the library trusts its shape."""

    def __init__(self, read: Callable[[Any], object]) -> None:
        self.read = read
        super().__init__(
            widget=forms.HiddenInput, error_messages={"required": NOT_USED, "invalid": NOT_USED}
        )

    def to_python(self, value: Any) -> Any:
        if "\\" in str(value):  # nothing in it needs escapes, and not all of them can be stored
            raise ValidationError(NOT_USED, code="invalid")
        try:
            credential = super().to_python(value)
            if credential is not None:
                self.read(credential)
        except MALFORMED as problem:
            raise ValidationError(NOT_USED, code="invalid") from problem
        return credential

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show nothing of it again: a credential is good for one attempt."""
        return initial


def _app_code_field() -> forms.CharField:
    return forms.CharField(
        label="Code",
        help_text="Six digits from your authenticator app, or one of your recovery codes.",
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "width-10"}
        ),
    )


class _TellsRefusals:
    """Bring a passkey that was not accepted into the log; the library tells of codes alone."""

    user: User | None = None

    def full_clean(self) -> None:
        super().full_clean()  # type: ignore[misc]
        if self.is_bound and self.errors:  # type: ignore[attr-defined]
            sign_ins.factor_refused(SignInMethod.PASSKEY, context.request, by=self.user)


class PasskeyLoginForm(_TellsRefusals, LoginWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField(AuthenticationResponse.from_dict)


class PasskeyForm(_TellsRefusals, AuthenticateWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField(AuthenticationResponse.from_dict)


class PasskeyAgainForm(_TellsRefusals, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField(AuthenticationResponse.from_dict)


class SecondFactorForm(AuthenticateForm):  # type: ignore[misc]
    code = _app_code_field()


class SecondFactorAgainForm(ReauthenticateForm):  # type: ignore[misc]
    code = _app_code_field()


class AddAppForm(ActivateTOTPForm):  # type: ignore[misc]
    code = _app_code_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = "Six digits, shown by the app once it knows the key."


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(
        label="A name for it",
        help_text="For example the device it is on.",
        max_length=100,
        required=False,
    )
    credential = CredentialField(RegistrationResponse.from_dict)
    passwordless = forms.BooleanField(
        label="Sign in with it alone, without a code by mail",
        required=False,
        initial=True,
    )


class NamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    name = forms.CharField(label="A name for it", max_length=100)
