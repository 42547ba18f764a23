"""What an account keeps for some days only: leads, duplicates, and what attempts said."""

from datetime import datetime, timedelta

import pytest
from small_world import AMBIGUOUS, CONFIGURATION, DELIVERED, SmallWorld

from headgate.domain.ids import LeadId
from headgate.services import identity, verification
from headgate.services.privacy import expiring
from headgate.services.privacy.expiring import Expiry, Gone
from headgate.services.routing import Leases
from headgate.storage import erasures, models

pytestmark = pytest.mark.usefixtures("database", "installation")


@pytest.fixture(autouse=True)
def ids_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have ids begin with the tests' own moment, not with one that an earlier test was at."""
    monkeypatch.setattr(identity, "_last", (0, 0))


def world_that_keeps(now: datetime, said: str) -> SmallWorld:
    return SmallWorld(now, CONFIGURATION + f"retention: {{{said}}}\n".encode())


def expire(expiry: Expiry, now: datetime, *, after_days: float) -> list[Gone]:
    return expiry.go_on(leases=Leases(0), now=now + timedelta(days=after_days))


def is_erased(lead_id: LeadId) -> bool:
    return models.Lead.objects.get(id=lead_id).erased_at is not None


class TestALead:
    def test_is_erased_when_its_days_are_over(self, now: datetime) -> None:
        world = world_that_keeps(now, "leads_days: 90")
        lead_id = world.post("Ann")
        world.answer(DELIVERED)

        early = expire(Expiry(), now, after_days=90)
        gone = expire(Expiry(), now, after_days=90.01)

        assert early == []
        assert [each.leads for each in gone] == [1]
        assert is_erased(lead_id)
        assert [lead for _, lead in erasures.list_since(now)] == [lead_id]

    def test_leaves_its_charge_and_count(self, now: datetime) -> None:
        world = world_that_keeps(now, "leads_days: 90")
        world.post("Ann")
        world.answer(DELIVERED)
        world.post("Bob")
        world.answer(AMBIGUOUS)

        expire(Expiry(), now, after_days=100)

        assert list(verification.verify()) == []
        assert models.LedgerEntry.objects.count() == 1
        assert models.Lead.objects.filter(accepted=True).count() == 2

    def test_stays_where_nothing_is_said(self, now: datetime) -> None:
        lead_id = SmallWorld(now).post("Ann")

        assert expire(Expiry(), now, after_days=4000) == []
        assert not is_erased(lead_id)

    def test_goes_in_parts(self, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(expiring, "LEADS_AT_ONCE", 2)
        world = world_that_keeps(now, "leads_days: 90")
        for name in ("Ann", "Bob", "Cid"):
            world.post(name)
        expiry = Expiry()

        parts = [expire(expiry, now, after_days=100) for _ in range(3)]

        assert [[each.leads for each in part] for part in parts] == [[2], [1], []]


class TestADuplicate:
    def test_goes_before_its_earlier_lead(self, now: datetime) -> None:
        world = world_that_keeps(now, "duplicates_days: 7")
        first, again = world.post("Ann"), world.post("Ann")

        gone = expire(Expiry(), now, after_days=8)

        assert [each.leads for each in gone] == [1]
        assert (is_erased(first), is_erased(again)) == (False, True)


class TestAttemptBodies:
    def test_go_and_their_outcomes_stay(self, now: datetime) -> None:
        world = world_that_keeps(now, "attempt_bodies_days: 30")
        world.post("Ann")
        world.answer(DELIVERED)
        models.Attempt.objects.update(request="asked", answer="said")
        expiry = Expiry()

        gone = [expire(expiry, now, after_days=31), expire(expiry, now, after_days=31)]

        assert [[each.attempt_bodies for each in part] for part in gone] == [[1], []]
        attempt = models.Attempt.objects.get()
        assert (attempt.request, attempt.answer, attempt.outcome) == (None, None, "delivered")

    def test_of_an_open_delivery_leave_what_it_has_to_send(self, now: datetime) -> None:
        world = world_that_keeps(now, "attempt_bodies_days: 30")
        world.post("Ann")
        models.Delivery.objects.update(body=b"bytes")

        expire(Expiry(), now, after_days=31)

        assert bytes(models.Delivery.objects.get().body or b"") == b"bytes"
