"""The addresses below `/accounts/`.

Only what we use of the account library is here; its names stay, because its own pages and
redirects look them up.
"""

from collections.abc import Callable

from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkey
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from jetportal.accounts import views
from jetportal.accounts.second_factor import AddApp, AddPasskey


def fresh(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    """Route to a view of the library, whose pages must not be kept by any cache."""
    return path(route, never_cache(view), name=name)


urlpatterns = [
    path("", views.home, name="account_home"),
    path("login/", views.login, name="account_login"),
    path("login/code/", views.code, name="account_code"),
    path("login/code/new/", views.new_code, name="account_new_code"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),
    path("inactive/", views.inactive, name="account_inactive"),
    path("second-factor/", RedirectView.as_view(pattern_name="account_home"), name="mfa_index"),
    fresh("second-factor/enter/", factor.authenticate, "mfa_authenticate"),
    fresh("second-factor/confirm/", factor.reauthenticate, "mfa_reauthenticate"),
    fresh("second-factor/app/", AddApp.as_view(), "mfa_activate_totp"),
    fresh("second-factor/app/remove/", app.deactivate_totp, "mfa_deactivate_totp"),
    fresh("recovery-codes/", recovery.view_recovery_codes, "mfa_view_recovery_codes"),
    fresh("recovery-codes/new/", recovery.generate_recovery_codes, "mfa_generate_recovery_codes"),
    fresh("recovery-codes/file/", recovery.download_recovery_codes, "mfa_download_recovery_codes"),
    fresh("passkeys/", passkey.list_webauthn, "mfa_list_webauthn"),
    fresh("passkeys/add/", AddPasskey.as_view(), "mfa_add_webauthn"),
    fresh("passkeys/confirm/", passkey.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    fresh("passkeys/login/", passkey.login_webauthn, "mfa_login_webauthn"),
    fresh("passkeys/<int:pk>/remove/", passkey.remove_webauthn, "mfa_remove_webauthn"),
    fresh("passkeys/<int:pk>/name/", passkey.edit_webauthn, "mfa_edit_webauthn"),
]
