"""Which address a request comes from, past the proxies that the operator trusts."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the last address that no trusted proxy has; forwarded ones count only behind one."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    return address_behind(peer, request.META.get("HTTP_X_FORWARDED_FOR", ""))


def address_behind(peer: str, forwarded: str) -> str:
    """Return the same for a peer and what its X-Forwarded-For says."""
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    address = peer
    while hops and _is_trusted(address):
        address = hops.pop()
    return address


def network_of(address: str) -> str:
    """Return what one visitor has for themselves: an IPv4 address, or a whole /64 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    length = 64 if parsed.version == 6 else 32
    return str(ipaddress.ip_network((parsed.packed, length), strict=False))


def _is_trusted(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings.TRUSTED_PROXIES)
