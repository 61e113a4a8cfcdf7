"""Say in one sentence what keeps the portal from starting: `python -m jetportal.preflight`.

`./run` asks before it touches anything. A sentence names the variable to mend, never a password.
"""

import importlib
import os
import smtplib
import sys
from collections.abc import Iterator
from itertools import chain
from urllib.parse import urlsplit

import django
import redis
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import connection

TIMEOUT = 3  # seconds to wait for each service
EXAMPLES = {
    "DATABASE_URL": "postgres://user:password@host:5432/name",
    "REDIS_URL": "redis://host:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@host:587",
}
FILES = {"filemail", "consolemail", "memorymail", "dummymail"}  # mail that needs no server
SCHEMES = {
    "DATABASE_URL": {"postgres", "postgresql", "psql", "pgsql", "sqlite"},
    "REDIS_URL": {"redis", "rediss", "unix", "redis+socket", "sentinel"},
    "EMAIL_URL": {"smtp", "smtps", "smtp+tls", "smtp+ssl"} | FILES,
}
SWITCHES = ("DEBUG", "DEMO")
ON_OR_OFF = {"1", "true", "on", "ok", "yes", "y", "", "0", "false", "off", "no", "n"}
NUMBERS = ("SIGN_IN_CODES_PER_NETWORK",)
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
WITHOUT = {
    "DATABASE_URL": "the portal keeps its data in a file of its own",
    "REDIS_URL": "the portal queues in a folder of its own",
    "EMAIL_URL": "mail goes to a local folder",
}


def unreachable() -> Iterator[str]:
    """Connect to each configured service, briefly, and yield a sentence for each that fails."""
    try:
        connection.ensure_connection()
    except (DatabaseError, OSError, ImproperlyConfigured) as error:
        yield _sentence("DATABASE_URL", "the database cannot be used", error)
    if urlsplit(settings.REDIS_URL).scheme in {"redis", "rediss", "unix"}:
        try:
            _ping_redis()
        except (redis.RedisError, OSError, ValueError) as error:
            yield _sentence("REDIS_URL", "Redis cannot be used", error)
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        try:
            _greet_mail_server()
        except (smtplib.SMTPException, OSError) as error:
            yield _sentence("EMAIL_URL", "the mail server cannot be used", error)


def _unreadable() -> str | None:
    try:
        importlib.import_module("jetportal.settings")
        bool(settings.SECRET_KEY)  # an empty one is noticed only when it is read
    except (ImproperlyConfigured, ValueError) as error:
        return next(_wrong(), None) or f"The settings cannot be read. {error}"
    return next(_wrong(), None)


def _wrong() -> Iterator[str]:
    yield from _malformed()
    for name in SWITCHES:
        value = os.environ.get(name, "0")
        if value.strip().lower() not in ON_OR_OFF:
            yield f"{name} must be 1 or 0, not {value!r}."
    for name in NUMBERS:
        value = os.environ.get(name, "0")
        if not value.strip().isdecimal():
            yield f"{name} must be a whole number, not {value!r}."
    level = os.environ.get("LOG_LEVEL", "INFO")
    if level not in LEVELS:
        yield f"LOG_LEVEL must be {', '.join(LEVELS[:-1])} or {LEVELS[-1]}, not {level!r}."


def _malformed() -> Iterator[str]:
    for name, example in EXAMPLES.items():
        value = os.environ.get(name, "")
        if value and not _is_address(name, value):
            yield (
                f"{name} is not an address like {example} (in a password, write # as %23 and / as "
                f"%2F): mend it, or leave it out, and {WITHOUT[name]}."
            )


def _refused_combinations() -> Iterator[str]:
    for message in run_checks():
        if message.is_serious() and str(message.id).startswith("jetportal."):
            yield " ".join(filter(None, (message.msg, message.hint)))


def _is_address(name: str, value: str) -> bool:
    try:
        parts = urlsplit(value)
        known = parts.scheme in SCHEMES[name] and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    if name == "DATABASE_URL":
        return known and bool(parts.path.strip("/"))
    return known and (parts.scheme in FILES or bool(parts.hostname or parts.path.strip("/")))


def _ping_redis() -> None:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT
    ) as client:
        client.ping()


def _greet_mail_server() -> None:
    kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    with kind(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=TIMEOUT) as client:
        if settings.EMAIL_USE_TLS:
            client.starttls()
        if settings.EMAIL_HOST_USER:
            client.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)


def _sentence(name: str, what: str, error: Exception) -> str:
    """Tell the reason in its first line only; what follows may repeat the address."""
    reason = (str(error).splitlines() or [type(error).__name__])[0].strip().rstrip(".")
    for secret in filter(None, (_password(name), urlsplit(os.environ.get(name, "")).password)):
        reason = reason.replace(secret, "***")
    return (
        f"{name}: {what} ({reason}): mend the address in the environment or in .env, or leave it "
        f"out, and {WITHOUT[name]}."
    )


def _password(name: str) -> str:
    passwords = {
        "DATABASE_URL": settings.DATABASES["default"].get("PASSWORD"),
        "EMAIL_URL": settings.EMAIL_HOST_PASSWORD,
    }
    return str(passwords.get(name) or "")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jetportal.settings")
    if sentence := _unreadable():
        sys.exit(sentence)
    django.setup()
    if sentence := next(chain(_refused_combinations(), unreachable()), None):
        sys.exit(sentence)


if __name__ == "__main__":
    main()
