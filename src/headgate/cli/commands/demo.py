"""`headgate demo`: serve example data in a data directory of its own, with leads flowing."""

import argparse
import asyncio
import socket
from ipaddress import ip_network
from pathlib import Path

from django.conf import settings

from headgate import clock
from headgate.channels.addresses import Reach
from headgate.channels.mock_partner import MockPartner
from headgate.cli import environment, ports
from headgate.cli.alone import serving_alone
from headgate.cli.commands.serve import leave_at_a_signal, take_over
from headgate.cli.demo import flow, installation, past
from headgate.cli.demo.installation import BUYER, EMAIL, Remembered
from headgate.cli.refusals import Refused
from headgate.cli.serving import Server
from headgate.services import postback_tokens
from headgate.worker.engine import Engine

_LOOPBACK = ip_network("127.0.0.0/8")


def run(given: argparse.Namespace) -> int:
    bound = ports.bound("127.0.0.1", given.port)
    leave_at_a_signal()
    with serving_alone():
        environment.migrate()
        environment.open_installation()
        environment.keep_uploads_beside_the_data()
        path = Path(settings.DATA_DIR) / "demo.json"
        known = _made_before(path) or _make(path)
        take_over()
        _serve(bound, known, path)
    return 0


def _made_before(path: Path) -> Remembered | None:
    known = installation.remembered(path)
    if known is None and installation.is_made():
        raise Refused(f"{path} is gone; delete {path.parent} to begin the demonstration anew")
    return known


def _make(path: Path) -> Remembered:
    with ports.bound("127.0.0.1", 0) as free:
        mock_port = free.getsockname()[1]
    now = clock.now()
    known = installation.make(mock_port=mock_port, now=now - past.SPAN)
    past.fill(known, now=now)
    installation.remember(path, known)
    return known


def _serve(bound: socket.socket, known: Remembered, path: Path) -> None:
    address = f"http://127.0.0.1:{bound.getsockname()[1]}"
    postback_tokens.open_at(address)
    reach = Reach((_LOOPBACK,), frozenset((bound.getsockname()[:2],)))

    async def beside(engine: Engine) -> None:
        async with MockPartner("127.0.0.1", known.mock_port):
            posting = asyncio.create_task(flow.keep_posting(engine, known, path))
            try:
                await _introduce(address, known)
                await posting
            finally:
                posting.cancel()

    with ports.in_use_refused("127.0.0.1", known.mock_port):
        ports.bound("127.0.0.1", known.mock_port).close()
    Server(bound, reach, beside=beside).serve_until_told()


async def _introduce(address: str, known: Remembered) -> None:
    while known.first_lead is None:
        await asyncio.sleep(0.05)
    portal = _PORTAL.format(address=address, email=BUYER, known=known)
    said = portal if known.portal_password else ""
    print(_INTRODUCTION.format(address=address, email=EMAIL, known=known, portal=said), flush=True)


_PORTAL = """
As a partner, SunPeak Energy, at {address}/portal

  Sign in          {email}
  Password         {known.portal_password}
"""
_INTRODUCTION = """The demonstration listens on {address}

  Sign in          {email}
  Password         {known.password}
  A lead's trace   {address}/leads/{known.first_lead}/trace
{portal}
To post a lead yourself:

  curl -X POST "{address}/api/v1/leads?wait=5" \\
    -H "Authorization: Bearer {known.admin_key}" \\
    -H "Content-Type: application/json" \\
    -d '{{"entity": "solar", "fields": {{"first_name": "Ann", "email": "ann@example.com"}}}}'

A lead comes every few seconds. Ctrl-C ends it; the same command goes on with it."""
