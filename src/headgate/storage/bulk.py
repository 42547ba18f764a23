"""Many rows in one statement: raw SQL for the two hot paths, built from the models' columns.

Building a query in the ORM takes longer than most of these queries take, and intake makes
several for every batch.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from headgate.storage.array_literals import literal


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def insert(model: type[Model], rows: Sequence[object]) -> None:
    """Insert `rows`, values whose attributes are named like the model's columns."""
    if rows:
        _write(_insert_statement(model, connection.vendor), rows)


def insert_new(model: type[Model], rows: Sequence[object]) -> int:
    """Insert those of the `rows` that no unique constraint forbids; return how many they were."""
    if not rows:
        return 0
    return _write(_insert_statement(model, connection.vendor, " ON CONFLICT DO NOTHING"), rows)


def update(model: type[Model], rows: Sequence[object], columns: tuple[str, ...]) -> None:
    """Write the named columns of each row over those of the stored row with the same id."""
    if rows:
        _write(_update_statement(model, columns, connection.vendor), rows)


def select(
    model: type[Model],
    columns: tuple[str, ...],
    condition: str,
    parameters: Sequence[object] = (),
    *,
    among: Collection[object] | None = None,
    order: str = "id",
    limit: int | None = None,
    lock: bool = False,
) -> list[tuple[Any, ...]]:
    """Return the named columns of the rows that meet an SQL condition.

    A condition on `among` is written as `{among}`, as in `id {among}`. A `lock` is kept until
    the transaction ends; SQLite's transactions are alone anyway.
    """
    vendor = connection.vendor
    columns_sql, converters = _selection(model, columns, vendor)
    given: list[Any] = [parameter(each, vendor) for each in parameters]
    if among is not None:
        values = [parameter(each, vendor) for each in among]
        marks = "= ANY(%s)" if vendor == "postgresql" else f"IN ({', '.join(['%s'] * len(values))})"
        condition = condition.format(among=marks)
        given += [values] if vendor == "postgresql" else values
    sql = f"SELECT {columns_sql} FROM {model._meta.db_table} WHERE {condition} ORDER BY {order}"
    if limit is not None:
        sql += f" LIMIT {limit:d}"
    if lock and vendor == "postgresql":
        sql += " FOR UPDATE"
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [_converted(row, converters) for row in rows] if converters else rows


def _converted(
    row: tuple[Any, ...], converters: Sequence[tuple[int, Callable[[Any], Any]]]
) -> tuple[Any, ...]:
    values = list(row)
    for position, convert in converters:
        if values[position] is not None:
            values[position] = convert(values[position])
    return tuple(values)


class _Statement:
    """One SQL text and how the values of a row become its parameters."""

    def __init__(self, sql: str, fields: Sequence[Any], vendor: str) -> None:
        self.sql = sql
        self.values_of = attrgetter(*(field.attname for field in fields))
        self.kinds = [_stored_field(field).get_internal_type() for field in fields]
        as_stored = [None] * len(fields) if vendor == "postgresql" else map(_for_sqlite, fields)
        self.converters: list[tuple[int, Callable[[Any], Any]]] = [
            (position, convert) for position, convert in enumerate(as_stored) if convert
        ]


def _write(statement: _Statement, rows: Sequence[object]) -> int:
    """Return how many rows were written."""
    with connection.cursor() as cursor:
        if on_postgresql():
            columns = zip(*map(statement.values_of, rows), strict=True)
            cursor.execute(statement.sql, list(map(literal, columns, statement.kinds)))
            return int(cursor.rowcount)
        converted = []
        for row in rows:
            values = list(statement.values_of(row))
            for position, convert in statement.converters:
                if values[position] is not None:
                    values[position] = convert(values[position])
            converted.append(values)
        cursor.executemany(statement.sql, converted)
        return int(cursor.rowcount)


def _for_sqlite(field: Any) -> Callable[[Any], Any] | None:
    """Return how Django's SQLite backend stores a value of this field, where it differs."""
    match _stored_field(field).get_internal_type():
        case "UUIDField":
            return _hex
        case "DateTimeField":
            return _naive_utc
    return None


def _hex(value: UUID) -> str:
    return value.hex


@lru_cache(maxsize=256)  # most moments of a batch are one and the same
def _naive_utc(value: datetime) -> str:
    return str(value.replace(tzinfo=None))


def _from_sqlite(field: Any) -> Callable[[Any], Any] | None:
    match _stored_field(field).get_internal_type():
        case "UUIDField":
            return UUID
        case "DateTimeField":
            return _aware_utc
    return None


def _stored_field(field: Any) -> Any:
    """Return the field whose type the column has: a relation's column has its target's."""
    return field.target_field if field.is_relation else field


def _from_postgresql(field: Any) -> Callable[[Any], Any] | None:
    return bytes if field.get_internal_type() == "BinaryField" else None


def _aware_utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC)


def parameter(value: object, vendor: str = "") -> Any:
    """Return a value as raw SQL takes it, on the connected database unless another is named."""
    if (vendor or connection.vendor) != "postgresql":
        if isinstance(value, UUID):
            return value.hex
        if isinstance(value, datetime):
            return _naive_utc(value)
    return value


@cache
def _selection(
    model: type[Model], columns: tuple[str, ...], vendor: str
) -> tuple[str, tuple[tuple[int, Callable[[Any], Any]], ...]]:
    by_attname: dict[str, Any] = {f.attname: f for f in model._meta.concrete_fields}
    fields = [by_attname[column] for column in columns]
    as_read = map(_from_postgresql if vendor == "postgresql" else _from_sqlite, fields)
    converters = [(position, convert) for position, convert in enumerate(as_read) if convert]
    return ", ".join(field.column for field in fields), tuple(converters)


@cache
def _insert_statement(model: type[Model], vendor: str, at_conflict: str = "") -> _Statement:
    fields: list[Any] = [
        f for f in model._meta.concrete_fields if f.get_internal_type() != "BigAutoField"
    ]
    table, names = model._meta.db_table, ", ".join(f.column for f in fields)
    if vendor == "postgresql":
        sql = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({_arrays(fields)})"
    else:
        sql = f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(fields))})"
    return _Statement(sql + at_conflict, fields, vendor)


@cache
def _update_statement(model: type[Model], columns: tuple[str, ...], vendor: str) -> _Statement:
    table = model._meta.db_table
    fields: list[Any] = [model._meta.get_field(column) for column in (*columns, "id")]
    names = [field.column for field in fields[:-1]]
    if vendor == "postgresql":
        written = ", ".join(f"{name} = new.{name}" for name in names)
        aliases = ", ".join([*names, "id"])
        source = f"unnest({_arrays(fields)}) AS new({aliases})"
        sql = f"UPDATE {table} SET {written} FROM {source} WHERE {table}.id = new.id"
    else:
        written = ", ".join(f"{name} = %s" for name in names)
        sql = f"UPDATE {table} SET {written} WHERE id = %s"
    return _Statement(sql, fields, vendor)


def _arrays(fields: Sequence[Any]) -> str:
    return ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
