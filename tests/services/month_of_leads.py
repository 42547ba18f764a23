"""A month of an account's trade, through the real services, with a bookkeeper who looks on."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bookkeeper import Bill, Bookkeeper, Sale

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import DeliveryId, LeadId
from headgate.services import balances, configuration, handling, returning
from headgate.services.delivery import Report, record_outcomes
from headgate.services.errands import Errand, claim_errands
from headgate.services.handling import NotInThisState
from headgate.services.identity import fresh_id
from headgate.services.intake import receive_leads
from headgate.services.invoices import crediting, invoicing
from headgate.services.invoices.drawing_up import Period
from headgate.services.people import api_keys
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.services.setups import Setup
from headgate.services.submissions import Receipt, Submission
from headgate.storage import deliveries
from headgate.storage.deliveries import Delivery
from headgate.storage.invoices import Invoice
from headgate.storage.keys import KeyScope

BY = "ann@acme.example"
SOURCES = {"site": ("accepted", 200), "affiliate": ("sold", 137), "feed": ("received", 9)}
FIRST, UNTIL, NEXT = (
    date(2026, 10, 1),
    date(2026, 11, 1),
    date(2026, 12, 1),
)  # Berlin's clocks go back on the 25th


class Market:
    """How one account trades: its zone and money, what its seats cost, who is billed how."""

    def __init__(
        self,
        slug: str,
        zone: str,
        currency: str,
        *,
        tax: str | None,
        partners: dict[str, str],
        rates: dict[str, int],
        weekly: tuple[str, ...],
        prices: dict[str, str],
        later_prices: dict[str, str],
        tiers: dict[int, str],
    ) -> None:
        self.slug, self.zone, self.currency = slug, ZoneInfo(zone), currency
        self.partners, self.rates, self.weekly = partners, rates, weekly
        self.prices, self.later_prices, self.tiers = prices, later_prices, tiers
        self.tax = "" if tax is None else f', vat_id: DE123456789, tax: "{tax}"'

    def source(self, prices: dict[str, str], *, cost_factor: int = 1) -> bytes:
        tiers = ", ".join(f'{{after: {n}, price: "{p}"}}' for n, p in self.tiers.items())
        partners = "\n".join(
            f"  - {{slug: {slug}, name: {slug.title()}, {said}}}"
            for slug, said in self.partners.items()
        )
        costs = "\n".join(
            f"  - {{slug: {slug}, entity: solar, name: {slug.title()}, cost_per: {per},"
            f' cost: "{cost * cost_factor / 100:.2f}"}}'
            for slug, (per, cost) in SOURCES.items()
        )
        return f"""
version: 1
account:
  slug: {self.slug}
  name: {self.slug.title()}
  timezone: {self.zone.key}
  currency: {self.currency}
  billing: {{name: {self.slug.title()} Ltd, country: DE, city: Berlin{self.tax}}}
entities:
  - {{slug: solar, name: Solar, statuses: [New],
     fields: [{{key: name, type: text}}, {{key: kind, type: text}}],
     duplicates: {{match: [name], within_days: 30}}}}
sources:
{costs}
partners:
{partners}
profiles:
  - slug: exclusive
    entity: solar
    name: Exclusive
    enabled: true
    strategy: round_robin
    rules: {{all: [{{field: kind, op: equals, value: house}}]}}
    assignments:
      - {{partner: alpha, price: "{prices["alpha"]}"}}
      - {{partner: beta, price: "{prices["beta"]}"}}
      - {{partner: delta, price: "{prices["delta"]}"}}
  - slug: shared
    entity: solar
    name: Shared
    enabled: true
    strategy: send_to_all
    rules: {{all: [{{field: kind, op: equals, value: flat}}]}}
    assignments:
      - {{partner: alpha, slug: alpha-too, price: "{prices["alpha-too"]}"}}
      - {{partner: gamma, price: "{prices["gamma"]}", price_tiers: [{tiers}]}}
