"""Which deliveries an address names: the filters that the list and its export share."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from headgate.domain.dispositions import dispositions_of
from headgate.services import setups
from headgate.storage.lists import DeliveryFilter
from headgate.web import channel_choices
from headgate.web.api import parameters
from headgate.web.visits import Visitor
from headgate.web.wording import DELIVERY_STATES, DISPOSITIONS

FILTERS = (
    *("q", "state", "partner", "profile", "disposition", "source", "channel", "from", "to", "test"),
)
# Those that a person needs now and then; they unfold.
SELDOM = ("disposition", "source", "channel", "from", "to", "test")
# What was sent and answered has no index, so a search looks no further back by itself.
SEARCHED = timedelta(days=30)

Chosen = dict[str, str | None]


def chosen_in(said: Mapping[str, str]) -> Chosen:
    return {name: said.get(name, "").strip() or None for name in FILTERS}


def entities_of(visitor: Visitor) -> tuple[str, ...] | None:
    """Return the entities that they look at, None for all."""
    return (visitor.entity,) if visitor.entity else visitor.seen


def filter_of(visitor: Visitor, chosen: Chosen, *, now: datetime) -> DeliveryFilter:
    """:raises Flawed: a day cannot be read."""
    zone = ZoneInfo(visitor.timezone)
    days = {name: day for name in ("from", "to") if (day := chosen[name])}
    since = parameters.moment_of(days, "from", zone)
    told = chosen["disposition"]
    return DeliveryFilter(
        entities=entities_of(visitor),
        state=chosen["state"],
        partner=chosen["partner"],
        profile=chosen["profile"],
        source=chosen["source"],
        dispositions=None if told is None else dispositions_of(told),
        channel=chosen["channel"],
        test=chosen["test"] == "yes",
        since=now - SEARCHED if chosen["q"] and since is None else since,
        until=parameters.moment_of(days, "to", zone),
        text=chosen["q"],
    )


def choices(visitor: Visitor) -> dict[str, Any]:
    """Return what each filter can be narrowed to."""
    said = setups.in_force(visitor.account_id).configuration
    return {
        "states": [(state, word) for state, (_tone, word) in DELIVERY_STATES.items()],
        "partners": [(each.slug, each.name) for each in said.partners],
        "profiles": [
            (each.slug, each.name)
            for each in said.profiles
            if visitor.sees(each.entity) and visitor.entity in (None, each.entity)
        ],
        "channels": channel_choices.choices(),
        "dispositions": [
            ("any", _("Anything")),
            ("reached", _("Reached")),
            *((kind, word) for kind, (_tone, word) in DISPOSITIONS.items()),
        ],
        "sources": list(
            {
                each.slug: each.name
                for each in said.sources
                if visitor.sees(each.entity) and visitor.entity in (None, each.entity)
            }.items()
        ),
    }
