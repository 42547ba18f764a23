"""Over HTTP: posted, stored, decided, delivered to a partner, charged.

The ceiling is the same client against a server that only answers. Client, server, sender and
partner share the machine.
"""

import asyncio
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import IO

from django.db import connection

from headgate.cli.benchmarks import load, workload

LEADS = 10_000
CONNECTIONS = 32
LONGEST_SECONDS = 120.0


def run() -> Iterator[str]:
    partner_port, port = _free_port(), _free_port()
    key = workload.set_up(f"http://127.0.0.1:{partner_port}")
    connection.close()
    bodies = load.encoded(list(workload.leads(LEADS)))
    with _started("headgate.cli.benchmarks.load", str(partner_port)) as partner:
        alone = asyncio.run(_post(partner_port, "/", key, bodies))
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        with _started("headgate", "serve", "--port", str(port)) as server:
            accepted = asyncio.run(_post(port, "/api/v1/intake/lead", key, bodies))
            delivered = asyncio.run(_delivered(partner_port, LEADS + len(alone.times)))
            server.terminate()
            server.wait(30)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        partner.terminate()
    times = sorted(accepted.times)
    whole = delivered - accepted.started
    cpu = ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime
    waits = f"p50 {_ms(times, 50)}, p99 {_ms(times, 99)}"
    yield f"  accepted   {LEADS / accepted.seconds:>9,.0f} leads/s   {waits}"
    per_lead = f"{cpu / LEADS * 1e3:.2f} ms of CPU a lead, the partner included"
    yield f"  delivered  {LEADS / whole:>9,.0f} leads/s   {per_lead}"
    yield f"  HTTP alone {LEADS / alone.seconds:>9,.0f} requests/s, the client at a bare server"
    yield f"  share of HTTP alone {alone.seconds / accepted.seconds:>7.0%}"


class _Posted:
    def __init__(self, started: float, seconds: float, times: list[float]) -> None:
        self.started = started
        self.seconds = seconds
        self.times = times


async def _post(port: int, path: str, key: str, bodies: list[bytes]) -> _Posted:
    started = time.perf_counter()
    times = await load.post_all(port, path, key, bodies, connections=CONNECTIONS)
    return _Posted(started, time.perf_counter() - started, times)


async def _delivered(port: int, wanted: int) -> float:
    """Return the moment at which the partner had them all."""
    deadline = time.perf_counter() + LONGEST_SECONDS
    while await load.counted(port) < wanted:
        if time.perf_counter() > deadline:
            raise TimeoutError("the partner did not get every lead in time")
        await asyncio.sleep(0.02)
    return time.perf_counter()


def _started(module: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start a module as a process and return once it says that it is ready."""
    environment = {**os.environ, "HEADGATE_ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8"}
    process = subprocess.Popen(  # noqa: S603 (our own modules)
        [sys.executable, "-m", module, *arguments], env=environment, stdout=subprocess.PIPE
    )
    output: IO[bytes] | None = process.stdout
    if output is None or not output.readline():
        raise RuntimeError(f"{module} did not start")
    return process


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ms(times: list[float], percent: int) -> str:
    if len(times) < 2:
        return "-"
    return f"{statistics.quantiles(times, n=100)[percent - 1] * 1000:.1f} ms"
