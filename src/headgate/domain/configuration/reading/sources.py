"""Sources: who sends leads, at what cost and within what limits."""

from collections.abc import Collection

from headgate.domain.caps import read_caps
from headgate.domain.configuration.reading.section import Section, readable
from headgate.domain.sources import CostPer, OnDuplicate, OnInvalid, Source

MOST_PER_MINUTE = 1_000_000


def read_source(section: Section, *, entities: Collection[str], currency: str) -> Source:
    slug = section.slug()
    source = Source(
        slug=slug,
        entity=section.reference("entity", entities, "entity"),
        name=section.maybe_text("name") or ("API" if slug == "api" else readable(slug)),
        on_duplicate=section.one_of("on_duplicate", OnDuplicate.REJECT),
        on_invalid=section.one_of("on_invalid", OnInvalid.REFUSE),
        cost_minor=section.amount("cost", currency) or 0,
        cost_per=section.one_of("cost_per", CostPer.ACCEPTED),
        caps=read_caps(
            section.take("caps"),
            place=section.at("caps"),
            currency=currency,
            flaws=section.flaws,
        ),
        rate_per_minute=_read_rate(section),
    )
    section.finish()
    return source


def _read_rate(section: Section) -> int | None:
    rate = section.section("rate")
    if rate is None:
        return None
    per_minute = rate.maybe_number("per_minute", least=1, most=MOST_PER_MINUTE)
    if per_minute is None:
        rate.note("per_minute", "required", "write {per_minute: 600}, or leave `rate` out")
    rate.finish()
    return per_minute
