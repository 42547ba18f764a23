"""What the database itself refuses, whoever asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from msgspec.structs import replace
from rows import NOW, Ground

from headgate.domain.ledger import Kind
from headgate.storage import caps, deliveries, leads, ledger, models
from headgate.storage.deliveries import Attempt

pytestmark = pytest.mark.usefixtures("database")


def refused(write: Callable[[], Any]) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


def charge(ground: Ground, delivery: deliveries.Delivery, kind: Kind) -> ledger.Entry:
    return ledger.Entry(
        id=ground.fresh(),
        account_id=ground.account_id,
        partner_id=delivery.partner_id,
        delivery_id=delivery.id,
        kind=kind,
        amount_minor=1000,
        currency="USD",
        at=NOW,
    )


class TestTheDatabaseRefuses:
    def test_a_second_delivery_to_the_same_partner(self) -> None:
        ground = Ground()
        first = ground.stored(state="rejected", holds_place=False)
        second = ground.delivery(ground.lead(id=first.lead_id))

        assert refused(lambda: deliveries.add([second]))

    def test_a_second_charge(self) -> None:
        ground = Ground()
        delivery = ground.stored(state="delivered")
        ledger.append([charge(ground, delivery, Kind.CHARGE)])

        assert refused(lambda: ledger.append([charge(ground, delivery, Kind.CHARGE)]))

    @pytest.mark.parametrize(
        "change",
        ["UPDATE storage_ledgerentry SET amount_minor = 1", "DELETE FROM storage_ledgerentry"],
    )
    def test_a_ledger_entry_that_changes_or_goes(self, change: str) -> None:
        ground = Ground()
        ledger.append([charge(ground, ground.stored(state="delivered"), Kind.CHARGE)])

        with connection.cursor() as cursor:
            assert refused(lambda: cursor.execute(change))

    def test_a_second_entry_of_the_same_reference(self) -> None:
        ground = Ground()
        entry = charge(ground, ground.stored(), Kind.TOP_UP)
        paid = [replace(entry, id=ground.fresh(), reference="payment 7") for _ in range(2)]

        assert refused(lambda: ledger.append(paid))

    @pytest.mark.parametrize("state", ["rejected", "failed", "cancelled"])
    def test_a_place_held_by_what_ended(self, state: str) -> None:
        delivery = Ground().stored()
        delivery.state = state

        assert refused(lambda: deliveries.save([delivery]))

    def test_less_than_nothing_used(self) -> None:
        ground = Ground()
        row = models.CapCounter.objects.create(
            account_id=ground.account_id,
            scope="partner",
            owner_id=1,
            per="day",
            unit="leads",
            window_start=NOW,
            used=0,
        )

        assert refused(lambda: caps.take([caps.Taking(row.pk, -1, 10)]))

    def test_a_price_below_nothing(self) -> None:
        delivery = Ground().stored()
        delivery.price_minor = -1

        assert refused(lambda: deliveries.save([delivery]))

    def test_an_attempt_of_the_same_number(self) -> None:
        delivery = Ground().stored()
        tried = Attempt(delivery.id, 1, NOW, "refused", 422, 5, None, None, None)
        deliveries.add_attempts([tried])

        assert refused(lambda: deliveries.add_attempts([tried]))

    def test_an_idempotency_key_bound_twice(self) -> None:
        ground = Ground()
        bound = {"idempotency_key": "k", "idempotency_digest": b"d"}
        leads.add([ground.lead(**bound)])

        assert refused(lambda: leads.add([ground.lead(**bound)]))

    def test_a_delivery_of_no_lead(self) -> None:
        ground = Ground()

        assert refused(lambda: deliveries.add([ground.delivery(ground.lead())]))


class TestTheDatabaseAllows:
    def test_credits_beside_the_charge(self) -> None:
        ground = Ground()
        delivery = ground.stored(state="delivered")
        kinds = list(Kind)

        assert not refused(lambda: ledger.append([charge(ground, delivery, k) for k in kinds]))

    def test_one_key_at_two_sources(self) -> None:
        ground = Ground()
        api = ground.ids.sources["solar", "api"]
        bound = {"idempotency_key": "k", "idempotency_digest": b"d"}

        assert not refused(
            lambda: leads.add([ground.lead(**bound), ground.lead(source_id=api, **bound)])
        )
