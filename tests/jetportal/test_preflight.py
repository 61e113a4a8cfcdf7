import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import ROOT, Redis, free_port
from tests.smtp import MailReceiver


def preflight(folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    sound = {
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "REDIS_URL": "",
        "EMAIL_URL": "memorymail://",
        "DJANGO_SETTINGS_MODULE": "jetportal.settings",
    }
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "jetportal.preflight"],
        cwd=ROOT,
        env={**os.environ, **sound, **changes},
        capture_output=True,
        text=True,
        check=False,
    )


def test_preflight_is_silent_when_every_service_answers(
    tmp_path: Path, own_redis: Redis, mail_receiver: MailReceiver
):
    result = preflight(tmp_path, REDIS_URL=own_redis.url, EMAIL_URL=mail_receiver.url)

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://portal:hush-hush@127.0.0.1/portal"),
        ("DATABASE_URL", "postgres://portal:hush-hush/2@127.0.0.1/portal"),
        ("DATABASE_URL", "postgres://portal:hush-hush@127.0.0.1:{closed}/portal"),
        ("DATABASE_URL", "sqlite:////no/such/folder/db.sqlite3"),
        ("DATABASE_URL", "postgres://"),
        ("DATABASE_URL", "postgres://portal:hush-hush@127.0.0.1"),
        ("DATABASE_URL", "sqlite://"),
        ("REDIS_URL", "nonsense"),
        ("REDIS_URL", "redis://:hush-hush@127.0.0.1:{closed}/0"),
        ("REDIS_URL", "redis://"),
        ("EMAIL_URL", "nonsense"),
        ("EMAIL_URL", "smtp+tls://"),
        ("EMAIL_URL", "smtp://portal:hush-hush@127.0.0.1:{closed}"),
    ],
)
def test_preflight_names_a_wrong_address_in_one_line_without_its_password(
    tmp_path: Path, name: str, address: str
):
    result = preflight(tmp_path, **{name: address.format(closed=free_port())})

    assert result.returncode == 1
    assert result.stderr.startswith(name)
    assert len(result.stderr.splitlines()) == 1
    assert "hush" not in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", "maybe", "DEBUG must be 1 or 0, not 'maybe'."),
        ("DEMO", "2", "DEMO must be 1 or 0, not '2'."),
        (
            "LOG_LEVEL",
            "nonsense",
            "LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL, not 'nonsense'.",
        ),
        (
            "SIGN_IN_CODES_PER_NETWORK",
            "many",
            "SIGN_IN_CODES_PER_NETWORK must be a whole number, not 'many'.",
        ),
    ],
)
def test_preflight_tells_a_wrong_value_in_one_sentence(
    tmp_path: Path, name: str, value: str, sentence: str
):
    result = preflight(tmp_path, **{name: value})

    assert (result.returncode, result.stderr) == (1, f"{sentence}\n")


@pytest.mark.parametrize("value", ["", "0", "1", "no", "Off", "TRUE"])
def test_preflight_knows_the_usual_words_for_on_and_off(tmp_path: Path, value: str):
    assert preflight(tmp_path, DEBUG=value).stderr == ""


def test_preflight_refuses_a_demonstration_for_strangers(tmp_path: Path):
    result = preflight(tmp_path, DEMO="1", ALLOWED_HOSTS="jet.example.org")

    assert result.returncode == 1
    assert result.stderr.startswith("DEMO=1 is for this machine only")
    assert len(result.stderr.splitlines()) == 1


def test_preflight_names_a_missing_key(tmp_path: Path):
    result = preflight(tmp_path, SECRET_KEY="")

    assert result.returncode == 1
    assert "SECRET_KEY" in result.stderr
    assert len(result.stderr.splitlines()) == 1
