"""Which leads an address names: the filters that the list, its export and its acts share."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from headgate.domain.flaws import Flawed
from headgate.services import setups
from headgate.storage import assignees
from headgate.storage.lists import NOBODY, LeadFilter
from headgate.web.api import parameters
from headgate.web.visits import ENTITY, Visitor
from headgate.web.wording import LEAD_STATES

MINE = "me"
_LONGEST_NUMBER = 18
FILTERS = ("q", "state", "status", "assignee", "source", "partner", "from", "to", "test", "import")
# Those that a person needs now and then; they unfold.
SELDOM = ("source", "partner", "from", "to", "test")

Chosen = dict[str, str | None]


def chosen_in(said: Mapping[str, str], visitor: Visitor) -> Chosen:
    """Return what an address or a form says, with the entity of the sidebar."""
    chosen: Chosen = {name: said.get(name, "").strip() or None for name in FILTERS}
    return chosen | {ENTITY: visitor.entity}


def is_narrowed(chosen: Chosen) -> bool:
    return any(chosen[name] for name in FILTERS)


def filter_of(visitor: Visitor, chosen: Chosen) -> LeadFilter:
    """:raises Flawed: a day cannot be read."""
    zone = ZoneInfo(visitor.timezone)
    days = {name: day for name in ("from", "to") if (day := chosen[name])}
    assignee = visitor.email if chosen["assignee"] == MINE else chosen["assignee"]
    return LeadFilter(
        text=chosen["q"],
        entity=chosen[ENTITY],
        entities=visitor.seen,
        state=chosen["state"],
        status=chosen["status"],
        assignee=assignee,
        source=chosen["source"],
        partner=chosen["partner"],
        import_id=_number(chosen["import"]),
        since=parameters.moment_of(days, "from", zone),
        until=parameters.moment_of(days, "to", zone),
        test=chosen["test"] == "yes",
    )


def _number(text: str | None) -> int | None:
    """Return the number of an import; what is none names no lead."""
    if text is None:
        return None
    return int(text) if text.isdecimal() and len(text) < _LONGEST_NUMBER else 0


def choices(visitor: Visitor) -> dict[str, Any]:
    """Return what each filter can be narrowed to."""
    said = setups.in_force(visitor.account_id).configuration
    shown = [each for each in visitor.entities if visitor.entity in (None, each.slug)]
    slugs = {entity.slug for entity in shown}
    sources = {each.slug: each.name for each in said.sources if each.entity in slugs}
    emails = [each.email for each in assignees.list_all(visitor.account_id)]
    return {
        "states": [(state, word) for state, (_tone, word) in LEAD_STATES.items()],
        "statuses": statuses_of(visitor),
        "assignees": [
            (MINE, _("Me")),
            (NOBODY, _("Nobody")),
            *((email, email) for email in emails if email != visitor.email),
        ],
        "partners": [(each.slug, each.name) for each in said.partners],
        "sources": sorted(sources.items(), key=lambda each: each[1]),
    }


def statuses_of(visitor: Visitor) -> list[tuple[str, str]]:
    """Return the statuses of the entities that are looked at, each once."""
    shown = [each for each in visitor.entities if visitor.entity in (None, each.slug)]
    return [(each, each) for each in dict.fromkeys(s for e in shown for s in e.statuses)]


def complaint(flawed: Flawed) -> str:
    """Return what is wrong with the filters, for people."""
    names = {"from": _("From"), "to": _("Before")}
    return "; ".join(f"{names.get(f.place, f.place)}: {f.message}" for f in flawed.flaws)
