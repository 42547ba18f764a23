"""Which address a request comes from, past the proxies that the operator trusts."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the last address that no trusted proxy has; forwarded ones count only behind one."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    address = str(request.META.get("REMOTE_ADDR", ""))
    while hops and _is_trusted(address):
        address = hops.pop()
    return address


def _is_trusted(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings.TRUSTED_PROXIES)
