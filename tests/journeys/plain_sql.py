"""What the rows of a database say, read by plain SQL and by nothing of the product's."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import UUID

import psycopg


class Rows:
    """Asks the database at this address; every question has a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url

    def all(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self._ask(sql))

    def number(self, sql: str) -> int:
        return int(self.all(sql)[0][0] or 0)

    def pairs(self, sql: str) -> dict[Any, Any]:
        return {row[0]: row[1] for row in self._ask(sql)}

    def ids(self, sql: str) -> set[str]:
        return {as_id(row[0]) for row in self._ask(sql)}

    def _ask(self, sql: str) -> Iterator[tuple[Any, ...]]:
        if self._url.startswith("sqlite:"):
            with closing(sqlite3.connect(self._url.removeprefix("sqlite:///"))) as connection:
                yield from connection.execute(sql).fetchall()
        else:
            with psycopg.connect(self._url) as connection:
                yield from connection.execute(sql).fetchall()


def as_id(value: UUID | str) -> str:
    """Return an id as the API writes it; SQLite stores it without hyphens."""
    return str(UUID(str(value)))
