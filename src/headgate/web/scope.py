"""What a member who is kept to some entities may open: nothing that is of another one."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from django.http import HttpRequest

from headgate.domain.ids import AccountId, DeliveryId, LeadId
from headgate.services import setups
from headgate.storage import lists

# Addresses whose slug names something that belongs to one entity.
_PROFILES, _FORMS = "distribution/profiles/", "forms/of/"


def may_open(
    request: HttpRequest,
    account_id: AccountId,
    seen: tuple[str, ...] | None,
    named: Mapping[str, object],
) -> bool:
    """Tell whether what an address or a posted form names is of an entity among those `seen`.

    What is not there at all is for the page to say. Lists narrow themselves, by `visitor.seen`.
    """
    if seen is None:
        return True
    known = {entity.slug for entity in setups.in_force(account_id).configuration.entities}
    return all(
        entity in seen or entity not in known for entity in _entities(request, account_id, named)
    )


def _entities(
    request: HttpRequest, account_id: AccountId, named: Mapping[str, object]
) -> Iterator[str | None]:
    if isinstance(lead_id := named.get("lead_id"), UUID):
        yield lists.entity_of(account_id, LeadId(lead_id))
    if isinstance(delivery_id := named.get("delivery_id"), UUID):
        yield lists.entity_of_delivery(account_id, DeliveryId(delivery_id))
    if isinstance(entity := named.get("entity"), str):
        yield entity
    yield request.POST.get("entity")
    route = request.resolver_match.route if request.resolver_match else ""
    said = setups.in_force(account_id).configuration
    if route.startswith(_PROFILES):
        yield from (each.entity for each in said.profiles if each.slug == named.get("slug"))
    if route.startswith(_FORMS):
        yield from (each.entity for each in said.forms if each.slug == named.get("slug"))
