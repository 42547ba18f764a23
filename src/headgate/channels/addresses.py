"""Which addresses a channel may connect to: the public internet, and what the operator allows."""

import errno
import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from msgspec import Struct

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registry, and Azure's host agent, which answers on a public number.
_CLOSED_4 = tuple(
    map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32"),
            *("169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
            *("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            *("224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)
_GLOBAL_6 = IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3ffe::/16", "3fff::/20"))
)
_MAPPED = IPv6Network("::ffff:0:0/96")
_COMPATIBLE = IPv6Network("::/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_6TO4 = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
_ISATAP = 0x0000_5EFE  # the upper half of the interface id, "universal" bit aside


class Reach(Struct, frozen=True):
    """Where connections may go.

    `allowed_networks` adds to the public internet. `own_addresses` are Headgate's listening
    (address, port) pairs, refused even inside an allowed network; an unspecified address
    (`0.0.0.0`, `::`) stands for every address of this machine.
    """

    allowed_networks: tuple[Network, ...] = ()
    own_addresses: frozenset[tuple[str, int]] = frozenset()

    def permits(self, address: str, port: int) -> bool:
        return is_allowed(address, port, self.allowed_networks, self.own_addresses)

    def is_private(self, address: str) -> bool:
        """Tell whether it is in a private network that the operator allowed."""
        faces = list(_faces(ip_address(address.partition("%")[0])))
        return all(
            not is_public(face) and any(face in network for network in self.allowed_networks)
            for face in faces
        )


class BlockedAddress(OSError):
    """Connecting there is not allowed; nothing was sent."""

    def __init__(self) -> None:
        super().__init__(errno.EACCES, "the address is not public")


def is_allowed(
    address: str,
    port: int,
    allowed_networks: tuple[Network, ...] = (),
    own_addresses: frozenset[tuple[str, int]] = frozenset(),
) -> bool:
    """Tell whether a channel may connect there; `address` is a literal, never a name."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    for face in _faces(ip):
        # Connecting to "any address" reaches this machine, whatever network was allowed.
        if face.is_unspecified or _is_own(face, port, own_addresses):
            return False
        if not is_public(face) and not any(face in network for network in allowed_networks):
            return False
    return True


def is_public(ip: Address) -> bool:
    """Tell whether `ip` is global unicast; what an IPv6 address embeds is not looked at."""
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _CLOSED_4)
    return ip in _GLOBAL_6 and not any(ip in network for network in _CLOSED_6)


def _faces(ip: Address) -> Iterator[Address]:
    """Yield every address that must be fit to reach: what the packet says and where it ends."""
    if isinstance(ip, IPv4Address) or ip.is_loopback:
        yield ip
        return
    number = int(ip)
    if ip in _MAPPED or ip in _NAT64:
        yield IPv4Address(number & 0xFFFF_FFFF)
        return
    if ip in _6TO4:
        yield IPv4Address(number >> 80 & 0xFFFF_FFFF)
        return
    yield ip
    if ip in _COMPATIBLE or number >> 32 & 0xFDFF_FFFF == _ISATAP:
        yield IPv4Address(number & 0xFFFF_FFFF)
    elif ip in _TEREDO:
        yield IPv4Address(number >> 64 & 0xFFFF_FFFF)
        yield IPv4Address(~number & 0xFFFF_FFFF)
    elif ip in _NAT64_LOCAL:
        # RFC 6052: after a /48 the four bytes stand around the ninth, which is zero.
        yield IPv4Address((number >> 64 & 0xFFFF) << 16 | number >> 40 & 0xFFFF)


def _is_own(ip: Address, port: int, own_addresses: frozenset[tuple[str, int]]) -> bool:
    for own_address, own_port in own_addresses:
        if own_port != port:
            continue
        own = ip_address(own_address)
        if own == ip or (own.is_unspecified and _is_this_machine(ip)):
            return True
    return False


def _is_this_machine(ip: Address) -> bool:
    if ip.is_loopback:
        return True
    family = socket.AF_INET if ip.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(ip), 0))
        except OSError:
            return False
    return True
