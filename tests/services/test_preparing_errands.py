"""An errand from its claim to the request: what is sent, and what ends without sending."""

from datetime import datetime, timedelta

import pytest
from small_world import AMBIGUOUS, CONFIGURATION, SmallWorld

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.services import configuration
from headgate.services.errands import Errand, claim_errands
from headgate.services.preparing import Prepared, prepare
from headgate.storage import models

pytestmark = pytest.mark.usefixtures("database", "installation")
NOT_SENT = Sent(outcome=Outcome.NOT_SENT, ms=5, written=False)


def channel(world_of: bytes, settings: bytes) -> bytes:
    webhook = (
        b'{channel: webhook, url: "https://first.example/", retry: none,\n'
        b'               answer: {price: "$.price"}}'
    )
    assert webhook in world_of
    return world_of.replace(webhook, settings)


def claimed(world: SmallWorld) -> Errand:
    (errand,) = claim_errands(limit=10, busy_partners=(), now=world.now)
    return errand


class TestPreparing:
    def test_makes_the_channels_request(self, now: datetime) -> None:
        world = SmallWorld(now)
        lead_id = world.post("Ann")

        ready = prepare(claimed(world), now=now)

        assert isinstance(ready, Prepared)
        assert ready.channel == "webhook"
        assert str(lead_id).encode() in ready.body

    @pytest.mark.parametrize("settings", [b"{channel: inbox}", b"{channel: portal, accept: none}"])
    def test_delivers_at_once_what_is_only_read(self, now: datetime, settings: bytes) -> None:
        world = SmallWorld(now, channel(CONFIGURATION, settings))
        world.post("Ann")

        ready = prepare(claimed(world), now=now)

        assert isinstance(ready, Sent)
        assert ready.outcome is Outcome.DELIVERED

    def test_waits_for_the_partner_until_time_is_up(self, now: datetime) -> None:
        world = SmallWorld(now, channel(CONFIGURATION, b"{channel: portal, accept: required}"))
        world.post("Ann")
        early = claim_errands(limit=10, busy_partners=(), now=now)
        world.now = now + timedelta(minutes=15)

        ready = prepare(claimed(world), now=world.now)

        assert early == []
        assert isinstance(ready, Sent)
        assert (ready.outcome, ready.by_own_rule) == (Outcome.REFUSED, True)

    def test_sends_a_test_lead_to_the_inbox(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann", test=True)

        ready = prepare(claimed(world), now=now)

        assert isinstance(ready, Sent)
        assert ready.outcome is Outcome.DELIVERED

    def test_says_which_secret_is_missing(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("BUYER_TOKEN", raising=False)
        world = SmallWorld(
            now,
            CONFIGURATION.replace(
                b"retry: none,", b"retry: none, auth: {type: bearer, token: {env: BUYER_TOKEN}},"
            ),
        )
        world.post("Ann")

        ready = prepare(claimed(world), now=now)

        assert isinstance(ready, Sent)
        assert ready.outcome is Outcome.NOT_SENT
        assert "BUYER_TOKEN" in (ready.error or "")

    def test_follows_the_set_up_it_was_selected_under(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        configuration.apply_configuration(
            source=CONFIGURATION.replace(b"first.example", b"moved.example"),
            account_slug=None,
            trusted=True,
            made_by="test",
            now=now,
        )

        ready = prepare(claimed(world), now=now)

        assert isinstance(ready, Prepared)
        assert dict(ready.shown)["url"] == "https://first.example/"

    def test_sends_nothing_of_an_erased_lead(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        models.Lead.objects.update(erased_at=now)

        ready = prepare(claimed(world), now=now)

        assert isinstance(ready, Sent)
        assert (ready.outcome, ready.written) == (Outcome.NOT_SENT, False)

    def test_never_shows_personal_data_in_its_repr(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann Unmistakable")

        assert "Unmistakable" not in repr(claimed(world).facts())


class TestALostWorker:
    def test_with_no_try_left_ends_without_sending(self, now: datetime) -> None:
        world = SmallWorld(now)
        lead_id = world.post("Ann")
        claimed(world)
        world.now = now + timedelta(minutes=1)

        ready = prepare(claimed(world), now=world.now)

        assert isinstance(ready, Sent)
        assert (ready.outcome, ready.written) == (Outcome.NOT_SENT, False)
        world.now += timedelta(minutes=1)
        world.answer(ready)
        assert models.Lead.objects.get(id=lead_id).state == "unknown"

    def test_after_its_time_ends_without_sending(self, now: datetime) -> None:
        world = SmallWorld(now, CONFIGURATION.replace(b"retry: none", b"retry: [5, 5, 5]"))
        world.post("Ann")
        claimed(world)
        world.now = now + timedelta(minutes=16)

        ready = prepare(claimed(world), now=world.now)

        assert isinstance(ready, Sent)
        assert ready.outcome is Outcome.NOT_SENT

    def test_with_tries_left_is_sent_again(self, now: datetime) -> None:
        world = SmallWorld(now, CONFIGURATION.replace(b"retry: none", b"retry: [5, 5, 5]"))
        world.post("Ann")
        claimed(world)
        world.now = now + timedelta(minutes=1)

        assert isinstance(prepare(claimed(world), now=world.now), Prepared)


class TestTheSchedule:
    def test_ends_with_its_last_try(self, now: datetime) -> None:
        world = SmallWorld(now, CONFIGURATION.replace(b"retry: none", b"retry: [5, 5]"))
        world.post("Ann")
        for seconds in (0, 5, 10):
            world.now = now + timedelta(seconds=seconds)
            world.answer(NOT_SENT)

        first = models.Delivery.objects.order_by("id").first()
        assert first is not None
        assert (first.state, first.attempts) == ("failed", 3)

    def test_ends_when_its_time_is_up(self, now: datetime) -> None:
        world = SmallWorld(now, CONFIGURATION.replace(b"retry: none", b"retry: [600, 600]"))
        world.post("Ann")
        for minutes in (0, 10):
            world.now = now + timedelta(minutes=minutes)
            world.answer(AMBIGUOUS)

        assert models.Delivery.objects.get().state == "unknown"
