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
