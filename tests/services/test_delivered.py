"""How many leads each profile delivered, today and this month."""

from datetime import datetime, timedelta

import pytest
from small_world import DELIVERED, REFUSED, SmallWorld

from headgate.storage import delivered
from headgate.storage.delivered import Delivered


@pytest.mark.usefixtures("database", "installation")
def test_counts_delivered_leads_from_the_beginnings(now: datetime) -> None:
    world = SmallWorld(now)
    for name, answers in {"Sold": [DELIVERED], "Refused": [REFUSED, REFUSED]}.items():
        world.post(name)
        world.answer(*answers)
    world.post("Test", test=True)
    world.answer(DELIVERED)
    later = now + timedelta(minutes=5)

    counted = delivered.by_profile(world.account_id, today=now, month=now)
    since_later = delivered.by_profile(world.account_id, today=later, month=now)

    assert list(counted.values()) == [Delivered(1, 1)]
    assert list(since_later.values()) == [Delivered(0, 1)]
