"""Who can sign in, and the codes by which they do."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

MAX_ATTEMPTS = 5
REPEAT = timedelta(seconds=30)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Create an account; without a password the only way in is a code sent by mail."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=(email or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in. What they may do at the desk is decided by `applications`."""

    email = models.EmailField("e-mail address", max_length=254, unique=True)
    is_staff = models.BooleanField("may enter the desk", default=False)
    is_active = models.BooleanField("active", default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return f"account {self.pk}"


class SignInCodeQuerySet(models.QuerySet["SignInCode"]):
    def usable(self, at: datetime) -> Self:
        """Select the codes that still open the door, and those that did so a moment ago.

        The second click on "Sign in" arrives with a code that the first has just used; from the
        same browser it counts once more, for `REPEAT`.
        """
        fresh = Q(used_at=None) | Q(used_at__gt=at - REPEAT)
        return self.filter(fresh, created_at__lte=at, expires_at__gt=at, attempts__lt=MAX_ATTEMPTS)


class SignInCode(models.Model):
    """A code sent to an address, good for the browser that asked for it.

    The address may belong to nobody yet: the account is made when the code is entered. Only
    digests of the code and of the browser's cookie are kept, and the row for a day.
    """

    email = models.EmailField(max_length=254)
    browser = models.CharField(max_length=64)
    network = models.CharField(max_length=45)
    digest = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = SignInCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="sign_in_code_email_is_lower_case"
            ),
            models.CheckConstraint(
                condition=Q(attempts__gte=0, attempts__lte=MAX_ATTEMPTS),
                name="sign_in_code_attempts_are_limited",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="sign_in_code_expires_after_it_was_made",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None)
                | Q(used_at__gte=F("created_at"), used_at__lt=F("expires_at")),
                name="sign_in_code_used_while_it_lasted",
            ),
        ]
        indexes = [
            models.Index(fields=["email", "created_at"], name="sign_in_code_by_email"),
            models.Index(fields=["network", "created_at"], name="sign_in_code_by_network"),
            models.Index(fields=["browser", "created_at"], name="sign_in_code_by_browser"),
            models.Index(fields=["created_at"], name="sign_in_code_by_age"),
        ]

    def __str__(self) -> str:
        return f"sign-in code {self.pk}"


class SignInEvent(models.TextChoices):
    SIGNED_IN = "signed_in", "Signed in"
    CONFIRMED = "confirmed", "Second step shown again"
    REFUSED = "refused", "Refused: wrong or outdated"
    NO_SECOND_FACTOR = "no_second_factor", "Kept out: no second step set up"
    SIGNED_OUT = "signed_out", "Signed out"


class SignInMethod(models.TextChoices):
    CODE = "code", "Mailed code alone"
    APP = "totp", "Authenticator app"
    RECOVERY = "recovery_codes", "Recovery code"
    PASSKEY = "webauthn", "Passkey"
    NONE = "none", "None"


WITHOUT_METHOD = (SignInEvent.NO_SECOND_FACTOR, SignInEvent.SIGNED_OUT)


class SignIn(models.Model):
    """One line of the log of sign-ins by staff; never edited, and kept for half a year.

    Without `account` nobody of the staff has the address that was typed, and it is not kept.
    """

    account = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="sign_ins", db_index=False
    )
    event = models.CharField(max_length=16, choices=SignInEvent.choices)
    method = models.CharField(max_length=14, choices=SignInMethod.choices)
    network = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = "sign-in of staff"
        verbose_name_plural = "sign-ins of staff"
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(event__in=SignInEvent.values),
                name="sign_in_event_known",
            ),
            models.CheckConstraint(
                condition=Q(method__in=SignInMethod.values),
                name="sign_in_method_known",
            ),
            models.CheckConstraint(
                condition=Q(event=SignInEvent.REFUSED) | Q(account__isnull=False),
                name="sign_in_of_nobody_is_refused",
            ),
            models.CheckConstraint(
                condition=Q(event__in=WITHOUT_METHOD, method=SignInMethod.NONE)
                | ~Q(event__in=WITHOUT_METHOD) & ~Q(method=SignInMethod.NONE),
                name="sign_in_says_by_what",
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="sign_in_newest"),
            models.Index(fields=["account", "-at"], name="sign_in_by_account"),
        ]

    def __str__(self) -> str:
        return f"sign-in {self.pk}"
