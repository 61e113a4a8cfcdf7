"""From where a request comes, as far as it can be believed."""

import ipaddress
from ipaddress import IPv4Address, IPv6Address

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = IPv4Address(0)


def address_of(request: HttpRequest) -> IPv4Address | IPv6Address:
    """Return the visitor's address: the last one in the line that is none of our own proxies.

    `X-Forwarded-For` is read only when the connection comes from one of TRUSTED_PROXIES.
    """
    visitor = _parsed(request.META.get("REMOTE_ADDR", ""))
    for text in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if not _trusted(visitor) or not text.strip():
            break
        visitor = _parsed(text)
    return visitor


def network_of(request: HttpRequest) -> str:
    """Return what limits are counted by: the IPv4 address, or the /64 an IPv6 visitor owns."""
    address = address_of(request)
    if isinstance(address, IPv6Address):
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


def _parsed(text: str) -> IPv4Address | IPv6Address:
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return UNKNOWN
    return getattr(address, "ipv4_mapped", None) or address


def _trusted(address: IPv4Address | IPv6Address) -> bool:
    return any(address in ipaddress.ip_network(text) for text in settings.TRUSTED_PROXIES)
