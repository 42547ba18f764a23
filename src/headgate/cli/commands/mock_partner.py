"""`headgate mock-partner`: a partner that accepts, refuses, stalls or breaks."""

import argparse
import asyncio
import contextlib
import signal

from headgate.channels.mock_behaviours import BEHAVIOURS
from headgate.channels.mock_partner import MockPartner
from headgate.cli.ports import in_use_refused


def run(given: argparse.Namespace) -> int:
    asyncio.run(_serve(given.host, given.port))
    return 0


async def _serve(host: str, port: int) -> None:
    told = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, told.set)
    async with contextlib.AsyncExitStack() as stack:
        with in_use_refused(host, port):
            partner = await stack.enter_async_context(MockPartner(host, port))
        print(f"A partner answers on {partner.url('/')}BEHAVIOUR, where BEHAVIOUR is one of:")
        for name in BEHAVIOURS:
            print(f"  {partner.url('/' + name)}{_ARGUMENTS.get(name, '')}")
        print(f"GET {partner.url('/received')} tells what arrived; DELETE forgets it.", flush=True)
        await told.wait()


_ARGUMENTS = {
    "status": "/503, or /status/429/60 with a Retry-After",
    "answer": '/200/{"status": "ok"}, percent-encoded',
    "slow": "/SECONDS, then accepts",
    "price": "/12.50, accepts and says this price",
}
