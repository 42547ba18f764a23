"""How many leads each profile and partner has got, today and this month."""

from datetime import datetime, timedelta

import pytest
from small_world import DELIVERED, REFUSED, SmallWorld

from headgate.services import delivered
from headgate.services.delivered import Delivered


@pytest.mark.usefixtures("database", "installation")
def test_counts_delivered_leads_from_the_beginnings(now: datetime) -> None:
    world = SmallWorld(now)
    for name, answers in {"Sold": [DELIVERED], "Refused": [REFUSED, REFUSED]}.items():
        world.post(name)
        world.answer(*answers)
    world.post("Test", test=True)
    world.answer(DELIVERED)
    later = now + timedelta(hours=1)

    counted, since_later = (
        delivered.find_delivered(
            account_id=world.account_id, by="profile_id", today=today, month=now, now=now
        )
        for today in (now, later)
    )

    assert list(counted.values()) == [Delivered(1, 1)]
    assert list(since_later.values()) == [Delivered(0, 1)]
