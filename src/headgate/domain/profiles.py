"""A profile: a strategy and the assignments it chooses among."""

from enum import StrEnum

from msgspec import Struct

from headgate.domain.assignments import Assignment
from headgate.domain.caps import Cap
from headgate.domain.rules.tree import Rule


class Strategy(StrEnum):
    FIRST_MATCH = "first_match"
    SEND_TO_ALL = "send_to_all"
    ROUND_ROBIN = "round_robin"
    WEIGHTED = "weighted"
    BEST_PRICE = "best_price"


class Profile(Struct, frozen=True, omit_defaults=True):
    """`exclusive` and `give_up_minutes` are filled in when the file leaves them out.

    `max_partners` None means every eligible assignment; only `send_to_all` has it.
    """

    slug: str
    entity: str
    name: str
    exclusive: bool
    give_up_minutes: int
    enabled: bool = False
    strategy: Strategy = Strategy.FIRST_MATCH
    max_partners: int | None = None
    price_minor: int | None = None
    caps: tuple[Cap, ...] = ()
    rules: Rule | None = None
    assignments: tuple[Assignment, ...] = ()
