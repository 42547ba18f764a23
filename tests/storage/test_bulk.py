"""Raw statements write and read the same rows as the ORM would."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import Model
from rows import NOW, Ground

from headgate.domain.ids import ImportId, LeadId, UserId
from headgate.domain.ledger import Kind
from headgate.storage import bulk, ledger, match_keys, models
from headgate.storage.deliveries import Attempt

pytestmark = pytest.mark.usefixtures("database")

AWKWARD = "Ñandú 🌞 \"quoted\" {braces}, \\back\\slash 'single' NULL\n\ttabbed"
MOMENTS = [
    NOW,
    NOW + timedelta(microseconds=1),
    NOW.replace(microsecond=120_000),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
]


def full_lead(ground: Ground) -> Any:
    return ground.lead(
        fields=AWKWARD,
        sealed=b"\x00\xff'\\\"{}",
        extra="",
        consent="NULL",
        note="null",
        external_id="{}",
        duplicate_of=LeadId(ground.fresh()),
        reason="source_cap",
        idempotency_key=AWKWARD,
        idempotency_digest=b"",
        history="[]",
        waiting_since=MOMENTS[1],
        look_at=MOMENTS[2],
        wait_until=MOMENTS[4],
        redirect_url="https://a.example/?q='\"",
        erased_at=MOMENTS[3],
        import_id=ImportId(2**62),
        import_row=1,
        assignee_id=UserId(2**62),
    )


def full_delivery(ground: Ground) -> Any:
    return ground.delivery(
        ground.lead(),
        price_minor=2**62,
        price_ignored=True,
        due_at=None,
        first_attempt_at=MOMENTS[1],
        body=bytes(range(256)),
        body_sealed=True,
        error=AWKWARD,
        ended_at=MOMENTS[2],
        places="[[1,2,3,4,true]]",
    )


def attempt(ground: Ground) -> Any:
    delivery = ground.stored()
    return Attempt(delivery.id, 1, NOW, "delivered", None, 0, "", AWKWARD, None)


def entry(ground: Ground) -> Any:
    delivery = ground.stored()
    return ledger.Entry(
        id=ground.fresh(),
        account_id=ground.account_id,
        partner_id=delivery.partner_id,
        delivery_id=delivery.id,
        kind=Kind.CHARGE,
        amount_minor=-5,
        currency="USD",
        at=NOW,
    )


def match_key(ground: Ground) -> Any:
    delivery = ground.stored()
    entity_id = ground.ids.entities["solar"]
    return match_keys.MatchKey(entity_id, bytes(range(16)), delivery.lead_id, NOW)


HOT: list[tuple[type[Model], Callable[[Ground], Any]]] = [
    (models.Lead, lambda ground: ground.lead()),
    (models.Lead, full_lead),
    (models.Delivery, full_delivery),
    (models.Attempt, attempt),
    (models.LedgerEntry, entry),
    (models.MatchKey, match_key),
]


def raw_rows(model: type[Model]) -> list[tuple[Any, ...]]:
    """Return the rows as the driver reads them, without the numbers the database gives."""
    columns = ", ".join(
        str(field.column)
        for field in model._meta.concrete_fields
        if field.get_internal_type() != "BigAutoField"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {model._meta.db_table}")
        return [
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
            for row in cursor.fetchall()
        ]


class TestInsert:
    @pytest.mark.parametrize(("model", "make"), HOT)
    def test_writes_the_row_that_the_orm_would(
        self, model: type[Model], make: Callable[[Ground], Any]
    ) -> None:
        row = make(Ground())
        given = {name: getattr(row, name) for name in row.__struct_fields__}
        if model is models.Delivery:
            models.Lead.objects.bulk_create(
                [models.Lead(**_values(Ground("other").lead(id=row.lead_id)))]
            )
        with transaction.atomic():
            model._default_manager.create(**given)
            by_the_orm = raw_rows(model)
            transaction.set_rollback(True)  # a ledger's rows cannot be deleted

        bulk.insert(model, [row])

        assert raw_rows(model) == by_the_orm

    def test_writes_many_rows(self) -> None:
        ground = Ground()
        rows = [ground.lead(note=None if n % 2 else str(n)) for n in range(300)]

        bulk.insert(models.Lead, rows)

        stored = dict(models.Lead.objects.values_list("id", "note"))
        assert stored == {row.id: row.note for row in rows}

    def test_writes_nothing_of_nothing(self) -> None:
        bulk.insert(models.Lead, [])

        assert models.Lead.objects.count() == 0


def _values(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__struct_fields__}


class TestUpdate:
    def test_writes_the_named_columns_only(self) -> None:
        ground = Ground()
        row = ground.lead(note="before")
        bulk.insert(models.Lead, [row])
        changed = full_lead(ground)
        changed.id = row.id

        bulk.update(models.Lead, [changed], ("fields", "sealed", "look_at", "wait_until"))

        stored = models.Lead.objects.get(id=row.id)
        assert (stored.fields, bytes(stored.sealed or b"")) == (changed.fields, changed.sealed)
        assert (stored.look_at, stored.wait_until) == (changed.look_at, changed.wait_until)
        assert (stored.note, stored.reason) == ("before", None)

    def test_writes_absent_values(self) -> None:
        row = full_lead(Ground())
        bulk.insert(models.Lead, [row])
        row.sealed, row.look_at, row.reason = None, None, None

        bulk.update(models.Lead, [row], ("sealed", "look_at", "reason"))

        stored = models.Lead.objects.values_list("sealed", "look_at", "reason").get()
        assert stored == (None, None, None)


class TestSelect:
    @pytest.mark.parametrize("moment", MOMENTS)
    def test_reads_moments_back_aware(self, moment: datetime) -> None:
        row = Ground().lead(received_at=moment)
        bulk.insert(models.Lead, [row])

        ((read,),) = bulk.select(models.Lead, ("received_at",), "received_at = %s", (moment,))

        assert (read, read.tzinfo) == (moment, UTC)

    def test_reads_every_value_back(self) -> None:
        row = full_lead(Ground())
        bulk.insert(models.Lead, [row])

        (read,) = bulk.select(models.Lead, row.__struct_fields__, "id {among}", among=[row.id])

        assert read == tuple(_values(row).values())
        kinds = [datetime, datetime, str, datetime, int, int, int]
        assert [type(value) for value in read[-7:]] == kinds

    def test_reads_booleans_as_such(self) -> None:
        bulk.insert(models.Lead, [Ground().lead(test=True, accepted=False)])

        (read,) = bulk.select(models.Lead, ("test", "accepted"), "1 = 1")

        assert (read[0] is True, read[1] is False) == (True, True)

    def test_reads_ids_as_ids(self) -> None:
        delivery = Ground().stored()

        (read,) = bulk.select(models.Delivery, ("id", "lead_id"), "lead_id {among}",
                              among=[delivery.lead_id])  # fmt: skip

        assert read == (delivery.id, delivery.lead_id)
        assert all(isinstance(each, UUID) for each in read)

    def test_orders_and_limits(self) -> None:
        ground = Ground()
        rows = [ground.lead(note=str(n)) for n in range(5)]
        bulk.insert(models.Lead, rows)

        read = bulk.select(models.Lead, ("note",), "1 = 1", order="note DESC", limit=2)

        assert read == [("4",), ("3",)]

    def test_finds_nothing_among_nothing(self) -> None:
        bulk.insert(models.Lead, [Ground().lead()])

        assert bulk.select(models.Lead, ("id",), "id {among}", among=[]) == []
