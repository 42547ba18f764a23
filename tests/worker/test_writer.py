"""What the writer stores, and what it answers when the database does not take it."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, cast

import psycopg
import pytest
from django.db import OperationalError, connection
from msgspec import structs
from running import Broker, in_thread
from structlog.testing import capture_logs

from engines import Engine
from headgate import clock
from headgate.domain.deliveries import Outcome
from headgate.services import lost_commits
from headgate.services.delivery import Recorded, Report
from headgate.services.errands import CommitUnanswered, Errand, claim_errands
from headgate.services.preparing import without_sending
from headgate.services.routing import Leases
from headgate.services.submissions import Receipt, Submission, Unavailable, UnknownEntity
from headgate.storage import accounts, deliveries, leads
from headgate.worker import writer as writing
from headgate.worker.writer import Writer

pytestmark = pytest.mark.usefixtures("database", "installation")


class Desk:
    """Stands for the dispatcher: it keeps what it is to send."""

    def __init__(self, free: int = 512) -> None:
        self.free = free
        self.taken: list[Errand] = []
        self.outcomes: list[Recorded] = []

    def leases(self) -> Leases:
        return Leases(self.free)

    def take(self, errands: Sequence[Errand]) -> None:
        self.taken += errands

    def recorded(self, recorded: Recorded) -> None:
        self.outcomes.append(recorded)


Scene = Callable[[Writer, Desk], Any]


def played(scene: Scene) -> Any:
    """Run a scene with a writer on its thread."""

    async def play() -> Any:
        desk, writer = Desk(), Writer()
        writer.start(asyncio.get_running_loop(), desk)
        try:
            return await scene(writer, desk)
        finally:
            await asyncio.to_thread(writer.stop)
            await asyncio.sleep(0)

    return asyncio.run(play())


async def received(writer: Writer, *submissions: Submission) -> list[Receipt | BaseException]:
    """Submit at once, so that they share a batch."""
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        go.wait(10)

    holding = asyncio.ensure_future(writer.call(hold))
    await asyncio.to_thread(held.wait, 10)
    waiting = [asyncio.ensure_future(writer.receive(each)) for each in submissions]
    await asyncio.sleep(0)
    go.set()
    await holding
    return await asyncio.gather(*waiting, return_exceptions=True)


@contextmanager
def connection_lost_after_commits(*numbers: int) -> Iterator[None]:
    """Have the answers to some of the writer's commits lost; which ones, counted from 1."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    commit, count = BaseDatabaseWrapper._commit, 0  # type: ignore[attr-defined]

    def commit_and_lose(self: Any) -> None:
        nonlocal count
        commit(self)
        count += 1
        if count in numbers:
            raise OperationalError("the connection was lost")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "_commit", commit_and_lose)
        yield


def stored(*submissions: Submission) -> int:
    return len(leads.find_many(each.id for each in submissions))


