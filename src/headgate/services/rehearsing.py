"""A lead is rendered through delivery settings, in force or not, and nothing of it is kept."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from headgate.channels import registry
from headgate.channels.contract import LeadFacts, Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.delivery_settings import (
    DeliverySettings,
    Email,
    Inbox,
    Portal,
    channel_name,
)
from headgate.domain.entities import Entity
from headgate.domain.ids import LeadId
from headgate.domain.instants import rfc3339
from headgate.domain.sample_values import sample_values
from headgate.services.identity import passing_id
from headgate.services.lead_facts import facts_of_lead
from headgate.services.preparing import NO_SMTP, without_sending
from headgate.services.rendering import NOT_RENDERED, rendered_from
from headgate.services.setups import Setup
from headgate.storage import leads


class Rehearsal(Struct, frozen=True):
    """What would be sent; where nothing is, `request` is None and `ended` may say why."""

    channel: str
    request: Any = None
    shown: dict[str, Any] | None = None
    ended: Sent | None = None


def made_up_lead(setup: Setup, entity: Entity, *, profile: str, now: datetime) -> LeadFacts:
    """Return the facts of a test lead behind which nobody stands."""
    return LeadFacts(
        delivery_id=str(passing_id(now)),
        lead_id=str(passing_id(now)),
        entity=entity.slug,
        entity_name=entity.name,
        profile=profile,
        received_at=rfc3339(now),
        test=True,
        fields=entity.fields,
        values=setup.cleaners[entity.slug](sample_values(entity.fields)).values,
        status=entity.statuses[0] if entity.statuses else "",
        source="api",
    )


def stored_lead(setup: Setup, lead_id: LeadId, *, profile: str, now: datetime) -> LeadFacts:
    """Return the facts of a lead as if that profile delivered it now.

    :raises LeadNotFound:
    """
    lead = leads.get(setup.account.id, lead_id)
    return facts_of_lead(setup, lead, delivery_id=str(passing_id(now)), profile=profile)


def rehearse(
    setup: Setup, settings: DeliverySettings, facts: LeadFacts, *, now: datetime
) -> Rehearsal:
    """Render the lead; settings that are not in force yet may hold secrets in clear."""
    name, smtp = channel_name(settings), setup.configuration.email.smtp
    if isinstance(settings, Inbox | Portal):
        return Rehearsal(name)
    if isinstance(settings, Email) and smtp is None:
        return Rehearsal(name, ended=without_sending(Outcome.NOT_SENT, NO_SMTP))
    try:
        channel = registry.channel(name)
        request = channel.render(
            rendered_from(settings, smtp, dated=now), facts, secret_of=setup.secret
        )
    except NOT_RENDERED as error:
        ended = without_sending(Outcome.NOT_SENT, f"No request could be made: {error}")
        return Rehearsal(name, ended=ended)
    return Rehearsal(name, request, dict(channel.shown(request)))
