"""Whole copies of a PostgreSQL database in one zip file, a member a table in COPY's text form.

Nothing but the database connection is needed for it, so that a backup does not depend on which
version of `pg_dump` is at hand.
"""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from django.db import DatabaseError, connection, transaction
from msgspec import Struct

from headgate import __version__
from headgate.storage import schema
from headgate.storage.copies import BadCopy, written_whole
from headgate.storage.snapshots import snapshot

_MANIFEST = "headgate.json"
_FORMAT = 1
_PIECE = 1 << 20


class Manifest(Struct, frozen=True):
    """What a copy holds: the columns of each table, and which migrations it is of."""

    format: int
    headgate: str
    migrations: list[schema.Migration]
    tables: dict[str, list[str]]


def write(target: Path) -> None:
    """Copy the database, as it is at one moment, to one file, and check the copy.

    :raises BadCopy: the file is not there, or is still the one it was before.
    """
    with _failures_told(), written_whole(target) as partial:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
            with snapshot():
                manifest = Manifest(_FORMAT, __version__, schema.applied(), _columns())
                for table, columns in manifest.tables.items():
                    _write_table(copy, table, columns)
            copy.writestr(_MANIFEST, msgspec.json.encode(manifest))
        _check(partial)


def read_manifest(source: Path) -> Manifest:
    """:raises BadCopy:"""
    try:
        with zipfile.ZipFile(source) as copy:
            manifest = msgspec.json.decode(copy.read(_MANIFEST), type=Manifest)
    except (OSError, zipfile.BadZipFile, KeyError, msgspec.MsgspecError) as error:
        raise BadCopy(f"{source} is no backup of a PostgreSQL database: {error}") from error
    if manifest.format != _FORMAT:
        raise BadCopy(f"{source} is written in format {manifest.format}; this reads {_FORMAT}")
    return manifest


def replace_by(source: Path) -> None:
    """Put the copy in the place of all tables, in the transaction of the caller.

    :raises BadCopy, UnknownMigrations:
    """
    manifest = read_manifest(source)
    _check(source)
    with _failures_told(), transaction.atomic():
        _drop_everything()
        schema.migrate_to(set(manifest.migrations))
        with connection.cursor() as cursor, zipfile.ZipFile(source) as copy:
            # Migrations write rows of their own, which the copy has too.
            cursor.execute(f"TRUNCATE {', '.join(map(_name, manifest.tables))}")
            # Some migrations leave checks immediate, but the tables come in no order of theirs.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table, columns in manifest.tables.items():
                _read_table(cursor, copy, table, columns)
            # Later migrations may not alter a table while checks of its rows are outstanding.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            _set_sequences(cursor)


@contextmanager
def _failures_told() -> Iterator[None]:
    """Turn what the database or the archive says into `BadCopy`."""
    try:
        with connection.wrap_database_errors:
            yield
    except (DatabaseError, zipfile.BadZipFile, KeyError) as error:
        raise BadCopy(f"the copy failed: {error}") from error


def _columns() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
        return {
            table: [
                column.name
                for column in connection.introspection.get_table_description(cursor, table)
            ]
            for table in tables
        }


def _write_table(copy: zipfile.ZipFile, table: str, columns: list[str]) -> None:
    with (
        connection.cursor() as cursor,
        copy.open(f"{table}.copy", "w", force_zip64=True) as member,
        cursor.copy(f"COPY {_with_columns(table, columns)} TO STDOUT") as rows,
    ):
        for piece in rows:
            member.write(piece)


def _read_table(cursor: Any, copy: zipfile.ZipFile, table: str, columns: list[str]) -> None:
    with (
        copy.open(f"{table}.copy") as member,
        cursor.copy(f"COPY {_with_columns(table, columns)} FROM STDIN") as rows,
    ):
        shutil.copyfileobj(member, rows, _PIECE)


def _check(source: Path) -> None:
    with zipfile.ZipFile(source) as copy:
        damaged = copy.testzip()
    if damaged is not None:
        raise BadCopy(f"{source} is damaged at {damaged}")


def _drop_everything() -> None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        if tables:
            cursor.execute(f"DROP TABLE {', '.join(map(_name, tables))} CASCADE")


def _set_sequences(cursor: Any) -> None:
    """Have new rows numbered after those of the copy."""
    tables = set(connection.introspection.table_names(cursor))
    for table in sorted(tables):
        for sequence in connection.introspection.get_sequences(cursor, table):
            column = _name(sequence["column"])
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s),"
                f" COALESCE(MAX({column}), 1), MAX({column}) IS NOT NULL) FROM {_name(table)}",
                [_name(table), sequence["column"]],
            )


def _with_columns(table: str, columns: list[str]) -> str:
    return f"{_name(table)} ({', '.join(map(_name, columns))})"


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
