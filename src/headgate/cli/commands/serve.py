"""`headgate serve`: the web, the deliveries and the timed work, until SIGTERM."""

import argparse

from headgate.cli import environment
from headgate.cli.serving import Server


def run(given: argparse.Namespace) -> int:
    if not given.no_migrate:
        environment.migrate()
    environment.open_installation()
    server = Server(given.host, given.port)
    print(f"Headgate listens on http://{given.host}:{given.port}", flush=True)
    server.serve_until_told()
    return 0
