"""Reads the whole database as it is at one moment, holding nobody up."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from headgate.storage import bulk


@contextmanager
def snapshot() -> Iterator[None]:
    """Have every query inside see the same moment; nothing may be written."""
    if bulk.on_postgresql():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    # `atomic` would take the one writer's place, and keep it until the end.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
