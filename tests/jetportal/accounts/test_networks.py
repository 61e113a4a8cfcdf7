import pytest
from django.test import RequestFactory, override_settings

from jetportal.accounts.networks import network_of


@pytest.mark.parametrize(
    ("peer", "line", "network"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "nonsense", "0.0.0.0"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("", "", "0.0.0.0"),
    ],
)
@override_settings(TRUSTED_PROXIES=["10.0.0.0/8"])
def test_network_is_the_visitors_and_cannot_be_claimed(peer: str, line: str, network: str):
    headers = {"HTTP_X_FORWARDED_FOR": line} if line else {}
    request = RequestFactory().get("/", REMOTE_ADDR=peer, **headers)

    assert network_of(request) == network


def test_forwarded_line_is_not_read_without_proxies():
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.66")

    assert network_of(request) == "10.0.0.1"
