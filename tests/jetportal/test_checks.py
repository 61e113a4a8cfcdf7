from urllib.parse import urlsplit

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from jetportal.buckets import bucket_options
from jetportal.checks import is_loopback


def ours() -> list[str]:
    return [str(m.id) for m in run_checks() if str(m.id).startswith("jetportal.")]


def test_settings_of_this_run_pass_every_check():
    assert run_checks() == []


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        *[(host, True) for host in ("localhost", ".localhost", "127.0.0.1", "127.9.9.9", "[::1]")],
        *[(host, False) for host in ("*", "", "0.0.0.0", "10.0.0.1", "[::]", "jet.example")],
        *[(host, False) for host in ("localhost.jet.example", ".jet.example", "127.0.0.1.jet")],
    ],
)
def test_loopback_is_this_machine_and_nothing_else(host, expected):
    assert is_loopback(host) is expected


@pytest.mark.parametrize("hosts", [["*"], ["localhost", "jet.example"], [".example"], ["10.0.0.1"]])
def test_demonstration_is_refused_for_strangers(settings, hosts):
    settings.ALLOWED_HOSTS, settings.DEMO = hosts, False
    without = ours()
    settings.DEMO = True

    assert (without, ours()) == ([], ["jetportal.E001"])
    with pytest.raises(SystemCheckError, match="DEMO=1 is for this machine only"):
        call_command("check")


def test_demonstration_is_allowed_on_this_machine(settings):
    settings.ALLOWED_HOSTS, settings.DEMO = ["127.0.0.1", "localhost", "[::1]"], True

    assert ours() == []


@pytest.mark.parametrize(
    "address", ["jet.example", "//jet.example", "ftp://jet.example", "https://"]
)
def test_site_url_must_be_an_address(settings, address):
    settings.SITE = urlsplit(address)

    assert ours() == ["jetportal.E002"]


def test_every_wrong_proxy_is_named(settings):
    settings.TRUSTED_PROXIES = ["127.0.0.1", "nginx", "10.0.0.0/8", "10.0.0.1/8"]

    found = [m.msg for m in run_checks() if m.id == "jetportal.E003"]

    assert [message.split("'")[1] for message in found] == ["nginx", "10.0.0.1/8"]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("", []),
        ("redis://10.0.0.1:6379/0", []),
        ("rediss://10.0.0.1:6379/0", []),
        ("10.0.0.1:6379", ["jetportal.E004"]),
        ("http://10.0.0.1:6379", ["jetportal.E004"]),
    ],
)
def test_redis_url_must_be_an_address_of_redis(settings, address, found):
    settings.REDIS_URL = address

    assert ours() == found


@pytest.mark.parametrize(
    ("keys", "debug", "found"),
    [
        ([], False, ["jetportal.E005"]),
        ([], True, []),
        (["a" * 43 + "="], False, []),
        (["a" * 43 + "=", "short"], False, ["jetportal.E006"]),
        (["żółć", "a" * 44], False, ["jetportal.E006", "jetportal.E006"]),
    ],
)
def test_sealing_needs_keys_that_are_keys(settings, keys, debug, found):
    settings.SEALING_KEYS, settings.DEBUG = keys, debug

    assert ours() == found


def test_wrong_key_is_named_by_its_place_alone(settings):
    settings.SEALING_KEYS = ["a" * 43 + "=", "almost-a-key"]

    (message,) = [m for m in run_checks() if m.id == "jetportal.E006"]

    assert message.msg == "SEALING_KEYS: number 2 is no key."
    assert "almost-a-key" not in str(message)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("", []),
        ("s3://key:secret@s3.us-east-1.amazonaws.com/portal", []),
        ("s3://key:almost-secret@/portal", ["jetportal.E008"]),
        ("/srv/documents", ["jetportal.E008"]),
    ],
)
def test_documents_url_must_name_a_bucket_and_is_never_repeated(settings, address, found):
    settings.DOCUMENTS_URL, settings.BUCKET = address, bucket_options(address)

    wrong = [message for message in run_checks() if message.id == "jetportal.E008"]

    assert [message.id for message in wrong] == found
    assert "almost-secret" not in str(wrong)
