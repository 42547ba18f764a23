"""What happened is noted for whoever wants to hear of it, in the transaction of what it tells.

Where nobody wants to, nothing is written and next to nothing is done.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from headgate.domain.events import (
    Audience,
    EventType,
    EventWebhook,
    delivery_event,
    lead_event,
)
from headgate.domain.ids import AccountId, DeliveryId, EventId, LeadId
from headgate.services import setups
from headgate.services.events import bodies
from headgate.services.identity import fresh_id
from headgate.services.setups import Setup
from headgate.storage import deliveries, events
from headgate.storage import leads as stored_leads
from headgate.storage.deliveries import Delivery
from headgate.storage.events import Event
from headgate.storage.imports import Import
from headgate.storage.invoices import Invoice
from headgate.storage.leads import Lead

Made = Mapping[LeadId, Sequence[Delivery]]  # the deliveries of each lead


class _Happening(Struct, frozen=True):
    """Something about a lead, and perhaps one delivery of it.

    `said` is told to everybody, `to_staff` never to a source.
    """

    type: EventType
    lead: Lead
    delivery: Delivery | None = None
    said: Mapping[str, Any] = {}
    to_staff: Mapping[str, Any] = {}


def note_received(
    setup: Setup, leads: Sequence[Lead], made: Iterable[Delivery], *, now: datetime
) -> None:
    """Note that leads were stored, and of those that found nobody that as well."""
    if not setup.listeners:
        return
    of_leads: dict[LeadId, list[Delivery]] = {lead.id: [] for lead in leads}
    for delivery in made:
        of_leads[delivery.lead_id].append(delivery)
    happened = []
    for lead in leads:
        happened.append(_Happening(EventType.LEAD_RECEIVED, lead))
        if (kind := lead_event("", lead.state)) is not None:
            happened.append(_Happening(kind, lead))
    _note(setup, happened, of_leads, now)


def note_changes(
    setup: Setup,
    leads: Iterable[Lead],
    *,
    before: Mapping[LeadId, str],
    made: Made,
    moved: Iterable[Delivery] = (),
    reasons: Mapping[DeliveryId, str] = MappingProxyType({}),
    now: datetime,
) -> None:
    """Note what became of leads and of the deliveries that `moved`; they stand as they do now.

    `before` are the states that the leads were in, `reasons` the listed ones of returns.
    """
    if not setup.listeners:
        return
    by_id, came_back = {lead.id: lead for lead in leads}, set()
    happened = []
    for delivery in moved:
        if (kind := delivery_event(delivery.state)) is None:
            continue
        said: dict[str, Any] = {}
        if kind is EventType.LEAD_RETURNED:
            came_back.add(delivery.lead_id)
            said = {"reason": reasons.get(delivery.id)}
        happened.append(_Happening(kind, by_id[delivery.lead_id], delivery, said))
    for lead in by_id.values():
        kind = lead_event(before[lead.id], lead.state)
        # That nobody has it any more is what a return says already.
        if kind is not None and not (kind is EventType.LEAD_UNDELIVERED and lead.id in came_back):
            happened.append(_Happening(kind, lead))
    _note(setup, happened, made, now)


def note_disposition(
    *,
    account_id: AccountId,
    delivery: Delivery,
    disposition: str,
    value: str | None = None,
    now: datetime,
) -> None:
    """Note what a partner said became of a lead; `value` is what it sold for, as money is written.

    Call it in the transaction that writes it. `disposition` is one of the words that Headgate
    knows: a partner's own words stay out, for they may be about the person.
    """
    setup = setups.in_force(account_id)
    if EventType.DELIVERY_DISPOSITION not in setup.listeners:
        return
    lead = stored_leads.get(account_id, delivery.lead_id)
    happened = _Happening(
        EventType.DELIVERY_DISPOSITION,
        lead,
        delivery,
        said={"disposition": disposition},
        to_staff={"value": value},
    )
    _note(setup, [happened], deliveries.of_leads([lead.id]), now)


def note_invoice(kind: EventType, invoice: Invoice, *, now: datetime, **said: str) -> None:
    setup = setups.in_force(invoice.account_id)
    told = setup.listeners.get(kind, ())
    text = bodies.body(kind, bodies.about_invoice(setup, invoice) | said, now=now) if told else ""
    events.add([new_event(setup, each, kind, text, now=now) for each in told])


def note_import(ended: Import, *, now: datetime) -> None:
    setup, kind = setups.in_force(ended.account_id), EventType.IMPORT_FINISHED
    entity, source = setup.entity_slugs[ended.entity_id], setup.source_slugs[ended.source_id]
    told = [each for each in setup.listeners.get(kind, ()) if each.hears_of(entity, source)]
    text = bodies.body(kind, bodies.about_import(setup, ended), now=now) if told else ""
    events.add([new_event(setup, each, kind, text, now=now) for each in told])


def new_event(
    setup: Setup,
    webhook: EventWebhook,
    kind: EventType,
    text: str,
    *,
    lead_id: LeadId | None = None,
    now: datetime,
) -> Event:
    """Return an event that is due at once."""
    return Event(
        id=EventId(fresh_id(now)),
        account_id=setup.account.id,
        webhook=webhook.slug,
        type=kind,
        lead_id=lead_id,
        body=text,
        at=now,
        due_at=now,
    )


def _note(setup: Setup, happened: Iterable[_Happening], made: Made, now: datetime) -> None:
    rows: list[Event] = []
    for each in happened:
        if not each.lead.test:
            rows += _events_of(setup, each, made, now)
    events.add(rows)


def _events_of(setup: Setup, each: _Happening, made: Made, now: datetime) -> Iterator[Event]:
    lead = each.lead
    entity = setup.entity_slugs[lead.entity_id]
    source = setup.source_slugs.get(lead.source_id, "")
    texts: dict[Audience, str] = {}
    for webhook in setup.listeners.get(each.type, ()):
        if not webhook.hears_of(entity, source):
            continue
        audience = webhook.audience
        if audience not in texts:
            said = bodies.about_lead(setup, lead, made[lead.id]) | dict(each.said)
            if audience is Audience.STAFF:
                said |= bodies.about_delivery(setup, each.delivery) | dict(each.to_staff)
            texts[audience] = bodies.body(each.type, said, now=now)
        # Erasing drops what names the lead, except that it was erased.
        lead_id = None if each.type is EventType.LEAD_ERASED else lead.id
        yield new_event(setup, webhook, each.type, texts[audience], lead_id=lead_id, now=now)
