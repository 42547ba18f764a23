"""What a try, or a person, makes of a delivery is written, with all that follows from it.

One transaction: the delivery's state, the place given back, the charge, the next in line.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from headgate.domain.deliveries import OPEN, State, Step
from headgate.domain.ids import AccountId, DeliveryId, LeadId
from headgate.domain.ledger import Kind
from headgate.domain.verdicts import Because
from headgate.services import return_credits, routing, setups
from headgate.services.board import Board
from headgate.services.events import noting
from headgate.services.identity import fresh_id
from headgate.services.routing import Leases
from headgate.storage import accounts, deliveries, leads, ledger

_BECAUSE = {
    State.REJECTED: Because.REFUSED,
    State.FAILED: Because.FAILED,
    State.UNKNOWN: Because.UNKNOWN,
}


class Settled(Struct, frozen=True):
    """The leads that were touched, as they stand now, and the deliveries that were made."""

    leads: dict[LeadId, leads.Lead]
    deliveries: list[deliveries.Delivery]


class Settling:
    """Holds some leads of one account, with their deliveries, while a transaction settles them.

    `uses_caps` says whether places may be given back, corrected or taken, which needs the caps
    and turns; they are locked first, as everywhere. `remarks` say of returned deliveries why
    less was credited than they cost; `reasons` hold those of their reasons that are listed, for
    events.
    """

    def __init__(
        self,
        account_id: AccountId,
        lead_ids: Iterable[LeadId],
        *,
        uses_caps: bool,
        leases: Leases,
        now: datetime,
    ) -> None:
        self.setup = setups.at_version(account_id, accounts.hold_version(account_id))
        self.board = Board(self.setup, now=now) if uses_caps else None
        self.now = now
        self._leases = leases
        wanted = sorted(set(lead_ids))
        self.leads = leads.lock(wanted)
        self._of_leads = deliveries.lock_of_leads(wanted)
        self.deliveries = {each.id: each for stored in self._of_leads.values() for each in stored}
        self._changed: dict[DeliveryId, deliveries.Delivery] = {}
        self._goes_on: dict[LeadId, Because] = {}
        self._before = {lead.id: lead.state for lead in self.leads.values()}
        self._moved: dict[DeliveryId, deliveries.Delivery] = {}
        self._entries: list[ledger.Entry] = []
        self.remarks: dict[DeliveryId, str] = {}
        self.reasons: dict[DeliveryId, str] = {}

    def apply(
        self, delivery: deliveries.Delivery, step: Step, *, because: Because | None = None
    ) -> None:
        """Write one step of a delivery; `because` overrides why its lead is decided again."""
        self._changed[delivery.id] = delivery
        if delivery.state != step.state:
            self._moved[delivery.id] = delivery
        delivery.state = step.state
        delivery.ambiguous = step.ambiguous
        delivery.due_at = step.due_at
        is_parked = step.state is State.PENDING and delivery.partner_id in self.setup.parked
        delivery.parked_at = self.now if is_parked else None
        delivery.ended_at = None if step.state in OPEN else self.now
        if step.release_place:
            self.give_back(delivery)
        if step.charge and not delivery.test:
            self._entries.append(_entry(Kind.CHARGE, delivery, self.now))
        if step.credit and not delivery.test:
            self._credit(delivery)
        if step.next_in_line:
            self._goes_on[delivery.lead_id] = because or _BECAUSE[step.state]

    def _credit(self, delivery: deliveries.Delivery) -> None:
        credit = return_credits.credit_of(delivery)
        if credit.reason:
            self.remarks[delivery.id] = credit.reason
        entry = _entry(Kind.CREDIT, delivery, self.now)
        self._entries.append(replace(entry, amount_minor=credit.amount_minor, reason=credit.reason))
        if self.board is not None:
            self.board.pay_in(delivery.partner_id, credit.amount_minor)

    def give_back(self, delivery: deliveries.Delivery) -> None:
        """Give the delivery's places back, once."""
        if delivery.holds_place and self.board is not None:
            delivery.holds_place = False
            self.board.give_back(delivery)

    def reprice(self, delivery: deliveries.Delivery, price_minor: int) -> None:
        """Put the answered price in the place of the frozen one, money caps included."""
        difference = price_minor - delivery.price_minor
        delivery.price_minor = price_minor
        if difference and delivery.holds_place and self.board is not None:
            self.board.correct(delivery, difference)

    def go_on(self, lead_id: LeadId, because: Because) -> None:
        """Have the lead decided again when everything else is written."""
        self._goes_on[lead_id] = because

    def others(self, delivery: deliveries.Delivery) -> list[deliveries.Delivery]:
        """Return the other deliveries of the same lead."""
        return [each for each in self._of_leads[delivery.lead_id] if each is not delivery]

    def touch(self, delivery: deliveries.Delivery) -> None:
        """Have the delivery written although no step was applied."""
        self._changed[delivery.id] = delivery

    def finish(self) -> Settled:
        """Decide the leads that go on, and write everything."""
        made: list[deliveries.Delivery] = []
        for lead_id, because in self._goes_on.items():
            if self.board is not None:
                made += routing.decide_again(
                    self.board,
                    self.leads[lead_id],
                    self._of_leads[lead_id],
                    because=because,
                    leases=self._leases,
                )
        for lead_id, lead in self.leads.items():
            if lead_id not in self._goes_on:
                states = [each.state for each in self._of_leads[lead_id]]
                lead.state = routing.state_of(lead, states)
        leads.save_decided(list(self.leads.values()))
        deliveries.save(list(self._changed.values()))
        deliveries.add(made)
        ledger.append(self._entries)
        noting.note_changes(
            self.setup,
            self.leads.values(),
            before=self._before,
            made=self._of_leads,
            moved=self._moved.values(),
            reasons=self.reasons,
            now=self.now,
        )
        if self.board is not None:
            self.board.save()
            if self.board.made_room:
                leads.look_again(self.setup.account.id, now=self.now)
        return Settled(self.leads, made)


def _entry(kind: Kind, delivery: deliveries.Delivery, at: datetime) -> ledger.Entry:
    return ledger.Entry(
        id=fresh_id(at),
        account_id=delivery.account_id,
        partner_id=delivery.partner_id,
        delivery_id=delivery.id,
        kind=kind,
        amount_minor=delivery.price_minor,
        currency=delivery.currency,
        at=at,
    )