class TestReceiving:
    def test_stores_what_waits_together(self) -> None:
        broker = Broker()

        async def scene(writer: Writer, desk: Desk) -> Any:
            return await received(writer, *[broker.lead(str(n)) for n in range(50)])

        receipts = played(scene)

        assert all(isinstance(each, Receipt) for each in receipts)
        assert stored(*[each.lead for each in receipts]) == 50

    def test_refuses_one_bad_lead_without_its_neighbours(self) -> None:
        broker = Broker()

        async def scene(writer: Writer, desk: Desk) -> Any:
            bad = broker.lead(entity="gas")
            return await received(writer, broker.lead("a"), bad, broker.lead("b"))

        first, bad, last = played(scene)

        assert isinstance(bad, UnknownEntity)
        assert stored(first.lead, last.lead) == 2

    def test_splits_a_batch_that_one_lead_breaks(self) -> None:
        broker = Broker()
        breaking = structs.replace(broker.lead(), fields=cast("dict[str, Any]", None))

        async def scene(writer: Writer, desk: Desk) -> Any:
            answers = await received(writer, broker.lead("a"), breaking, broker.lead("b"))
            return answers, desk.taken

        (first, bad, last), taken = played(scene)

        assert isinstance(bad, Exception)
        assert [each.delivery.lead_id for each in taken] == [first.lead.id, last.lead.id]

    def test_refuses_when_too_many_wait(self, monkeypatch: pytest.MonkeyPatch) -> None:
        broker = Broker()
        monkeypatch.setattr(writing, "MOST_WAITING", 2)

        async def scene(writer: Writer, desk: Desk) -> Any:
            return await received(writer, *[broker.lead(str(n)) for n in range(3)])

        answers = played(scene)

        assert [isinstance(each, Unavailable) for each in answers] == [False, False, True]

    def test_refuses_what_waited_too_long_although_the_database_is_stuck(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(writing, "LONGEST_WAIT_SECONDS", 0.1)
        late, go = Broker().lead(), threading.Event()

        async def scene(writer: Writer, desk: Desk) -> Any:
            stuck = asyncio.ensure_future(writer.call(lambda: go.wait(10)))
            await asyncio.sleep(0.1)
            (answer,) = await asyncio.gather(writer.receive(late), return_exceptions=True)
            was_stuck = not stuck.done()
            go.set()
            await stuck
            return answer, was_stuck, writer.lead_refused_seconds_ago

        answer, was_stuck, refused_seconds_ago = played(scene)

        assert isinstance(answer, Unavailable)
        assert was_stuck
        assert refused_seconds_ago is not None
        assert stored(late) == 0


class TestALostConnection:
    def test_finds_the_stored_leads_again(self) -> None:
        broker = Broker()
        lead = broker.lead()

        async def scene(writer: Writer, desk: Desk) -> Any:
            with connection_lost_after_commits(1):
                return await writer.receive(lead)

        receipt = played(scene)

        assert receipt.lead.id == lead.id
        assert len(broker.deliveries_of(lead.id)) == 1

    def test_sends_what_was_stored_all_the_same(self) -> None:
        broker = Broker()
        lead = broker.lead()

        async def scene(writer: Writer, desk: Desk) -> list[Errand]:
            with connection_lost_after_commits(1):
                await writer.receive(lead)
            return desk.taken

        (errand,) = played(scene)

        assert errand.delivery.lead_id == lead.id

    def test_answers_unavailable_when_it_stays_lost(self) -> None:
        broker = Broker()

        async def scene(writer: Writer, desk: Desk) -> Any:
            with connection_lost_after_commits(), pytest.MonkeyPatch.context() as patch:
                patch.setattr(accounts, "hold_version", _breaks)
                answers = await received(writer, broker.lead())
            return answers, writer.lead_refused_seconds_ago

        (answer,), refused_seconds_ago = played(scene)

        assert isinstance(answer, Unavailable)
        assert refused_seconds_ago is not None


@contextmanager
def locked(database: Engine) -> Iterator[None]:
    """Let another program, such as an operator's own, hold what a new lead needs."""
    if database.name == "sqlite":
        with closing(sqlite3.connect(database.url.removeprefix("sqlite:///"))) as file:
            file.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(database.url) as session:
            session.execute("LOCK TABLE storage_lead IN EXCLUSIVE MODE")
            yield


class TestALockedDatabase:
    def test_is_waited_for_once(self, database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        options = connection.settings_dict["OPTIONS"]
        for name, little in (("timeout", 0.1), ("options", "-c lock_timeout=100ms")):
            if name in options:
                monkeypatch.setitem(options, name, little)
        lead = Broker().lead()

        async def scene(writer: Writer, desk: Desk) -> Any:
            (answer,) = await received(writer, lead)
            return answer

        with locked(database), capture_logs() as logs:
            answer = played(scene)

        assert isinstance(answer, Unavailable)
        assert [each["event"] for each in logs].count("leads.not_stored") == 1


def _breaks(*_: object) -> int:
    raise OperationalError("no connection")


class TestTwoAccounts:
    def test_do_not_fail_each_other(self) -> None:
        acme, gone = Broker(slug="acme"), Broker(slug="gone")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE storage_account SET wrapped_key = %s WHERE id = %s", [b"x", gone.account_id]
            )
        from headgate.services import setups

        setups.forget_all()
        good, bad = acme.lead(), gone.lead()

        async def scene(writer: Writer, desk: Desk) -> Any:
            return await received(writer, good, bad), desk.taken

        (first, second), taken = played(scene)

        assert isinstance(first, Receipt)
        assert isinstance(second, Exception)
        assert [each.delivery.lead_id for each in taken] == [good.id]


class TestRecording:
    def test_tries_until_the_database_takes_it(self) -> None:
        broker = Broker()
        lead = broker.lead()

        async def scene(writer: Writer, desk: Desk) -> Any:
            await writer.receive(lead)
            (errand,) = desk.taken
            report = Report(
                errand=errand,
                at=clock.now(),
                ended_at=clock.now(),
                sent=without_sending(Outcome.DELIVERED),
            )
            with connection_lost_after_commits(1):
                writer.report([report])
                await writer.call(lambda: None)
            return await in_thread(broker.states_of, lead.id)

        assert played(scene) == ["delivered"]

    def test_hands_on_what_comes_next_although_the_commits_answer_was_lost(self) -> None:
        broker = Broker()
        lead = broker.lead()

        async def scene(writer: Writer, desk: Desk) -> Any:
            await writer.receive(lead)
            report = Report(
                errand=desk.taken.pop(),
                at=clock.now(),
                ended_at=clock.now(),
                sent=without_sending(Outcome.REFUSED),
            )
            with connection_lost_after_commits(1):
                writer.report([report])
                await writer.call(lambda: None)
            handed_on = [*desk.taken, *(each for one in desk.outcomes for each in one.errands)]
            return [each.seat.partner.slug for each in handed_on]

        assert played(scene) == ["next"]

    def test_hands_on_what_comes_next_of_each_account(self) -> None:
        brokers = [Broker(slug="acme"), Broker(slug="bolt")]
        submitted = [each.lead() for each in brokers]

        async def scene(writer: Writer, desk: Desk) -> Any:
            await received(writer, *submitted)
            reports = [
                Report(
                    errand=errand,
                    at=clock.now(),
                    ended_at=clock.now(),
                    sent=without_sending(Outcome.REFUSED),
                )
                for errand in desk.taken
            ]
            with connection_lost_after_commits(2):
                writer.report(reports)
                await writer.call(lambda: None)
                await asyncio.sleep(0)
            return {each.delivery.lead_id for one in desk.outcomes for each in one.errands}

        assert submitted[0].id in played(scene)


class TestStopping:
    def test_finishes_what_waits(self) -> None:
        broker = Broker()
        submitted = [broker.lead(str(n)) for n in range(5)]

        async def scene() -> None:
            desk, writer = Desk(), Writer()
            writer.start(asyncio.get_running_loop(), desk)
            waiting = [asyncio.ensure_future(writer.receive(each)) for each in submitted]
            await asyncio.sleep(0)
            await asyncio.to_thread(writer.stop)
            await asyncio.gather(*waiting)

        asyncio.run(scene())

        assert stored(*submitted) == 5


class TestClaims:
    def test_are_handed_to_nobody_twice(self) -> None:
        broker = Broker()

        async def scene(writer: Writer, desk: Desk) -> Any:
            desk.free = 0
            await writer.receive(broker.lead())
            claims = [
                writer.call(lambda: claim_errands(limit=9, busy_partners=(), now=clock.now()))
                for _ in range(3)
            ]
            return await asyncio.gather(*claims)

        assert sorted(map(len, played(scene))) == [0, 0, 1]

    def test_are_found_again_when_the_commits_answer_was_lost(self) -> None:
        broker = Broker()

        async def scene(writer: Writer, desk: Desk) -> None:
            desk.free = 0
            await writer.receive(broker.lead())

        played(scene)
        now = clock.now()
        with connection_lost_after_commits(1), pytest.raises(CommitUnanswered) as lost:
            claim_errands(limit=9, busy_partners=(), now=now)

        found = lost_commits.find_leased(lost.value.errands, now=now)
        assert found == lost.value.errands
        assert len(found) == 1
        assert lost_commits.find_leased(found, now=now + deliveries.LEASE_MARGIN * 2) == []
