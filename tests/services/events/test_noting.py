"""What happened is noted once for each webhook that wants it, and never who it happened to."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from event_world import AFFILIATE, WAREHOUSE, telling_world, told, types
from small_world import AMBIGUOUS, CONFIGURATION, DELIVERED, REFUSED, SmallWorld

from headgate.domain.ids import LeadId
from headgate.services import returning, waiting
from headgate.services.events import noting
from headgate.services.privacy import erasing
from headgate.services.routing import Leases
from headgate.storage import deliveries

pytestmark = pytest.mark.usefixtures("database", "installation")

SECRET_WORD = "Zebra"
WAITS = CONFIGURATION.replace(b"leads: 50}]", b"leads: 0}], at_cap: wait").replace(
    b"      - {partner: second, priority: 1}\n", b""
)


def delivery_of(lead_id: LeadId) -> deliveries.Delivery:
    return deliveries.of_leads([lead_id])[lead_id][0]


def erase(world: SmallWorld, lead_id: LeadId) -> None:
    erasing.erase_lead(
        account_id=world.account_id, lead_id=lead_id, leases=Leases(0), by="ann", now=world.now
    )


def give_back(world: SmallWorld, lead_id: LeadId, reason: str) -> None:
    returning.return_delivery(
        account_id=world.account_id,
        delivery_id=delivery_of(lead_id).id,
        reason=reason,
        by="ann@acme.example",
        now=world.now,
    )


class TestALead:
    @pytest.mark.parametrize(
        ("kind", "answers", "expected"),
        [
            ("house", [], ["lead.received"]),
            ("nobody", [], ["lead.received", "lead.unmatched"]),
            ("house", [DELIVERED], ["lead.received", "delivery.delivered", "lead.delivered"]),
            (
                "house",
                [REFUSED, DELIVERED],
                ["lead.received", "delivery.refused", "delivery.delivered", "lead.delivered"],
            ),
            (
                "house",
                [REFUSED, REFUSED],
                ["lead.received", "delivery.refused", "delivery.refused", "lead.undelivered"],
            ),
            ("house", [AMBIGUOUS], ["lead.received", "delivery.unknown"]),
        ],
    )
    def test_is_told_from_its_arrival_to_its_end(
        self, now: datetime, kind: str, answers: list[object], expected: list[str]
    ) -> None:
        world = telling_world(now, WAREHOUSE)

        world.post("Ann", kind=kind)
        world.answer(*answers)  # type: ignore[arg-type]

        assert types(world) == expected

    def test_that_is_a_test_is_not_told_of(self, now: datetime) -> None:
        world = telling_world(now, WAREHOUSE)

        world.post("Ann", test=True)
        world.answer(DELIVERED)

        assert types(world) == []

    def test_that_waited_in_vain_is_told_of_as_unmatched(self, now: datetime) -> None:
        world = SmallWorld(now, WAITS + f"webhooks:{WAREHOUSE}".encode())
        world.post("Ann")

        waiting.revisit_waiting_leads(
            account_id=world.account_id, leases=Leases(0), now=now + timedelta(hours=5)
        )

        assert types(world) == ["lead.received", "lead.unmatched"]

    def test_that_comes_back_is_told_of_once_with_a_listed_reason(self, now: datetime) -> None:
        world = telling_world(now, WAREHOUSE, more="returns: {reasons: [Bad number]}")
        lead_id = world.post("Ann")
        world.answer(DELIVERED)

        give_back(world, lead_id, "Bad number")

        *_, last = told(world)
        assert (last["type"], last["data"]["reason"]) == ("lead.returned", "Bad number")
        assert last["data"]["lead"]["state"] == "undelivered"

    def test_tells_no_reason_in_own_words(self, now: datetime) -> None:
        world = telling_world(now, WAREHOUSE)
        lead_id = world.post("Ann")
        world.answer(DELIVERED)

        give_back(world, lead_id, f"{SECRET_WORD} hung up")

        assert told(world)[-1]["data"]["reason"] is None


class TestADisposition:
    def test_is_told_with_its_value_to_staff_alone(self, now: datetime) -> None:
        world = telling_world(now, WAREHOUSE, AFFILIATE)
        lead_id = world.post("Ann")
        world.answer(DELIVERED)

        noting.note_disposition(
            account_id=world.account_id,
            delivery=delivery_of(lead_id),
            disposition="sold",
            value="900.00",
            now=now,
        )

        to_staff, to_source = told(world)[-1]["data"], told(world, "affiliate")[-1]["data"]
        assert (to_staff["disposition"], to_staff["value"]) == ("sold", "900.00")
        assert set(to_source) == {"lead", "disposition"}


class TestASource:
    def test_learns_nothing_of_partners_or_prices(self, now: datetime) -> None:
        world = telling_world(now, AFFILIATE)

        world.post("Ann", external_id="click-1")
        world.answer(REFUSED, DELIVERED)

        received, delivered = told(world, "affiliate")
        assert set(delivered["data"]) == {"lead"}
        assert received["data"]["lead"]["external_id"] == "click-1"
        for hidden in ("first", "second", "exclusive", "10.00"):
            assert hidden not in str((received, delivered))


class TestAPersonsData:
    def test_arrives_in_no_event(self, now: datetime) -> None:
        world = telling_world(now, WAREHOUSE, AFFILIATE)
        lead_id = world.post(
            f"{SECRET_WORD} name",
            note=f"{SECRET_WORD} note",
            consent={"page": f"{SECRET_WORD} consent"},
            idempotency_key=f"{SECRET_WORD} key",
            body_digest=b"one",
        )
        world.answer(DELIVERED)
        give_back(world, lead_id, f"{SECRET_WORD} reason")

        with connection.cursor() as cursor:
            cursor.execute("SELECT body FROM storage_event")
            bodies = [row[0] for row in cursor.fetchall()]

        assert len(bodies) > 4
        assert not any(SECRET_WORD in body for body in bodies)

    def test_goes_with_the_reference_when_the_lead_is_erased(self, now: datetime) -> None:
        world = telling_world(now, WAREHOUSE)
        lead_id = world.post("Ann", external_id=SECRET_WORD)
        world.answer(DELIVERED)

        erase(world, lead_id)

        (erased,) = told(world)
        assert (erased["type"], erased["data"]["lead"]["id"]) == ("lead.erased", str(lead_id))
        assert SECRET_WORD not in str(erased)


class TestWithoutWebhooks:
    def test_nothing_is_written(self, now: datetime) -> None:
        world = telling_world(now)

        world.post("Ann")
        world.answer(DELIVERED)

        assert types(world) == []

    def test_one_that_is_disabled_is_told_of_nothing(self, now: datetime) -> None:
        world = telling_world(now, WAREHOUSE.replace("}\n", ", enabled: false}\n"))

        world.post("Ann")

        assert types(world) == []
