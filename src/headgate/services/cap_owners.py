"""Whose cap it is: the partner, profile, assignment or source that a cap stands on."""

from msgspec import Struct

from headgate.domain.cap_slots import CapSlot
from headgate.domain.caps import Scope
from headgate.domain.configuration.value import Configuration
from headgate.domain.ids import AssignmentId, PartnerId, ProfileId
from headgate.services.setups import Setup


class CapOwner(Struct, frozen=True):
    """An assignment's slug stands behind its profile's."""

    slug: str
    name: str


def owner_of(setup: Setup, slot: CapSlot) -> CapOwner:
    said, identities = setup.configuration, setup.plan.identities
    match slot.scope:
        case Scope.ASSIGNMENT:
            seats = identities.assignments.items()
            profile, slug = next(key for key, id in seats if id == slot.owner_id)
            seat = setup.seats[AssignmentId(slot.owner_id)]
            name = f"{seat.partner.name} ({_profile_name(said, profile)})"
            return CapOwner(f"{profile}/{slug}", name)
        case Scope.PROFILE:
            slug = setup.profile_slugs[ProfileId(slot.owner_id)]
            return CapOwner(slug, _profile_name(said, slug))
        case Scope.SOURCE:
            sources = identities.sources.items()
            entity, slug = next(key for key, id in sources if id == slot.owner_id)
            source = said.source(entity, slug)
            return CapOwner(slug, source.name if source else slug)
        case Scope.PARTNER | Scope.BALANCE:
            slug = setup.partner_slugs[PartnerId(slot.owner_id)]
            return CapOwner(slug, next(each.name for each in said.partners if each.slug == slug))


def _profile_name(said: Configuration, slug: str) -> str:
    return next(each.name for each in said.profiles if each.slug == slug)
