"""Finds rows that contradict each other, with one statement a check over the whole database."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection
from msgspec import Struct

from headgate.domain.ids import AccountId, AssignmentId
from headgate.storage import bulk, contradictions


class Breach(Struct, frozen=True):
    """One contradiction; `check` names the kind, `message` the rows."""

    check: str
    message: str


class LeadFacts(Struct, frozen=True):
    """What leads of one state have in common, as far as their state follows from it."""

    state: str
    erased: bool
    decided: bool
    waiting: bool
    has_open: bool
    has_delivered: bool
    has_unknown: bool
    has_any: bool


class Pair(Struct, frozen=True):
    """Two live deliveries of one lead, of which at least one is exclusive.

    `ambiguous` tells whether the first ever had an ambiguous attempt.
    """

    lead_id: str
    first_id: str
    second_id: str
    account_id: AccountId
    config_version: int
    assignment_id: AssignmentId
    exclusive: bool
    ambiguous: bool


def breaches() -> Iterator[Breach]:
    """Give every contradiction that SQL alone can tell."""
    for contradiction in contradictions.ALL:
        sql = contradiction.postgresql if bulk.on_postgresql() else contradiction.sqlite
        for row in _rows(sql):
            yield Breach(contradiction.name, contradiction.words.format(*row))


def lead_facts() -> list[LeadFacts]:
    """Return every combination of facts that some lead has."""
    columns = ", ".join(_FACT_COLUMNS)
    rows = _rows(f"SELECT DISTINCT {columns} FROM ({_FACTS}) AS facts")
    return [LeadFacts(state, *map(bool, flags)) for state, *flags in rows]


def leads_with(facts: LeadFacts) -> Iterator[str]:
    """Give the ids of the leads with exactly these facts."""
    where = " AND ".join(f"{column} = %s" for column in _FACT_COLUMNS)
    values = [facts.state, *(int(getattr(facts, name)) for name in _FACT_COLUMNS[1:])]
    for (id,) in _rows(f"SELECT id FROM ({_FACTS}) AS facts WHERE {where}", values):
        yield id


def exclusive_pairs() -> Iterator[Pair]:
    for row in _rows(_PAIRS):
        lead, first, second, account, version, assignment, exclusive, ambiguous = row
        yield Pair(
            lead, first, second, account, version, assignment, bool(exclusive), bool(ambiguous)
        )


def _rows(sql: str, values: list[Any] | None = None) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        # Without values, a percent sign means itself.
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(1000):
            for row in rows:
                yield tuple(map(_shown, row))


def _shown(value: Any) -> Any:
    """Write an id as people know it; SQLite stores it without hyphens."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str) and len(value) == 32:
        return str(UUID(value))
    return value


_FACT_COLUMNS = LeadFacts.__struct_fields__
_FACTS = """
SELECT l.id, l.state,
  CASE WHEN l.erased_at IS NULL THEN 0 ELSE 1 END AS erased,
  CASE WHEN LENGTH(l.rounds) > 2 THEN 1 ELSE 0 END AS decided,
  CASE WHEN l.look_at IS NULL THEN 0 ELSE 1 END AS waiting,
  COALESCE(has_open, 0) AS has_open, COALESCE(has_delivered, 0) AS has_delivered,
  COALESCE(has_unknown, 0) AS has_unknown, COALESCE(has_any, 0) AS has_any
FROM storage_lead l LEFT JOIN (
  SELECT lead_id, 1 AS has_any,
    MAX(CASE WHEN state IN ('pending', 'sending') THEN 1 ELSE 0 END) AS has_open,
    MAX(CASE WHEN state = 'delivered' THEN 1 ELSE 0 END) AS has_delivered,
    MAX(CASE WHEN state = 'unknown' THEN 1 ELSE 0 END) AS has_unknown
  FROM storage_delivery GROUP BY lead_id
) AS theirs ON theirs.lead_id = l.id
"""
_PAIRS = """
SELECT f.lead_id, f.id, s.id, f.account_id, f.config_version, f.assignment_id, f.exclusive,
  f.ambiguous OR f.state = 'unknown' OR EXISTS (
    SELECT 1 FROM storage_attempt a WHERE a.delivery_id = f.id AND a.outcome = 'ambiguous')
FROM storage_delivery f JOIN storage_delivery s ON s.lead_id = f.lead_id AND s.id > f.id
WHERE (f.exclusive OR s.exclusive)
  AND f.state IN ('pending', 'sending', 'delivered', 'unknown')
  AND s.state IN ('pending', 'sending', 'delivered', 'unknown')
"""
