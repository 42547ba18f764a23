"""API keys are shown once and found by their digest; rates are buckets that refill."""

from datetime import datetime, timedelta

import pytest
from small_world import CONFIGURATION, SmallWorld

from headgate.domain.ids import KeyId, SourceId
from headgate.services.identity import fresh_id
from headgate.services.people import api_keys
from headgate.services.people.api_keys import KeyNotFound, SourceNeeded, SourceNotFound
from headgate.services.rates import Rates
from headgate.storage import keys, models
from headgate.storage.keys import KeyScope

SOURCE = SourceId(1)


def made(world: SmallWorld, scope: KeyScope, source: str | None, entity: str | None = None) -> str:
    return api_keys.create_key(
        account_id=world.account_id,
        scope=scope,
        source=source,
        entity=entity,
        name="n",
        now=world.now,
    )


@pytest.mark.usefixtures("database", "installation")
class TestAKey:
    def test_is_found_by_its_digest_alone(self, now: datetime) -> None:
        world = SmallWorld(now)
        key = made(world, KeyScope.ADMIN, None)

        digest = api_keys.digest_of(key)

        assert keys.find([digest, "0" * 64])[digest].scope is KeyScope.ADMIN
        assert key not in str(list(models.ApiKey.objects.values()))

    def test_remembers_to_the_hour_when_it_was_used(self, now: datetime) -> None:
        world = SmallWorld(now)

        world.post("Ann")
        world.now = now + timedelta(minutes=30)
        world.post("Bob")

        [key] = keys.list_all(world.account_id)
        assert key.last_used_at == now

    def test_can_be_told_from_a_mistyped_one(self, now: datetime) -> None:
        key = made(SmallWorld(now), KeyScope.READ, None)
        swapped = key[:10] + key[11] + key[10] + key[12:]

        assert api_keys.looks_right(key)
        assert not api_keys.looks_right(key[:-1])
        assert swapped == key or not api_keys.looks_right(swapped)

    def test_of_intake_needs_a_source_and_others_have_none(self, now: datetime) -> None:
        world = SmallWorld(now)

        for scope, source in (
            (KeyScope.INTAKE, None),
            (KeyScope.ADMIN, "site"),
            (KeyScope.READ, "site"),
        ):
            with pytest.raises(SourceNeeded):
                made(world, scope, source)

    def test_needs_an_entity_where_several_have_such_a_source(self, now: datetime) -> None:
        wind = b"  - {slug: wind, name: Wind, fields: [{key: name, type: text}], statuses: [New]}\n"
        world = SmallWorld(now, CONFIGURATION.replace(b"sources:\n", wind + b"sources:\n"))

        with pytest.raises(SourceNotFound, match="solar, wind"):
            made(world, KeyScope.INTAKE, "api")
        with pytest.raises(SourceNotFound):
            made(world, KeyScope.INTAKE, "nowhere")

        digest = api_keys.digest_of(made(world, KeyScope.INTAKE, "api", "wind"))
        assert keys.find([digest])[digest].entity == "wind"

    def test_fails_at_once_when_revoked(self, now: datetime) -> None:
        world = SmallWorld(now)
        digest = api_keys.digest_of(made(world, KeyScope.ADMIN, None))
        key_id = keys.find([digest])[digest].id

        api_keys.revoke_key(account_id=world.account_id, key_id=key_id, now=now)

        assert keys.find([digest]) == {}
        with pytest.raises(KeyNotFound):
            api_keys.revoke_key(account_id=world.account_id, key_id=key_id, now=now)

    def test_is_revoked_by_its_own_account_only(self, now: datetime) -> None:
        world = SmallWorld(now)
        other = SmallWorld(now, CONFIGURATION.replace(b"slug: acme", b"slug: other"))
        digest = api_keys.digest_of(world.key)
        key_id = keys.find([digest])[digest].id

        with pytest.raises(KeyNotFound):
            api_keys.revoke_key(account_id=other.account_id, key_id=KeyId(key_id), now=now)

        assert digest in keys.find([digest])


class TestRates:
    def test_allow_a_minutes_worth_at_once(self, now: datetime) -> None:
        rates = Rates()

        waits = [rates.wait_of(SOURCE, 3, now=now) for _ in range(4)]

        assert waits == [0, 0, 0, 20]

    def test_refill_steadily(self, now: datetime) -> None:
        rates = Rates()
        for _ in range(3):
            rates.wait_of(SOURCE, 3, now=now)

        assert rates.wait_of(SOURCE, 3, now=now + timedelta(seconds=19)) == 1
        assert rates.wait_of(SOURCE, 3, now=now + timedelta(seconds=20)) == 0

    def test_never_hold_more_than_a_minutes_worth(self, now: datetime) -> None:
        rates = Rates()
        rates.wait_of(SOURCE, 2, now=now)
        later = now + timedelta(days=1)

        assert [rates.wait_of(SOURCE, 2, now=later) for _ in range(3)] == [0, 0, 30]

    def test_are_not_upset_by_a_clock_that_steps_back(self, now: datetime) -> None:
        rates = Rates()
        rates.wait_of(SOURCE, 1, now=now)

        wait = rates.wait_of(SOURCE, 1, now=now - timedelta(hours=1))

        assert wait == 60
        assert rates.wait_of(SOURCE, 1, now=now + timedelta(minutes=1)) == 0

    def test_are_each_sources_own(self, now: datetime) -> None:
        rates = Rates()
        rates.wait_of(SOURCE, 1, now=now)

        assert rates.wait_of(SourceId(2), 1, now=now) == 0


class TestFreshIds:
    def test_sort_in_the_order_of_making_whatever_the_clock_does(self, now: datetime) -> None:
        moments = [now, now, now - timedelta(hours=1), now + timedelta(milliseconds=1)] * 50

        made_ids = [fresh_id(moment) for moment in moments]

        assert made_ids == sorted(set(made_ids))
        assert all(each.version == 7 for each in made_ids)
