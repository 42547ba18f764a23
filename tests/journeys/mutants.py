"""Starts `headgate` with one fault built in, to see whether a harness notices: `NAME COMMAND …`.

Each fault is one that a system like this one had, or nearly had.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from headgate import __main__ as headgate
from headgate.cli import environment

# Importing what knows tables has to wait until Django is ready, so every fault imports its own.


def acknowledges_before_the_commit() -> None:
    """Keep the transaction open for a while after the answers have gone."""
    from django.db import connection

    from headgate.worker.writer import Writer

    store_once, committed_at = Writer._store_once, [time.monotonic()]

    def store(writer: Writer, submissions: Any) -> Any:
        if connection.get_autocommit():
            connection.set_autocommit(False)
        if not connection.connection.in_transaction:
            connection.connection.execute("BEGIN IMMEDIATE")
        answers = store_once(writer, submissions)
        if time.monotonic() - committed_at[0] > 0.3:
            connection.commit()
            committed_at[0] = time.monotonic()
        return answers

    Writer._store_once = store  # type: ignore[method-assign]


def charges_after_the_commit() -> None:
    """Write the delivery now and its charge a moment later, in another transaction."""
    from headgate.storage import ledger

    append = ledger.append

    def later(entries: Any) -> None:
        if entries:
            threading.Timer(0.2, append, [entries]).start()

    ledger.append = later


def charges_for_lost_leases() -> None:
    """Send again what is still being sent, record both reports, and let both be charged."""
    from django.db import connection

    from headgate.services import delivery
    from headgate.storage import deliveries
    from headgate.worker import dispatcher

    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS one_charge_per_delivery")
    deliveries.lease_end = lambda stored, *, now: now
    dispatcher.LOOK_EVERY_SECONDS = 0.02
    delivery._is_ours = lambda stored, report: True


def reads_then_writes_caps() -> None:
    """Decide by what was used a moment ago, and write without asking for room."""
    from msgspec.structs import replace

    from headgate.storage import caps

    lock, take_within, seen = caps.lock, caps.take, {}

    def remember(account_id: Any, wanted: Any, *, now: Any) -> Any:
        moment = int(now.timestamp() * 4)
        if moment not in seen:
            seen[moment] = lock(account_id, wanted, now=now)
        return seen[moment]

    def take(takings: Iterable[caps.Taking]) -> None:
        take_within([replace(each, limit=10**15) for each in takings])

    caps.lock, caps.take = remember, take


def gives_sold_places_back() -> None:
    """Give every place back when its delivery ends, also that of a delivered one."""
    from headgate.domain.deliveries import State
    from headgate.services.settling import Settling

    apply = Settling.apply

    def release(settling: Settling, delivery: Any, step: Any, **more: Any) -> None:
        apply(settling, delivery, step, **more)
        if step.state is State.DELIVERED:
            settling.give_back(delivery)

    def with_caps(settling: Settling, *given: Any, uses_caps: bool, **more: Any) -> None:
        hold(settling, *given, uses_caps=True, **more)

    hold = Settling.__init__
    Settling.apply, Settling.__init__ = release, with_caps  # type: ignore[assignment,method-assign]


def goes_on_in_doubt() -> None:
    """Take a lost answer for a no."""
    from headgate.channels.contract import Sent
    from headgate.domain.deliveries import Attempted, Outcome

    def attempted(sent: Sent) -> Attempted:
        doubtful = sent.outcome is Outcome.AMBIGUOUS
        return Attempted(Outcome.REFUSED if doubtful else sent.outcome, by_own_rule=doubtful)

    Sent.attempted = property(attempted)  # type: ignore[assignment,method-assign]


def forgets_what_it_was_sending() -> None:
    """Look only for what is pending; what a dead worker had claimed stays claimed."""
    from headgate.storage import deliveries

    claim_due = deliveries.claim_due

    def claim(limit: int, **more: Any) -> Any:
        return [each for each in claim_due(limit, **more) if each.state == "pending"]

    deliveries.claim_due = claim


MUTANTS: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        acknowledges_before_the_commit,
        charges_after_the_commit,
        charges_for_lost_leases,
        forgets_what_it_was_sending,
        gives_sold_places_back,
        goes_on_in_doubt,
        reads_then_writes_caps,
    )
}


def main() -> int:
    set_up_django = environment.set_up_django

    def set_up(given: Any) -> None:
        set_up_django(given)
        MUTANTS[name]()

    name = sys.argv.pop(1)
    environment.set_up_django = set_up
    return headgate.main()


if __name__ == "__main__":
    sys.exit(main())
