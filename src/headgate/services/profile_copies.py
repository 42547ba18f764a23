"""A profile is copied, as far as it can be: secrets stay with the one they were given for."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from headgate.domain.configuration.editing import Document, Thing, ThingNotThere, find, free_slug
from headgate.domain.ids import AccountId
from headgate.services import administration, setups


class Copied(Struct, frozen=True):
    """`without_secrets` are the assignments whose own delivery settings could not come along."""

    slug: str
    without_secrets: tuple[str, ...]


def copy_profile(*, account_id: AccountId, slug: str, made_by: str, now: datetime) -> Copied:
    """Add a copy of a profile, disabled.

    An assignment with secrets of its own is copied without its delivery settings and disabled,
    so that nothing goes by other settings than somebody chose.

    :raises ThingNotThere:
    """
    version, document = administration.written(account_id=account_id)
    original = find(document, Thing("profiles", slug))
    if original is None:
        raise ThingNotThere(f"there is no profile {slug!r} any more")
    free = free_slug(slug, setups.in_force(account_id).plan.identities.profiles)
    without = []
    assignments = []
    for assignment in original.get("assignments", ()):
        said = dict(assignment)
        if _holds_stored(said.get("delivery")):
            del said["delivery"]
            said["enabled"] = False
            without.append(str(said.get("slug", said["partner"])))
        assignments.append(said)
    copy: Document = {
        **original,
        "slug": free,
        "name": f"{original['name']} (copy)",
        "enabled": False,
        "assignments": assignments,
    }
    administration.save_thing(
        account_id=account_id,
        kind="profiles",
        said=copy,
        instead=None,
        seen=version,
        made_by=made_by,
        now=now,
    )
    return Copied(free, tuple(without))


def _holds_stored(part: Any) -> bool:
    if isinstance(part, dict):
        return part == {"stored": True} or any(map(_holds_stored, part.values()))
    return isinstance(part, list) and any(map(_holds_stored, part))