""".encode()


@dataclass
class Came:
    """A lead as it came; its source is paid once where it costs per sold lead."""

    source: str
    at: datetime
    cost: int
    is_sold: bool = False


class Month:
    """Hour by hour: leads come, partners answer, some leads come back, staff keeps the money."""

    def __init__(self, market: Market, *, leads: int, seed: int) -> None:
        self.market = market
        self.dice = random.Random(f"{market.slug} {seed}")  # noqa: S311
        self.book = Bookkeeper(market.zone)
        self.issued: list[tuple[Invoice, Bill]] = []
        self.now = self._midnight(FIRST)
        self._leads, self._sent = leads, 0
        self._prices, self._cost_factor = market.prices, 1
        self._reached = 0
        self._came: dict[LeadId, Came] = {}
        self._delivered: list[DeliveryId] = []
        self._unknown: list[DeliveryId] = []
        self._billed_until = dict.fromkeys(market.partners, FIRST)
        self.account_id = self._apply(market.source(market.prices)).account.id
        self._key = api_keys.digest_of(
            api_keys.create_key(
                account_id=self.account_id,
                scope=KeyScope.ADMIN,
                source=None,
                entity=None,
                name="",
                now=self.now,
            )
        )

    def run(self) -> None:
        hours = int((self._midnight(UNTIL) - self.now) / timedelta(hours=1))
        rounds = min(hours, max(8, self._leads // 25))
        begin = self.now
        for number in range(rounds):
            self._begin_hour(begin + timedelta(hours=hours * number // rounds))
            due = self._leads * (number + 1) // rounds - self._sent
            if number == rounds // 2 + 1:
                self._take_in(due // 2)
                self._change_prices()
            self._take_in(self._leads * (number + 1) // rounds - self._sent)
            self.now += timedelta(minutes=self.dice.randrange(1, 20))
            self._answer()
            self.now += timedelta(minutes=self.dice.randrange(1, 20))
            self._keep_money(due)
        self._end()

    def bill(self, partner: str, from_on: date, until_on: date) -> Invoice | None:
        """Issue an invoice, and have the bookkeeper write its own."""
        account: dict[str, Any] = {"account_id": self.account_id, "by": BY, "now": self.now}
        draft = invoicing.make_draft(partner=partner, period=Period(from_on, until_on), **account)
        try:
            invoice = invoicing.issue_invoice(id=draft, **account)
        except NotInThisState:
            invoicing.discard_draft(id=draft, **account)
            return None
        rate = self.market.rates[partner]
        self.issued.append((invoice, self.book.bills_period(partner, from_on, until_on, rate=rate)))
        return invoice

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.market.zone).astimezone(UTC)

    def _begin_hour(self, at: datetime) -> None:
        """Close the weeks that are over before anything else happens."""
        self.now = at
        today = at.astimezone(self.market.zone).date()
        monday = today - timedelta(days=today.weekday())
        for partner in self.market.weekly:
            if self._billed_until[partner] < monday:
                self.bill(partner, self._billed_until[partner], monday)
                self._billed_until[partner] = monday
                self._take_something_back()

    def _apply(self, source: bytes) -> configuration.Applied:
        return configuration.apply_configuration(
            source=source, account_slug=None, trusted=True, made_by=BY, now=self.now
        )

    def _change_prices(self) -> None:
        self.now += timedelta(minutes=self.dice.randrange(1, 10))
        self._prices, self._cost_factor = self.market.later_prices, 2
        self._apply(self.market.source(self._prices, cost_factor=2))

    def _take_in(self, count: int) -> None:
        sources, submissions = [], []
        for _ in range(count):
            self._sent += 1
            again = self.dice.random() < 0.05
            number = self.dice.randrange(self._sent) if again else self._sent
            kind = self.dice.choice(["house", "house", "flat", "nobody"])
            sources.append(self.dice.choice(list(SOURCES)))
            submissions.append(
                Submission(
                    id=LeadId(fresh_id(self.now)),
                    caller=self._key,
                    entity="solar",
                    fields={"name": f"Person {number}", "kind": kind},
                    source=sources[-1],
                    received_at=self.now,
                )
            )
        received = receive_leads(
            submissions=submissions, rates=Rates(), leases=Leases(0), now=self.now
        )
        for source, answer in zip(sources, received.answers, strict=True):
            assert isinstance(answer, Receipt), answer
            self._note_lead(source, answer)

    def _note_lead(self, source: str, receipt: Receipt) -> None:
        per, cost = SOURCES[source]
        came = Came(source, self.now, cost * self._cost_factor)
        self._came[receipt.lead.id] = came
        is_accepted = receipt.lead.state != "duplicate"
        self.book.came[source, "received"] += 1
        self.book.came[source, "accepted"] += is_accepted
        if per == "received" or (per == "accepted" and is_accepted):
            self._note_cost(came)
        for delivery in receipt.deliveries:
            self._note_sale(receipt.setup, delivery)

    def _note_cost(self, came: Came) -> None:
        self.book.cost[came.source, self.book.day_of(came.at)] += came.cost

    def _note_sale(self, setup: Setup, delivery: Delivery) -> None:
        partner = setup.partner_slugs[delivery.partner_id]
        profile = setup.profile_slugs[delivery.profile_id]
        price = self._price_of(partner, profile)
        assert delivery.price_minor == price, (partner, profile, self._reached)
        came = self._came[delivery.lead_id]
        sale = Sale(partner, profile.title(), came.source, came.at, price)
        self.book.sells(delivery.id, sale)

    def _price_of(self, partner: str, profile: str) -> int:
        seat = "alpha-too" if (partner, profile) == ("alpha", "shared") else partner
        price = self._prices[seat]
        if seat == "gamma":
            for after, tier in self.market.tiers.items():
                price = tier if self._reached >= after else price
            self._reached += 1
        return round(float(price) * 100)

    def _answer(self) -> None:
        """Answer as partners do, until nothing is due any more."""
        while errands := claim_errands(limit=1000, busy_partners=(), now=self.now):
            sent = [(errand, self._answer_to(errand)) for errand in errands]
            reports = [
                Report(errand=errand, at=self.now, ended_at=self.now, sent=answer)
                for errand, answer in sent
            ]
            record_outcomes(reports=reports, leases=Leases(0), now=self.now)

    def _answer_to(self, errand: Errand) -> Sent:
        delivery = errand.delivery
        if delivery.id not in self.book.sales:  # the next in line, after somebody refused
            self._note_sale(errand.setup, delivery)
        sale = self.book.sales[delivery.id]
        luck = self.dice.random()
        if luck < 0.06:
            sale.state = "rejected"
            self._reached -= sale.partner == "gamma"
            return Sent(outcome=Outcome.REFUSED, ms=5, written=True, status=422)
        if luck < 0.065 and sale.partner in ("alpha", "beta"):
            sale.state = "unknown"
            self._unknown.append(delivery.id)
            return Sent(outcome=Outcome.AMBIGUOUS, ms=5, written=True, error="lost")
        price = None
        if sale.partner == "alpha" and luck > 0.7:
            sale.price += self.dice.randrange(-199, 400)
            price = f"{sale.price / 100:.2f}"
        self._note_charge(delivery.id, delivery.lead_id)
        return Sent(outcome=Outcome.DELIVERED, ms=5, written=True, status=200, price=price)

    def _note_charge(self, id: DeliveryId, lead_id: LeadId) -> None:
        self.book.charges(id, self.now)
        self._delivered.append(id)
        came = self._came[lead_id]
        if not came.is_sold:
            came.is_sold = True
            self.book.came[came.source, "sold"] += 1
            if SOURCES[came.source][0] == "sold":
                self._note_cost(came)

    def _keep_money(self, leads: int) -> None:
        account: dict[str, Any] = {"account_id": self.account_id, "by": BY, "now": self.now}
        self._come_back(sum(self.dice.random() < 0.04 for _ in range(leads)))
        self._settle_unknown(len(self._unknown) // 2)
        if self.dice.random() < 0.3:
            amount = self.dice.randrange(100, 5 * leads * 100 + 101)
            balances.top_up(
                partner="delta", amount=f"{amount / 100:.2f}", reference=None, **account
            )
            self.book.paid_ahead["delta"] += amount
        if self.dice.random() < 0.1:
            partner = self.dice.choice(list(self.market.partners))
            amount = self.dice.choice([-1, 1]) * self.dice.randrange(1, 2000)
            balances.adjust(
                partner=partner, amount=f"{amount / 100:.2f}", reason="Goodwill", **account
            )
            self.book.adjusts(partner, amount, self.now, "Goodwill")

    def _come_back(self, count: int) -> None:
        for _ in range(min(count, len(self._delivered))):
            self._return(self._delivered.pop(self.dice.randrange(len(self._delivered))))

    def _return(self, id: DeliveryId) -> None:
        about: dict[str, Any] = {"account_id": self.account_id, "now": self.now, "by": BY}
        if self.dice.random() < 0.3:
            asked = returning.request_return(delivery_id=id, reason="Bad number", **about)
            returning.grant_return(request_id=asked.id, note=None, **about)
        else:
            returning.return_delivery(delivery_id=id, reason="Bad number", **about)
        self.book.credits(id, self.now)

    def _return_some_of(self, bill: Bill) -> None:
        billed = [id for id in self._delivered if self.book.sales[id].charge_in(bill)]
        for id in self.dice.sample(billed, min(2, len(billed))):
            self._delivered.remove(id)
            self._return(id)

    def _settle_unknown(self, count: int) -> None:
        for _ in range(count):
            id = self._unknown.pop(0)
            is_delivered = self.dice.random() < 0.7
            outcome = Outcome.DELIVERED if is_delivered else Outcome.REFUSED
            handling.resolve_delivery(
                account_id=self.account_id,
                delivery_id=id,
                outcome=outcome,
                leases=Leases(0),
                now=self.now,
            )
            if is_delivered:
                self._note_charge(id, deliveries.get(self.account_id, id).lead_id)
            else:
                self.book.sales[id].state = "rejected"

    def _take_something_back(self) -> None:
        """Credit an invoice as a whole or by an amount, or find that nothing of it is left."""
        invoice, bill = self.dice.choice(self.issued)
        if invoice.kind == "credit_note":
            return
        if self.dice.random() < 0.5:
            self._return_some_of(bill)
        left = bill.left()
        amount = self.dice.choice([None, self.dice.randrange(1, left + 1)]) if left > 0 else None
        what: dict[str, Any] = {"account_id": self.account_id, "by": BY, "now": self.now}
        try:
            note = crediting.credit_invoice(id=invoice.id, amount_minor=amount, **what)
        except NotInThisState:
            assert left <= 0
            return
        assert left > 0
        self.issued.append((note, self.book.takes_back(bill, amount, self.now)))
        if self.dice.random() < 0.5:
            self._return_some_of(bill)

    def _end(self) -> None:
        """Close the month, with what is returned and taken back after it, and the next one."""
        self.now = self._midnight(UNTIL) + timedelta(hours=9)
        self._answer()
        while self._unknown:
            self._settle_unknown(len(self._unknown))
            self._answer()
        for partner in self.market.partners:
            self.bill(partner, self._billed_until[partner], UNTIL)
        for _ in range(4):
            self._come_back(len(self._delivered) // 40)
            self._take_something_back()
        for partner in self.market.partners:
            self.bill(partner, UNTIL, NEXT)
