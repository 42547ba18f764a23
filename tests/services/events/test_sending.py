"""Events are taken once, sent in the same bytes, tried again, and given up with an alert."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from event_world import WAREHOUSE, events_of, telling_world
from small_world import CONFIGURATION, SmallWorld

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.events import EventState
from headgate.domain.ids import EventId
from headgate.services import alerts, configuration, setups
from headgate.services.events import sending, standing
from headgate.services.events.sending import Telling, Told
from headgate.storage import events

pytestmark = pytest.mark.usefixtures("database", "installation")

TAKEN = Sent(outcome=Outcome.DELIVERED, ms=5, written=True, status=200)
FAILED = Sent(outcome=Outcome.AMBIGUOUS, ms=5, written=True, status=500, error="status 500")
GONE = Sent(outcome=Outcome.REFUSED, ms=5, written=True, status=410, error="status 410")
OTHER = WAREHOUSE.replace("warehouse", "other")


def told_of(now: datetime, leads: int = 1, *webhooks: str) -> SmallWorld:
    world = telling_world(now, *(webhooks or (WAREHOUSE,)))
    for number in range(leads):
        world.post(f"Ann {number}")
    return world


def take(now: datetime) -> list[Telling]:
    due = sending.find_due(now=now)
    return sending.take_due(under_way=dict.fromkeys(due, 0), now=now)


def answer(sent: Sent, now: datetime) -> list[Telling]:
    """Take what is due, and have everything answered so."""
    tellings = take(now)
    sending.record_told(told=[Told(each, sent) for each in tellings], now=now)
    return tellings


def fail_to_the_last(world: SmallWorld, now: datetime) -> datetime:
    """Have the only event fail whenever it is tried; return the moment of the last try."""
    while answer(FAILED, now):
        due_at = events_of(world)[0].due_at
        if due_at is None:
            break
        now = due_at
    return now


def disable(now: datetime) -> None:
    source = "version: 1\nwebhooks:" + WAREHOUSE.rstrip("\n}") + ", enabled: false}"
    configuration.apply_configuration(
        source=source.encode(), account_slug=None, trusted=True, made_by="t", now=now
    )


def due_now(world: SmallWorld, now: datetime) -> int:
    return sum(each.due_at is not None and each.due_at <= now for each in events_of(world))


def kinds_of_alerts(world: SmallWorld, now: datetime) -> list[str]:
    changes = alerts.find_changes(sender_lost=False, now=now)
    alerts.write_changes(changes=changes, now=now)
    page = alerts.list_alerts(account_id=world.account_id, is_open=True, before=None, limit=9)
    return [each.kind for each in page.items if each.kind.startswith("webhook")]


class TestTaking:
    def test_gives_each_event_to_one_process(
        self, now: datetime, at_once: Callable[..., list[Any]]
    ) -> None:
        told_of(now, 12)

        first, second = at_once(*[partial(take, now)] * 2)

        ids = [each.event.id for each in (*first, *second)]
        assert len(ids) == len(set(ids)) == 12

    def test_leaves_the_other_webhooks_their_turn(self, now: datetime) -> None:
        told_of(now, 40, WAREHOUSE, OTHER)

        taken = [each.event.webhook for each in take(now)]

        assert sorted(taken) == ["other"] * 16 + ["warehouse"] * 16

    def test_gives_one_that_fails_one_after_the_other(self, now: datetime) -> None:
        told_of(now, 20)
        answer(FAILED, now)

        assert len(take(now + timedelta(seconds=1))) == 1

    def test_gives_nothing_before_its_time(self, now: datetime) -> None:
        told_of(now)
        answer(FAILED, now)

        assert take(now + timedelta(seconds=3)) == []

    def test_ends_what_nobody_listens_to_any_more(self, now: datetime) -> None:
        world = told_of(now)
        configuration.apply_configuration(
            source=b"version: 1\nwebhooks: []",
            account_slug=None,
            trusted=True,
            made_by="t",
            now=now,
        )

        taken = take(now)

        (event,) = events_of(world)
        assert (taken, event.state, event.due_at) == ([], EventState.FAILED, None)


class TestWhatWaitsForAWebhookThatIsOff:
    @pytest.fixture(autouse=True)
    def few(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sending, "MOST_MOVED_AT_ONCE", 2)

    def test_is_put_off_a_part_at_a_time(self, now: datetime) -> None:
        world = told_of(now, 5)
        disable(now)

        waiting = [take(now) or due_now(world, now) for _ in range(4)]

        assert waiting == [3, 1, 0, 0]

    def test_lets_a_test_pass(self, now: datetime) -> None:
        world = told_of(now, 5)
        disable(now)
        test = standing.send_test(account_id=world.account_id, slug="warehouse", now=now)

        (taken,) = take(now)

        assert str(taken.event.id) == test.id

    def test_is_ended_a_part_at_a_time_once_the_webhook_is_gone(self, now: datetime) -> None:
        world = told_of(now, 5)
        configuration.apply_configuration(
            source=b"version: 1\nwebhooks: []",
            account_slug=None,
            trusted=True,
            made_by="t",
            now=now,
        )

        waiting = [take(now) or due_now(world, now) for _ in range(4)]

        assert waiting == [3, 1, 0, 0]


class TestASecret:
    def test_that_is_missing_is_a_failure_with_its_reason(self, now: datetime) -> None:
        source = WAREHOUSE.replace("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAA", "{env: NOT_SET_X}")
        told_of(now, 1, source)

        (telling,) = take(now)

        assert telling.request is None
        assert telling.error == "Not sent: the environment variable NOT_SET_X is not set"


class TestRecording:
    def test_a_2xx_ends_it(self, now: datetime) -> None:
        world = told_of(now)

        answer(TAKEN, now)

        (event,) = events_of(world)
        assert (event.state, event.due_at, event.attempts, event.status) == ("sent", None, 1, 200)

    def test_after_a_crash_the_same_id_and_bytes_go_again(self, now: datetime) -> None:
        told_of(now)
        (lost,) = take(now)

        (again,) = take(now + sending.LEASED)

        assert lost.request is not None
        assert again.request == lost.request

    def test_whoever_lost_the_lease_writes_nothing(self, now: datetime) -> None:
        world = told_of(now)
        (lost,) = take(now)
        later = now + sending.LEASED
        take(later)

        sending.record_told(told=[Told(lost, TAKEN)], now=later)

        (event,) = events_of(world)
        assert (event.state, event.attempts) == ("pending", 0)

    @pytest.mark.parametrize(("retry_after", "seconds"), [(None, (4, 6)), (120, (120, 120))])
    def test_a_failure_is_tried_again(
        self, now: datetime, retry_after: int | None, seconds: tuple[int, int]
    ) -> None:
        world = told_of(now)
        sent = Sent(Outcome.NOT_SENT, 5, True, status=503, retry_after_seconds=retry_after)

        answer(sent, now)

        (event,) = events_of(world)
        assert event.due_at is not None
        assert seconds[0] <= (event.due_at - now).total_seconds() <= seconds[1]

    def test_the_tenth_failure_is_the_last(self, now: datetime) -> None:
        world = told_of(now)

        fail_to_the_last(world, now)

        (event,) = events_of(world)
        assert (event.state, event.due_at, event.attempts) == ("failed", None, 10)


class TestAWebhook:
    def test_that_fails_for_a_while_is_told_of(self, now: datetime) -> None:
        world = told_of(now)
        answer(FAILED, now)

        early = kinds_of_alerts(world, now + timedelta(minutes=14))
        late = kinds_of_alerts(world, now + timedelta(minutes=16))

        assert (early, late) == ([], ["webhook_failing"])

    def test_that_works_again_ends_the_alert(self, now: datetime) -> None:
        world = told_of(now)
        answer(FAILED, now)
        later = now + timedelta(minutes=20)
        kinds_of_alerts(world, later)

        answer(TAKEN, later)

        assert kinds_of_alerts(world, later) == []

    def test_that_answers_410_is_sent_nothing_more(self, now: datetime) -> None:
        world = told_of(now, 2)
        answer(GONE, now)

        taken = take(now + timedelta(days=1))

        assert taken == []
        assert kinds_of_alerts(world, now) == ["webhook_halted"]

    def test_that_fails_for_five_days_is_halted(self, now: datetime) -> None:
        world = told_of(now)

        for day in range(6):
            answer(FAILED, now + timedelta(days=day))

        assert kinds_of_alerts(world, now + timedelta(days=6)) == ["webhook_halted"]

    def test_is_told_what_waited_when_it_is_enabled(self, now: datetime) -> None:
        world = told_of(now, 2)
        answer(GONE, now)
        world.post("Meanwhile")
        take(now)

        standing.enable_webhook(
            account_id=world.account_id, slug="warehouse", by="ann@acme.example", now=now
        )

        assert len(take(now)) == 3

    def test_gets_a_test_even_while_it_is_halted(self, now: datetime) -> None:
        world = told_of(now, 2)
        answer(GONE, now)

        standing.send_test(account_id=world.account_id, slug="warehouse", now=now)

        assert [each.event.type for each in take(now)] == ["webhook.tested"]

    def test_at_another_address_begins_anew(self, now: datetime) -> None:
        world = told_of(now, 1)
        answer(GONE, now)
        moved = WAREHOUSE.replace("warehouse.example", "new.example")
        configuration.apply_configuration(
            source=CONFIGURATION + b"webhooks:" + moved.encode(),
            account_slug=None,
            trusted=True,
            made_by="t",
            now=now,
        )

        (shown,) = standing.list_webhooks(account_id=world.account_id)

        assert (shown.halted_at, shown.failing_since) == (None, None)
        assert setups.in_force(world.account_id).configuration.webhook("warehouse")


class TestSendingAgain:
    def test_keeps_id_and_bytes(self, now: datetime) -> None:
        world = told_of(now)
        (first,) = answer(TAKEN, now)

        standing.send_again(
            account_id=world.account_id, slug="warehouse", event_id=first.event.id, now=now
        )

        (again,) = take(now)
        assert again.request == first.request

    def test_takes_all_that_failed_at_once(self, now: datetime) -> None:
        world = told_of(now)
        later = fail_to_the_last(world, now)

        standing.send_failed_again(account_id=world.account_id, slug="warehouse", now=later)

        assert len(take(later)) == 1

    def test_of_another_webhook_is_refused(self, now: datetime) -> None:
        world = told_of(now)
        event_id = EventId(events_of(world)[0].id)

        with pytest.raises(events.EventNotFound):
            standing.send_again(
                account_id=world.account_id, slug="other", event_id=event_id, now=now
            )


class TestOldEvents:
    def test_go_after_thirty_days(self, now: datetime) -> None:
        world = told_of(now)

        early = sending.forget_old(now=now + timedelta(days=30))
        late = sending.forget_old(now=now + timedelta(days=30, seconds=1))

        assert (early, late) == (0, 1)
        assert events_of(world) == []
