"""A partner's own leads as its portal shows them: nothing of others, nothing it did not get."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from headgate.channels import payload, templates
from headgate.channels.contract import LeadFacts
from headgate.domain.deliveries import State
from headgate.domain.delivery_settings import (
    DeliverySettings,
    Email,
    FieldChoice,
    Portal,
    Webhook,
)
from headgate.domain.dispositions import TOLD_OF
from headgate.domain.fields import Field, FieldType
from headgate.domain.ids import DeliveryId
from headgate.domain.instants import rfc3339
from headgate.domain.money import format_amount
from headgate.services import feedback_showing, setups
from headgate.services.errands import errand_of
from headgate.services.feedback_showing import DispositionShown
from headgate.storage import deliveries, leads, portal_leads, returns
from headgate.storage.deliveries import Delivery, DeliveryNotFound
from headgate.storage.leads import Lead
from headgate.storage.portal_leads import PortalFilter
from headgate.storage.returns import Request

# With these anybody could reach the person, so they wait until the lead is the partner's.
_CONTACT = (FieldType.EMAIL, FieldType.PHONE, FieldType.ADDRESS)


class FieldSeen(Struct, frozen=True):
    """A field that the partner got; `value` is None where the lead has none."""

    key: str
    label: str
    value: Any
    field: Field


class PortalLead(Struct, frozen=True, kw_only=True):
    """One delivery as its partner sees it; `withheld` are the labels of what it sees no value of.

    `answer_until` is there while the partner may accept or reject it, `asked` once it asked for
    a return. `told` is what was said became of it, the earliest first.
    """

    id: DeliveryId
    state: State
    entity: str
    price: str
    currency: str
    test: bool
    received_at: str
    answer_until: str | None
    ended_at: str | None
    erased: bool
    fields: tuple[FieldSeen, ...]
    withheld: tuple[str, ...]
    asked: Request | None = None
    told: tuple[DispositionShown, ...] = ()

    @property
    def may_tell(self) -> bool:
        return self.state in TOLD_OF and not self.erased


class PortalPage(Struct, frozen=True):
    items: list[PortalLead]
    next: DeliveryId | None


def list_leads(*, wanted: PortalFilter, before: DeliveryId | None, limit: int) -> PortalPage:
    rows = portal_leads.list_page(wanted, before=before, limit=limit + 1)
    # A row more than shown says that there is another page.
    following = rows[limit - 1].id if len(rows) > limit else None
    return PortalPage(_shown(rows[:limit]), following)


def show_lead(*, wanted: PortalFilter) -> PortalLead:
    """Return the one that the filter names.

    :raises DeliveryNotFound: there is none, or it is no business of this partner.
    """
    rows = portal_leads.list_page(wanted, before=None, limit=1)
    if not rows:
        raise DeliveryNotFound("there is no such lead")
    return _shown(rows)[0]


def is_own(wanted: PortalFilter) -> bool:
    """Tell whether the delivery was made to this partner, whatever became of it since."""
    if wanted.id is None:
        return False
    try:
        delivery = deliveries.get(wanted.account_id, wanted.id)
    except DeliveryNotFound:
        return False
    return delivery.partner_id == wanted.partner_id


def columns_of(wanted: PortalFilter) -> list[tuple[str, str]]:
    """Return key and label of every field that some of these leads may show."""
    found: dict[str, str] = {}
    account_id = wanted.account_id
    for shape in portal_leads.shapes(wanted):
        setup = setups.at_version(account_id, shape.version)
        ways = setup.seats[shape.assignment_id].ways
        number = shape.fallback or 0
        plan = setups.in_force(account_id).entity_plan(shape.entity_id)
        if number < len(ways) and plan is not None:
            fields = plan.entity.fields
            seen = _keys(ways[number].settings, fields)
            found |= {key: _label(key, fields) for key in seen}
    return list(found.items())


def _shown(rows: Sequence[Delivery]) -> list[PortalLead]:
    known = leads.find_many({each.lead_id for each in rows})
    asked = returns.of_deliveries(each.id for each in rows)
    told = feedback_showing.histories(each.id for each in rows)
    return [
        _lead(each, known[each.lead_id], asked.get(each.id), told.get(each.id, ())) for each in rows
    ]


def _lead(
    delivery: Delivery, lead: Lead, asked: Request | None, told: Sequence[DispositionShown]
) -> PortalLead:
    errand = errand_of(delivery, lead)
    facts = errand.facts()
    state = State(delivery.state)
    seen = _fields(errand.settings, facts)
    closed = () if state is State.DELIVERED else tuple(each for each in seen if _reaches(each))
    is_offered = state is State.PENDING
    return PortalLead(
        id=delivery.id,
        state=state,
        entity=facts.entity_name,
        price=format_amount(delivery.price_minor, delivery.currency),
        currency=delivery.currency,
        test=delivery.test,
        received_at=rfc3339(delivery.created_at),
        answer_until=rfc3339(delivery.give_up_at) if is_offered else None,
        ended_at=rfc3339(delivery.ended_at) if delivery.ended_at else None,
        erased=lead.erased_at is not None,
        fields=tuple(each for each in seen if each not in closed),
        withheld=tuple(each.label for each in closed if each.value is not None),
        asked=asked,
        told=tuple(told),
    )


def _reaches(seen: FieldSeen) -> bool:
    return seen.field.encrypted or seen.field.type in _CONTACT


def _fields(settings: DeliverySettings, facts: LeadFacts) -> list[FieldSeen]:
    known = {field.key: field for field in facts.fields}
    return [
        FieldSeen(
            key,
            _label(key, facts.fields),
            payload.value_of(facts, key),
            known[key.partition(".")[0]],
        )
        for key in _keys(settings, facts.fields)
    ]


def _label(key: str, fields: Sequence[Field]) -> str:
    name, _, part = key.partition(".")
    label = next((field.label for field in fields if field.key == name), name)
    return f"{label}: {part}" if part else label


def _keys(settings: DeliverySettings, fields: Sequence[Field]) -> list[str]:
    """Return the fields that these settings tell the partner, in the entity's order.

    What is no field of the lead, such as its source or profile, is nothing for the portal.
    """
    order = {field.key: number for number, field in enumerate(fields)}
    told = dict.fromkeys(_told(settings, fields))
    own = [key for key in told if key.partition(".")[0] in order]
    return sorted(own, key=lambda key: order[key.partition(".")[0]])


def _told(settings: DeliverySettings, fields: Sequence[Field]) -> Iterable[str]:
    everything = [field.key for field in fields]
    open_keys = [field.key for field in fields if not field.encrypted]
    match settings:
        case Portal():
            return everything
        case Webhook(template=str(template)):
            return templates.names(template)
        case Webhook():
            return _chosen(settings.fields, everything)
        case Email():
            texts = (settings.subject, settings.text, settings.html)
            named = [name for text in texts if text for name in templates.names(text)]
            lists_fields = settings.text is None or settings.attach
            return [*named, *(_chosen(settings.fields, open_keys) if lists_fields else ())]
        case _:
            choice = getattr(settings, "fields", FieldChoice())
            return _chosen(choice, open_keys)


def _chosen(choice: FieldChoice, otherwise: list[str]) -> list[str]:
    return otherwise if choice.pairs is None else [ours for _, ours in choice.pairs]
