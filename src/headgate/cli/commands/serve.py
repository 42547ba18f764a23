"""`headgate serve`: the web, the deliveries and the timed work, until SIGTERM."""

import argparse
import socket
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
from headgate.services import membership
from headgate.storage import bulk, deliveries, presence


def run(given: argparse.Namespace) -> int:
    processes = max(given.web, given.workers)
    if processes > 1 and not bulk.on_postgresql():
        raise Refused(
            "SQLite has one writer, so one process serves it all: leave out --web and --workers, "
            "or set HEADGATE_DATABASE_URL to a PostgreSQL database"
        )
    bound = ports.bound(given.host, given.port)
    with serving_alone():
        if not given.no_migrate:
            environment.migrate()
        environment.open_installation()
        lock = take_over()
        address = announce(bound)
        print(f"Headgate listens on {address}", flush=True)
        serve(bound, processes)
        del lock
    return 0


def serve(bound: socket.socket, processes: int) -> None:
    """Serve in this process, or in several."""
    reach = Reach(settings.ALLOW_PRIVATE_NETWORKS, frozenset((bound.getsockname()[:2],)))

    def work() -> None:
        Server(bound, reach).serve_until_told()

    if processes == 1:
        work()
    else:
        connection.close()
        Crew(work, processes).run()


def take_over() -> Any:
    """Have what a dead process was sending sent again at once; keep what is returned."""
    if bulk.on_postgresql():
        return presence.join(when_first=_orphan_all)
    _orphan_all()
    return None


def _orphan_all() -> None:
    deliveries.orphan_all(now=clock.now())


def announce(bound: socket.socket) -> str:
    """Return the address of the console, and print how the first owner is made."""
    host, port = bound.getsockname()[:2]
    address = settings.BASE_URL or f"http://{f'[{host}]' if ':' in host else host}:{port}"
    token = membership.open_set_up(now=clock.now())
    if token is not None:
        print(f"There is no owner yet. Within an hour, make one at {address}/set-up/{token}")
    return address
