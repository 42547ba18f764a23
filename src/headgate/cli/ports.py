"""The address that a command listens on."""

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from headgate.cli.refusals import Refused

_WHY = {
    errno.EADDRINUSE: "it is in use; stop what listens there, or choose another with --port",
    errno.EACCES: "this user may not listen there; ports below 1024 are often reserved",
    errno.EADDRNOTAVAIL: "this machine has no such address; choose another with --host",
}


def bound(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address.

    :raises Refused: it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with in_use_refused(host, port):
        made.bind((host, port))
        # Two sockets may be bound to one address; only one of them may listen there.
        made.listen(1024)
    return made


@contextmanager
def in_use_refused(host: str, port: int) -> Iterator[None]:
    """Refuse an address that cannot be listened on, with the reason."""
    try:
        yield
    except OSError as error:
        why = _WHY.get(error.errno or 0, error.strerror or str(error))
        raise Refused(f"cannot listen on {host} port {port}: {why}") from error
