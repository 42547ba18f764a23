"""The lasting ids behind an account's slugs."""

from msgspec import Struct

from headgate.domain.ids import AssignmentId, EntityId, PartnerId, ProfileId, SourceId


class Identities(Struct, frozen=True):
    """Those of everything that was ever configured, whether it is archived or not.

    A source is named with its entity, an assignment with its profile.
    """

    entities: dict[str, EntityId] = {}
    sources: dict[tuple[str, str], SourceId] = {}
    partners: dict[str, PartnerId] = {}
    profiles: dict[str, ProfileId] = {}
    assignments: dict[tuple[str, str], AssignmentId] = {}


NOTHING_KNOWN = Identities()
