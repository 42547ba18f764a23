"""What goes when its time is over, and what never does."""

from datetime import datetime, timedelta

import pytest
from small_world import CONFIGURATION, DELIVERED, SmallWorld

from headgate.services.privacy.retention import forget_what_is_over
from headgate.services.verification import verify
from headgate.storage import deliveries, leads
from headgate.storage.models import CapCounter

pytestmark = pytest.mark.usefixtures("database", "installation")


class TestATestLead:
    def test_goes_after_a_week_with_its_deliveries(self, now: datetime) -> None:
        world = SmallWorld(now)
        lead_id = world.post("Ann", test=True)
        world.answer(DELIVERED)

        gone = forget_what_is_over(now=now + timedelta(days=7, seconds=1))

        assert gone == 1
        assert leads.find_many([lead_id]) == {}
        assert deliveries.of_leads([lead_id]) == {lead_id: []}

    def test_stays_until_then(self, now: datetime) -> None:
        world = SmallWorld(now)
        lead_id = world.post("Ann", test=True)

        forget_what_is_over(now=now + timedelta(days=7))

        assert lead_id in leads.find_many([lead_id])


class TestATestLeadOfAnAccountWithDaysOfItsOwn:
    def test_stays_as_long_as_it_says(self, now: datetime) -> None:
        world = SmallWorld(now, CONFIGURATION + b"retention: {test_leads_days: 30}\n")
        lead_id = world.post("Ann", test=True)

        forget_what_is_over(now=now + timedelta(days=30))

        assert lead_id in leads.find_many([lead_id])


class TestARealLead:
    def test_stays(self, now: datetime) -> None:
        world = SmallWorld(now)
        lead_id = world.post("Ann")
        world.answer(DELIVERED)

        forget_what_is_over(now=now + timedelta(days=400))

        assert lead_id in leads.find_many([lead_id])


class TestACounter:
    def test_goes_long_after_its_window_and_everything_still_adds_up(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        world.answer(DELIVERED)

        forget_what_is_over(now=now + timedelta(days=100))

        assert {counter.per for counter in CapCounter.objects.all()} == {"total"}
        assert list(verify()) == []
