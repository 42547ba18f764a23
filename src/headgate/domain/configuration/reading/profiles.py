"""Profiles and their assignments: for which leads, in which order, at what price."""

from collections.abc import Collection, Mapping

from headgate.domain.assignments import Assignment, OnAmbiguous, Otherwise
from headgate.domain.caps import Cap, read_caps
from headgate.domain.channel_options import OptionTypes
from headgate.domain.configuration.reading.deliveries import read_delivery
from headgate.domain.configuration.reading.section import Section, readable
from headgate.domain.entities import Entity
from headgate.domain.hours import read_hours
from headgate.domain.price_tiers import MOST_LEADS, PriceTier
from headgate.domain.profiles import Profile, Strategy
from headgate.domain.rules.reading import read_rule
from headgate.domain.rules.tree import Rule

EXCLUSIVE_MINUTES = 15  # a waterfall must not wait for days
SHARED_MINUTES = 1_440
MOST_MINUTES = 43_200
MOST_PRIORITY = 1_000_000
MOST_WEIGHT = 1_000_000
MOST_PARTNERS = 10_000


def read_profile(
    section: Section,
    *,
    entities: Mapping[str, Entity | None],
    partners: Collection[str],
    currency: str,
    others: OptionTypes,
) -> Profile:
    """Read a profile; an entity that is itself flawed stands as None."""
    slug = section.slug()
    name = section.maybe_text("name") or readable(slug)
    entity = entities.get(section.reference("entity", entities, "entity"))
    strategy = section.one_of("strategy", Strategy.FIRST_MATCH)
    exclusive = section.flag("exclusive", default=strategy is not Strategy.SEND_TO_ALL)
    profile = Profile(
        slug=slug,
        entity=entity.slug if entity else "",
        name=name,
        exclusive=exclusive,
        give_up_minutes=section.number(
            "give_up_minutes",
            EXCLUSIVE_MINUTES if exclusive else SHARED_MINUTES,
            least=1,
            most=MOST_MINUTES,
        ),
        enabled=section.flag("enabled", default=False),
        strategy=strategy,
        # Kept beside other strategies as well, for the day when one goes back; lint says so.
        max_partners=section.maybe_number("max_partners", least=1, most=MOST_PARTNERS),
        price_minor=section.amount("price", currency),
        caps=_read_caps(section, currency),
        rules=_read_rules(section, entity),
        assignments=_read_assignments(
            section, entity=entity, partners=partners, currency=currency, others=others
        ),
    )
    section.finish()
    return profile


def _read_caps(section: Section, currency: str) -> tuple[Cap, ...]:
    raw = section.take("caps")
    return read_caps(raw, place=section.at("caps"), currency=currency, flaws=section.flaws)


def _read_tiers(section: Section, currency: str) -> tuple[PriceTier, ...]:
    tiers: list[PriceTier] = []
    for item in section.sections("price_tiers"):
        for key, what in (("after", "the number of leads"), ("price", "the price")):
            if not item.has(key):
                item.note(key, "required", f"{key!r} is missing; write {what}")
        after = item.maybe_number("after", least=1, most=MOST_LEADS) or 0
        price = item.amount("price", currency) or 0
        item.finish()
        if tiers and 0 < after <= tiers[-1].after:
            _note_order(item, after, [tier.after for tier in tiers])
        tiers.append(PriceTier(after, price))
    return tuple(tiers)


def _note_order(item: Section, after: int, above: Collection[int]) -> None:
    if after in above:
        message = f"there is already a price after {after} leads; keep one of them"
        item.note("after", "repeated", message)
    else:
        message = f"{after} stands below {max(above)}; list the tiers by rising numbers of leads"
        item.note("after", "out_of_order", message)


def _read_rules(section: Section, entity: Entity | None) -> Rule | None:
    """Without a sound entity there are no fields to judge the rules by."""
    raw = section.take("rules")
    if entity is None:
        return None
    return read_rule(raw, place=section.at("rules"), entity=entity, flaws=section.flaws)


def _read_assignments(
    section: Section,
    *,
    entity: Entity | None,
    partners: Collection[str],
    currency: str,
    others: OptionTypes,
) -> tuple[Assignment, ...]:
    found: list[Assignment] = []
    first: dict[str, str] = {}
    for item in section.sections("assignments"):
        assignment = _read_assignment(
            item, entity=entity, partners=partners, currency=currency, others=others
        )
        slug = assignment.slug
        if slug and slug in first:
            message = f"the slug {slug!r} is already taken by {first[slug]}"
            fix = "a partner that stands twice needs a `slug` of its own each time"
            item.note("slug", "repeated", f"{message}; {fix}")
        first.setdefault(slug, item.place)
        found.append(assignment)
    return tuple(found)


def _read_assignment(
    section: Section,
    *,
    entity: Entity | None,
    partners: Collection[str],
    currency: str,
    others: OptionTypes,
) -> Assignment:
    partner = section.reference("partner", partners, "partner")
    hours = section.take("hours")
    settings = read_delivery(section, entity=entity, currency=currency, others=others)
    assignment = Assignment(
        slug=section.maybe_slug("slug") or partner,
        partner=partner,
        priority=section.number("priority", 0, least=-MOST_PRIORITY, most=MOST_PRIORITY),
        weight=section.number("weight", 1, least=0, most=MOST_WEIGHT),
        price_minor=section.amount("price", currency),
        price_tiers=_read_tiers(section, currency),
        enabled=section.flag("enabled", default=True),
        rules=_read_rules(section, entity),
        caps=_read_caps(section, currency),
        hours=read_hours(hours, place=section.at("hours"), flaws=section.flaws),
        on_ambiguous=section.one_of("on_ambiguous", OnAmbiguous.HOLD),
        at_cap=section.one_of("at_cap", Otherwise.SKIP),
        when_closed=section.one_of("when_closed", Otherwise.SKIP),
        wait_minutes=section.number("wait_minutes", 240, least=1, most=MOST_MINUTES),
        delivery=settings[0] if settings else None,
        fallbacks=settings[1:],
    )
    section.finish()
    return assignment
