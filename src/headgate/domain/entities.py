"""An entity: a kind of lead with its own fields and statuses."""

from msgspec import Struct

from headgate.domain.fields import Field


class DuplicateMatch(Struct, frozen=True):
    """Two leads are the same person when any of the `match` fields agree within the window."""

    match: tuple[str, ...]
    within_days: int


class Entity(Struct, frozen=True, omit_defaults=True):
    slug: str
    name: str
    fields: tuple[Field, ...] = ()
    statuses: tuple[str, ...] = ("New",)  # the first is the default
    duplicates: DuplicateMatch | None = None

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.key == key), None)

    def encrypts(self, key: str) -> bool:
        field = self.field(key)
        return field is not None and field.encrypted
