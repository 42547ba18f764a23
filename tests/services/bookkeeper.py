"""A naive bookkeeper: writes down what it saw of one account, and adds it up with paper and pencil.

It shares nothing with the product but the words: no query, no price and no tax is asked of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass
class Sale:
    """One delivery: to whom, by which seat, at which price, and what became of it."""

    partner: str
    profile: str
    source: str
    came_at: datetime
    price: int
    state: str = "open"
    charge: "Entry | None" = None
    credit: "Entry | None" = None
    taken_back: bool = False

    def charge_in(self, bill: "Bill") -> bool:
        return self.charge is not None and self.charge.invoice is bill


@dataclass
class Entry:
    """What a partner owes more, or below zero less; `invoice` is where it stands."""

    partner: str
    kind: str
    owed: int
    at: datetime
    about: str
    sale: Sale | None = None
    invoice: "Bill | None" = None


@dataclass
class Bill:
    number: str
    partner: str
    entries: list[Entry]
    rate: int
    notes: list["Bill"] = field(default_factory=list)

    @property
    def net(self) -> int:
        return sum(each.owed for each in self.entries)

    @property
    def tax(self) -> int:
        size = (abs(self.net) * self.rate + 50) // 100
        return size if self.net >= 0 else -size

    def lines(self) -> Counter[tuple[str, int, int]]:
        """Return what each kind of line comes to: kind, entries, and what they are owed."""
        grouped: dict[tuple[str, str, int, int], list[Entry]] = defaultdict(list)
        for number, each in enumerate(self.entries):
            alone = number if each.kind == "adjustment" else -1
            grouped[each.kind, each.about, each.owed, alone].append(each)
        found = ((kind, len(some), owed) for (kind, _, owed, _), some in grouped.items())
        return Counter(found)

    def left(self) -> int:
        """Return what it bills that neither notes nor returns booked elsewhere took back."""
        left = sum(note.net for note in self.notes)
        for each in self.entries:
            is_foreign = (
                each.kind == "credit" and each.sale and each.sale.charge.invoice is not self
            )
            left += 0 if is_foreign else each.owed
            if each.kind == "charge" and (credit := each.sale.credit):
                left += 0 if credit.invoice is self else credit.owed
        return left


class Bookkeeper:
    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.sales: dict[UUID, Sale] = {}
        self.entries: list[Entry] = []
        self.bills: list[Bill] = []
        self.paid_ahead: Counter[str] = Counter()
        self.came: Counter[tuple[str, str]] = Counter()  # source and what became of the lead
        self.cost: Counter[tuple[str, str]] = Counter()  # source and day

    def day_of(self, at: datetime) -> str:
        return at.astimezone(self.zone).date().isoformat()

    def sells(self, id: UUID, sale: Sale) -> None:
        assert id not in self.sales
        self.sales[id] = sale

    def charges(self, id: UUID, at: datetime) -> None:
        sale = self.sales[id]
        sale.state = "delivered"
        sale.charge = Entry(sale.partner, "charge", sale.price, at, sale.profile, sale)
        self.entries.append(sale.charge)

    def credits(self, id: UUID, at: datetime) -> int:
        """Book a return, and return what it credits."""
        sale = self.sales[id]
        assert sale.state == "delivered"
        sale.state = "returned"
        bill = sale.charge.invoice
        amount = sale.price
        if sale.taken_back:
            amount = 0
        elif bill is not None and bill.notes:
            amount = min(amount, max(0, bill.left()))
        sale.credit = Entry(sale.partner, "credit", -amount, at, sale.profile, sale)
        self.entries.append(sale.credit)
        return amount

    def adjusts(self, partner: str, in_favour: int, at: datetime, about: str) -> Entry:
        entry = Entry(partner, "adjustment", -in_favour, at, about)
        self.entries.append(entry)
        return entry

    def bills_period(self, partner: str, from_on: date, until_on: date, *, rate: int) -> Bill:
        entries = [
            each
            for each in self.entries
            if each.partner == partner
            and each.invoice is None
            and from_on <= each.at.astimezone(self.zone).date() < until_on
        ]
        return self._add(Bill("", partner, entries, rate))

    def takes_back(self, bill: Bill, amount: int | None, at: datetime) -> Bill:
        """Book a credit note: of all that is left, the first lead by lead, or of an amount."""
        if amount is None and not bill.notes:
            kept = [each for each in bill.entries if not self._is_settled_elsewhere(each, bill)]
            amount = self.owed(kept)
            for each in kept:
                if each.kind == "charge" and each.sale and each.sale.credit is None:
                    each.sale.taken_back = True
        entry = self.adjusts(bill.partner, bill.left() if amount is None else amount, at, "note")
        note = self._add(Bill("", bill.partner, [entry], bill.rate))
        bill.notes.append(note)
        return note

    def balance(self, partner: str) -> int:
        return self.paid_ahead[partner] - self.owed(e for e in self.entries if e.partner == partner)

    def revenue(self, sales: Iterable[Sale]) -> int:
        """Return what leads brought: of those that came back nothing."""
        return sum(sale.price for sale in sales if sale.state == "delivered")

    @staticmethod
    def owed(entries: Iterable[Entry]) -> int:
        return sum(each.owed for each in entries)

    def _is_settled_elsewhere(self, entry: Entry, bill: Bill) -> bool:
        if entry.sale is None:
            return False
        other = entry.sale.credit if entry.kind == "charge" else entry.sale.charge
        return other is not None and other.invoice is not bill

    def _add(self, bill: Bill) -> Bill:
        for each in bill.entries:
            each.invoice = bill
        self.bills.append(bill)
        return bill
