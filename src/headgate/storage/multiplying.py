"""An account's only day copied into the days before it, for benchmarks that need many rows."""

from datetime import datetime, timedelta
from functools import lru_cache

from django.db import connection, transaction

from headgate.domain.ids import AccountId
from headgate.storage import bulk

DAYS = 90
BESIDE = timedelta(seconds=17)  # between two copies of one day

_OF_ACCOUNT = "account_id = %s"
_OF_DELIVERIES = "delivery_id IN (SELECT id FROM storage_delivery WHERE account_id = %s)"
_OF_LEADS = "lead_id IN (SELECT id FROM storage_lead WHERE account_id = %s)"
_IDS = {"id", "duplicate_of", "lead_id", "delivery_id"}
_MOMENTS = {
    *("received_at", "placed_at", "created_at", "give_up_at", "first_attempt_at", "ended_at"),
    *("at", "start"),
}
# A table, which of its rows are the account's, and whether the database numbers them.
_TABLES = (
    ("storage_lead", _OF_ACCOUNT, False),
    ("storage_matchkey", _OF_LEADS, True),
    ("storage_delivery", _OF_ACCOUNT, False),
    ("storage_attempt", _OF_DELIVERIES, True),
    ("storage_ledgerentry", _OF_ACCOUNT, False),
)
_TALLIES = ("storage_leadtally", "storage_deliverytally")
_MILLISECOND = timedelta(milliseconds=1)
_SHIFTED = """
CREATE FUNCTION pg_temp.shifted(id uuid, ms bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex(('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint
    - ms), 12, '0') || right(replace(id::text, '-', ''), 20))::uuid $$;
CREATE FUNCTION pg_temp.moved(at timestamptz, ms bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE
  AS $$ SELECT at - ms * interval '1 millisecond' $$;
"""


def multiply(account_id: AccountId, times: int) -> None:
    """Copy an account's only day so many times, evenly over `DAYS`, with its tallies.

    Ids go with the moments that they begin with, so that the copies refer to each other. Newer
    rows are written after older ones, as they would have been.
    """
    _teach()
    copies = [_copy(*table, account_id) for table in _TABLES]
    tallies = [_tally(table, account_id) for table in _TALLIES]
    for day in reversed(range(DAYS)):
        count = times * (day + 1) // DAYS - times * day // DAYS
        with transaction.atomic(), connection.cursor() as cursor:
            for number in reversed(range(count)):
                if shift := timedelta(days=day) + BESIDE * number:
                    for statement in copies:
                        cursor.execute(statement, {"ms": shift // _MILLISECOND})
            for statement in tallies:
                cursor.execute(
                    statement, {"ms": timedelta(days=day) // _MILLISECOND, "count": count}
                )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(table: str, whose: str, numbered: bool, account_id: AccountId) -> str:
    """Set a table's rows apart; return the statement that inserts them once more."""
    columns = [name for name in _apart(table, whose, account_id) if not (numbered and name == "id")]
    copied = ", ".join(map(_copied, columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {copied} FROM only_{table}"


def _tally(table: str, account_id: AccountId) -> str:
    """Take a table's rows away; return the statement that inserts them, so many times as much."""
    columns = _apart(table, _OF_ACCOUNT, account_id)[1:]
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {_OF_ACCOUNT}", [account_id])
    copied = ", ".join(
        _copied(name) if name == "start" or name.endswith("_id") else f"{name} * %(count)s"
        for name in columns
    )
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {copied} FROM only_{table}"


def _apart(table: str, whose: str, account_id: AccountId) -> list[str]:
    """Keep an account's rows in a table beside, and return the names of its columns."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE only_{table} AS SELECT * FROM {table} WHERE {whose}", [account_id]
        )
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        return [column[0] for column in cursor.description]


def _copied(column: str) -> str:
    temporary = "pg_temp." if bulk.on_postgresql() else ""
    if column in _IDS:
        return f"{temporary}shifted({column}, %(ms)s)"
    if column in _MOMENTS:
        return f"{temporary}moved({column}, %(ms)s)"
    return column


def _teach() -> None:
    """Teach the database to move an id and a moment into the past."""
    connection.ensure_connection()
    if bulk.on_postgresql():
        with connection.cursor() as cursor:
            cursor.execute(_SHIFTED)
        return
    raw = connection.connection
    raw.create_function("shifted", 2, _shifted, deterministic=True)
    raw.create_function("moved", 2, _moved, deterministic=True)


def _shifted(id: str | None, ms: int) -> str | None:
    return None if id is None else f"{int(id[:12], 16) - ms:012x}{id[12:]}"


@lru_cache(maxsize=1024)
def _moved(at: str | None, ms: int) -> str | None:
    return None if at is None else str(datetime.fromisoformat(at) - timedelta(milliseconds=ms))
