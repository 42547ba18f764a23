"""Invoices are closed, one after the other, while many deliverers go on selling.

HEADGATE_TEST_CLOSINGS makes it close more often, beside 50 deliverers instead of 8.
"""

import os
from collections.abc import Callable
from datetime import datetime
from threading import Condition
from typing import Any

import pytest
from invoiced_world import InvoicedWorld
from small_world import DELIVERED

from headgate.domain.invoices.document import decode
from headgate.services.handling import NotInThisState
from headgate.services.verification import verify
from headgate.storage import models
from headgate.storage.invoices import Invoice

pytestmark = [pytest.mark.usefixtures("database", "installation"), pytest.mark.slow]
CLOSINGS = int(os.environ.get("HEADGATE_TEST_CLOSINGS", "6"))
DELIVERERS = 50 if CLOSINGS > 50 else 8
# Who waits for a lock of SQLite's has no turn, so that a closing may have to let many by.
MOST_UNBILLED = 5 * DELIVERERS


class Market:
    """Keeps sales and closings abreast: there is always something to bill, never too much."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._is_over = False
        self._unbilled = 0
        self.selling = 0
        self.sold = 0

    def begins_sale(self) -> bool:
        """Wait until there may be another sale; False once all is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or self._has_room())
            self.selling += not self._is_over
            return not self._is_over

    def ends_sale(self) -> None:
        with self._changed:
            self.selling -= 1
            self.sold += 1
            self._unbilled += 1
            self._changed.notify_all()

    def awaits_sale(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._unbilled > 0)

    def closes(self, entries: int) -> None:
        with self._changed:
            self._unbilled -= entries
            self._changed.notify_all()

    def ends(self) -> None:
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def _has_room(self) -> bool:
        return self._unbilled + self.selling < MOST_UNBILLED


def issued(world: InvoicedWorld) -> Invoice:
    """Issue an invoice; what was sold last may be in another deliverer's hands, or in nobody's."""
    while True:
        try:
            return world.issue()
        except NotInThisState:
            world.answer(DELIVERED)


def entries_of_invoices() -> list[int]:
    rows = models.Invoice.objects.order_by("sequence").values_list("id", flat=True)
    return [models.InvoicedEntry.objects.filter(invoice_id=id).count() for id in rows]


class TestClosings:
    def test_beside_deliverers_put_each_entry_in_exactly_one_invoice(
        self, now: datetime, at_once: Callable[..., list[Any]]
    ) -> None:
        world, market = InvoicedWorld(now), Market()
        interleaved = []

        def deliver() -> None:
            while market.begins_sale():
                world.post("Somebody")
                world.answer(DELIVERED)
                market.ends_sale()

        def close() -> None:
            try:
                for _ in range(CLOSINGS):
                    market.awaits_sale()
                    sold, selling = market.sold, market.selling
                    invoice = issued(world)
                    entries = models.InvoicedEntry.objects.filter(invoice_id=invoice.id).count()
                    went_on = market.sold > sold or (selling > 0 and market.selling > 0)
                    interleaved.append(went_on)
                    market.closes(entries)
            finally:
                market.ends()

        at_once(close, *[deliver] * DELIVERERS)

        world.answer(DELIVERED)
        during = entries_of_invoices()
        if models.LedgerEntry.objects.count() > sum(during):
            world.issue()
        print(  # noqa: T201
            f"{sum(interleaved)} of {CLOSINGS} closings were interleaved with sales;"
            f" {market.sold} leads, {min(during)} to {max(during)} an invoice"
        )
        assert len(during) == CLOSINGS
        assert sum(interleaved) >= CLOSINGS * 9 // 10
        assert sum(entries_of_invoices()) == models.LedgerEntry.objects.count()
        assert models.LedgerEntry.objects.count() == market.sold
        invoices = models.Invoice.objects.order_by("sequence")
        assert (
            sum(decode(each.document).totals.net_minor for each in invoices) == market.sold * 1000
        )
        assert [each.sequence for each in invoices] == list(range(1, len(invoices) + 1))
        assert list(verify()) == []
