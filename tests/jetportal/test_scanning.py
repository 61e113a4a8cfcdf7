"""The virus scanner over a real socket: what it says, and what becomes of its silence."""

import pytest

from jetportal import scanning
from jetportal.checks import clamd_url_is_an_address
from jetportal.scanning import Verdict, scan
from tests.clamd import EICAR, Mood, Scanner
from tests.services import free_port


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"%PDF-1.7", Verdict.CLEAN),
        (b"%PDF-1.7" + EICAR, Verdict.INFECTED),
        (b"x" * (3 * scanning.CHUNK + 1), Verdict.CLEAN),
        (b"x" * scanning.CHUNK + EICAR, Verdict.INFECTED),
    ],
)
def test_scanner_is_shown_the_whole_file_and_believed(settings, content, verdict):
    with Scanner() as scanner:
        settings.CLAMD_URL = scanner.url

        assert scan(content) is verdict

    assert scanner.seen == [content]


def test_without_a_scanner_nothing_is_asked(settings):
    settings.CLAMD_URL = ""

    assert scan(EICAR) is Verdict.OFF


@pytest.mark.parametrize("mood", [Mood.HANG, Mood.FULL, Mood.DROP])
def test_scanner_that_says_nothing_of_use_is_away(settings, monkeypatch, mood):
    monkeypatch.setattr(scanning, "LONGEST", 0.2)
    with Scanner(mood) as scanner:
        settings.CLAMD_URL = scanner.url

        assert scan(b"%PDF-1.7") is Verdict.AWAY


def test_scanner_that_was_away_is_left_alone_for_a_while(settings, monkeypatch):
    monkeypatch.setattr(scanning, "LONGEST", 0.2)
    with Scanner(Mood.HANG) as scanner:
        settings.CLAMD_URL = scanner.url
        scan(b"%PDF-1.7")
        scanner.mood = Mood.JUDGE

        at_once, asked_anyway = scan(b"%PDF-1.7"), scan(b"%PDF-1.7", now=True)

    assert (at_once, asked_anyway) == (Verdict.AWAY, Verdict.CLEAN)
    assert len(scanner.seen) == 2


def test_scanner_that_is_not_there_is_away(settings):
    settings.CLAMD_URL = f"tcp://127.0.0.1:{free_port()}"

    assert scan(b"%PDF-1.7") is Verdict.AWAY


def test_scanner_at_a_socket_that_is_not_there_is_away(settings, tmp_path):
    settings.CLAMD_URL = f"unix://{tmp_path}/clamd.ctl"

    assert scan(b"%PDF-1.7") is Verdict.AWAY


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("", True),
        ("tcp://127.0.0.1:3310", True),
        ("tcp://scanner.example.org", True),
        ("unix:///run/clamav/clamd.ctl", True),
        ("127.0.0.1:3310", False),
        ("http://127.0.0.1:3310", False),
        ("tcp://:3310", False),
        ("tcp://127.0.0.1:many", False),
        ("unix://run/clamd.ctl", False),
    ],
)
def test_address_of_the_scanner_is_checked_at_start(settings, address, right):
    settings.CLAMD_URL = address

    assert (clamd_url_is_an_address(None) == []) is right
