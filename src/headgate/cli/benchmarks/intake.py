"""Storing and routing leads, beside the same rows written by a bare SQL script.

Both commit 32 leads at a time. The ceiling writes rows that are ready to be written: it reads
no keys, cleans, decides and locks nothing.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from headgate import clock
from headgate.cli.benchmarks import workload
from headgate.domain.ids import LeadId
from headgate.services.identity import fresh_id
from headgate.services.intake import receive_leads
from headgate.services.people import api_keys
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.services.submissions import Submission

LEADS = 20_000
BATCH = 32
_TABLES = ("storage_lead", "storage_delivery")


def run() -> Iterator[str]:
    key = workload.set_up("http://127.0.0.1:9")
    now = clock.now()
    submissions = [
        Submission(
            id=LeadId(fresh_id(now)),
            caller=api_keys.digest_of(key),
            entity="lead",
            fields=fields,
            received_at=now,
            loose=True,
        )
        for fields in workload.leads(LEADS)
    ]
    rates, started, began = Rates(), time.perf_counter(), time.thread_time()
    for batch in _batches(submissions):
        receive_leads(submissions=batch, rates=rates, leases=Leases(0), now=clock.now())
    took, cpu = time.perf_counter() - started, time.thread_time() - began
    per_lead = f"{cpu / LEADS * 1e6:,.0f} µs of CPU a lead"
    yield f"  stored and routed  {LEADS / took:>9,.0f} leads/s   {per_lead}"
    bare = _bare_script()
    yield f"  bare SQL ceiling   {LEADS / bare:>9,.0f} leads/s"
    yield f"  share of the ceiling {bare / took:>7.0%}"


def _bare_script() -> float:
    """Write the rows that are in the database once more, into a new file, and time that."""
    connection.close()
    stored = Path(settings.DATABASES["default"]["NAME"])
    copy = stored.with_name("ceiling.sqlite3")
    source, target = sqlite3.connect(stored), sqlite3.connect(copy, isolation_level=None)
    target.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    ready: list[tuple[str, list[Any]]] = []
    for table in _TABLES:
        for (ddl,) in source.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", (table,)
        ):
            target.execute(ddl)
        rows = source.execute(f"SELECT * FROM {table}").fetchall()
        marks = ", ".join("?" * len(rows[0]))
        ready.append((f"INSERT INTO {table} VALUES ({marks})", rows))
    target.execute("CREATE TABLE counter (id INTEGER PRIMARY KEY, used INTEGER)")
    target.execute("INSERT INTO counter VALUES (1, 0)")
    started = time.perf_counter()
    for start in range(0, LEADS, BATCH):
        target.execute("BEGIN IMMEDIATE")
        for statement, rows in ready:
            target.executemany(statement, rows[start : start + BATCH])
        target.execute("UPDATE counter SET used = used + ?", (BATCH,))
        target.execute("COMMIT")
    return time.perf_counter() - started


def _batches(submissions: Sequence[Submission]) -> Iterator[Sequence[Submission]]:
    for start in range(0, len(submissions), BATCH):
        yield submissions[start : start + BATCH]
