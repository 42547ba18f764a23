"""`headgate serve`: the web, the deliveries and the timed work, until SIGTERM."""

import argparse
import signal
import socket
import sys
from typing import Any

from django.conf import settings
from django.db import connection

from headgate import clock
from headgate.channels.addresses import Reach
from headgate.cli import environment, ports
from headgate.cli.alone import serving_alone
from headgate.cli.crew import Crew
from headgate.cli.refusals import Refused
from headgate.cli.serving import Server
from headgate.services import postback_tokens
from headgate.services.people import membership
from headgate.storage import bulk, deliveries, imports, presence


def run(given: argparse.Namespace) -> int:
    processes = max(given.web, given.workers)
    if processes > 1 and not bulk.on_postgresql():
        raise Refused(
            "SQLite has one writer, so one process serves it all: leave out --web and --workers, "
            "or set HEADGATE_DATABASE_URL to a PostgreSQL database"
        )
    bound = ports.bound(given.host, given.port)
    leave_at_a_signal()
    with serving_alone():
        if not given.no_migrate:
            environment.migrate()
        environment.open_installation()
        environment.keep_uploads_beside_the_data()
        lock = take_over()
        _serve(bound, processes)
        del lock
    return 0


def _serve(bound: socket.socket, processes: int) -> None:
    """Serve in this process, or in several."""
    reach = Reach(settings.ALLOW_PRIVATE_NETWORKS, frozenset((bound.getsockname()[:2],)))
    token = membership.open_set_up(now=clock.now())
    address = settings.BASE_URL or _address(bound)
    postback_tokens.open_at(address)

    def ready() -> None:
        if token is not None:
            print("There is no owner yet. Make one within an hour, at this address, once:")
            print(f"  {address}/set-up/{token}")
        print(f"Headgate listens on {address}", flush=True)

    if processes == 1:
        Server(bound, reach, ready=ready).serve_until_told()
        return
    connection.close()
    crew = Crew(lambda: Server(bound, reach).serve_until_told(), processes, ready=ready)
    crew.run()


def leave_at_a_signal() -> None:
    """Exit with 0 at SIGTERM while there is nothing to drain yet."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def take_over() -> Any:
    """Have what a dead process was at gone on with at once; keep what is returned."""
    if bulk.on_postgresql():
        return presence.join(when_first=_orphan_all)
    _orphan_all()
    return None


def _orphan_all() -> None:
    deliveries.orphan_all(now=clock.now())
    imports.orphan_all()


def _address(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
