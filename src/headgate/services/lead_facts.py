"""What a partner may learn of a lead that is delivered to it."""

from msgspec.structs import replace

from headgate.channels.contract import LeadFacts
from headgate.domain.delivery_settings import DeliverySettings
from headgate.domain.entities import Entity
from headgate.domain.instants import rfc3339
from headgate.services import persons, postback_tokens
from headgate.services.setups import Setup
from headgate.storage.deliveries import Delivery
from headgate.storage.leads import Lead


def facts_of(setup: Setup, lead: Lead, delivery: Delivery, settings: DeliverySettings) -> LeadFacts:
    """Return the facts of one delivery's lead, encrypted values in clear.

    What `settings` do not name is not made for them.
    """
    profile = setup.profile_slugs[delivery.profile_id]
    facts = facts_of_lead(setup, lead, delivery_id=str(delivery.id), profile=profile)
    if not postback_tokens.names_address(settings):
        return facts
    return replace(facts, postback_url=postback_tokens.address_of(setup, delivery.id))


def facts_of_lead(setup: Setup, lead: Lead, *, delivery_id: str, profile: str) -> LeadFacts:
    """Return the facts of a lead as if that profile delivered it, encrypted values in clear."""
    plan = setup.entity_plan(lead.entity_id)
    entity = plan.entity if plan else Entity("", "")
    return LeadFacts(
        delivery_id=delivery_id,
        lead_id=str(lead.id),
        entity=entity.slug,
        entity_name=entity.name,
        profile=profile,
        received_at=rfc3339(lead.received_at),
        test=lead.test,
        fields=entity.fields,
        values=persons.whole_values(setup, lead),
        status=lead.status,
        source=setup.source_slugs.get(lead.source_id, ""),
    )
