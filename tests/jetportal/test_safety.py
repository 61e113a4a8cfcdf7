"""What browsers are told to refuse, and what the framework says of a deployed portal."""

import os
import subprocess
import sys

import pytest

from jetportal.safety import PERMISSIONS
from tests.services import ROOT

DEPLOYED = {
    "SECRET_KEY": "fifty-letters-and-more-of-which-none-is-guessed-by-anybody-9137",
    "SEALING_KEYS": "a" * 43 + "=",
    "SITE_URL": "https://portal.example",
    "ALLOWED_HOSTS": "portal.example",
    "TRUSTED_PROXIES": "127.0.0.1",
    "DATABASE_URL": "postgres://portal:secret@127.0.0.1:5432/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.example:587",
    "DEBUG": "0",
    "DEMO": "0",
}


def check_deployed(**changes: str) -> subprocess.CompletedProcess[str]:
    kept = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "jetportal.settings"}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "DEBUG"],
        cwd=ROOT,
        env={**kept, **DEPLOYED, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


def test_deployed_portal_passes_every_check_of_the_framework():
    checked = check_deployed()

    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.startswith("System check identified no issues")


@pytest.mark.parametrize(
    ("changes", "found"),
    [({"SITE_URL": "http://portal.example"}, "W012"), ({"DEBUG": "1"}, "W018")],
)
def test_unsafe_deployment_is_named(changes, found):
    checked = check_deployed(**changes)

    assert checked.returncode == 1
    assert f"(security.{found})" in checked.stderr


def test_pages_may_use_passkeys_and_nothing_else_of_the_machine():
    allowed = [rule for rule in PERMISSIONS.split(", ") if not rule.endswith("=()")]

    assert allowed == ["publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(PERMISSIONS.split(", "))
