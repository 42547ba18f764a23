"""Deciding alone, without a database: how the cost grows with the number of assignments."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from headgate import clock
from headgate.domain.configuration.file import read_configuration
from headgate.domain.decision import Candidate, Situation, decide
from headgate.domain.identities import Identities
from headgate.domain.matching import Plan, compile_plan
from headgate.domain.strategies import Standing
from headgate.domain.verdicts import Because

LEADS = 2_000
SIZES = (10, 100, 1_000, 10_000)


def run() -> Iterator[str]:
    costs = {}
    for size in SIZES:
        plan, now = _plan(size), clock.now()
        leads = [_candidate(number, now) for number in range(max(20, LEADS * 100 // (size + 100)))]
        costs[size], record = _time(plan, leads, now)
        yield (
            f"  {size:>6,} assignments  {costs[size] * 1e6:>7,.0f} µs a lead"
            f"   record {record:>6,} bytes"
        )
    yield f"  from 10 to 10,000 assignments: {costs[10_000] / costs[10]:,.0f} times"


def _time(plan: Plan, candidates: list[Candidate], now: datetime) -> tuple[float, int]:
    entity = plan.entities["lead"]
    situation = Situation(
        used=[0] * len(plan.slots),
        resets_at=[None] * len(plan.slots),
        standings={line.id: Standing() for line in entity.lines},
    )
    encoded = b""
    started = time.perf_counter()
    for candidate in candidates:
        decision = decide(
            candidate,
            entity,
            situation,
            because=Because.RECEIVED,
            n=1,
            config_version=1,
            now=now,
        )
        encoded = msgspec.json.encode(decision.round)
    return (time.perf_counter() - started) / len(candidates), len(encoded)


def _candidate(number: int, now: datetime) -> Candidate:
    values: dict[str, Any] = {
        "zip": f"{number % 1000:05d}",
        "kind": "house" if number % 2 else "condo",
        "budget": 20_000 + number,
        "status": "new",
        "received_at": now.isoformat(),
        "source": "api",
    }
    return Candidate(values=values)


def _plan(size: int) -> Plan:
    configuration = read_configuration(_document(size), current=None).configuration
    slugs = [f"p{number}" for number in range(size)]
    identities: dict[str, Any] = {
        "entities": {"lead": 1},
        "sources": {("lead", "api"): 1},
        "partners": {slug: number for number, slug in enumerate(slugs)},
        "profiles": {"main": 1},
        "assignments": {("main", slug): number for number, slug in enumerate(slugs)},
    }
    return compile_plan(configuration, Identities(**identities), version=1)


def _document(size: int) -> dict[str, Any]:
    """Return a set-up in which about one assignment in a hundred matches a lead."""
    return {
        "version": 1,
        "account": {"slug": "bench", "name": "Bench", "timezone": "UTC", "currency": "USD"},
        "entities": [
            {
                "slug": "lead",
                "name": "Leads",
                "statuses": ["new", "rejected"],
                "fields": [
                    {"key": "zip", "type": "postcode"},
                    {"key": "kind", "type": "choice", "options": {"house": "H", "condo": "C"}},
                    {"key": "budget", "type": "number"},
                ],
            }
        ],
        "partners": [{"slug": f"p{n}", "name": f"P{n}"} for n in range(size)],
        "profiles": [
            {
                "slug": "main",
                "entity": "lead",
                "name": "Main",
                "enabled": True,
                "assignments": [_assignment(number) for number in range(size)],
            }
        ],
    }


def _assignment(number: int) -> dict[str, Any]:
    return {
        "partner": f"p{number}",
        "priority": number % 100,
        "caps": [{"per": "day", "leads": 1_000}],
        "delivery": {"channel": "inbox"},
        "rules": {
            "all": [
                {"field": "zip", "op": "starts_with", "value": f"{number % 100:05d}"[:5]},
                {"field": "status", "op": "not_equals", "value": "rejected"},
                {"field": "budget", "op": "between", "value": [10_000, 900_000]},
            ]
        },
    }
