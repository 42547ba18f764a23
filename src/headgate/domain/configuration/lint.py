"""What is allowed in a configuration and still hardly meant."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from headgate.domain.assignments import Assignment
from headgate.domain.caps import LEADS_OF_THE_MONTH, Cap
from headgate.domain.configuration.reading.shapes import names_of, placeholders
from headgate.domain.configuration.templates import fault_of_template
from headgate.domain.configuration.value import Configuration
from headgate.domain.delivery_settings import (
    DeliverySettings,
    Email,
    Other,
    Webhook,
    never_fails,
)
from headgate.domain.entities import Entity
from headgate.domain.forms import Form
from headgate.domain.hours import Hours
from headgate.domain.partners import Partner
from headgate.domain.pricing import frozen_price
from headgate.domain.profiles import Profile, Strategy
from headgate.domain.sources import Source


class Advice(Struct, frozen=True):
    """Something to look at again; the configuration is applied all the same."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def lint(configuration: Configuration) -> tuple[Advice, ...]:
    """Return what a careful colleague would ask about, in the order of the file."""
    return tuple(_all_advice(configuration))


def _all_advice(configuration: Configuration) -> Iterator[Advice]:
    yield from _of_entities(configuration)
    for index, source in enumerate(configuration.sources):
        yield from _of_source(source, f"sources[{index}]")
    yield from _of_partners(configuration)
    partners = {partner.slug: partner for partner in configuration.partners}
    for index, profile in enumerate(configuration.profiles):
        place, entity = f"profiles[{index}]", configuration.entity(profile.entity)
        yield from _of_caps(profile.caps, place, f"profile {profile.slug}")
        if profile.max_partners and profile.strategy is not Strategy.SEND_TO_ALL:
            message = f"{profile.strategy} gives a lead to one partner; send_to_all counts this"
            yield Advice(f"{place}.max_partners", message)
        if profile.enabled:
            yield from _of_enabled(profile, place, partners)
        for position, assignment in enumerate(profile.assignments):
            seat = f"{place}.assignments[{position}]"
            partner = partners.get(assignment.partner)
            yield from _of_assignment(assignment, seat, profile, partner)
            if partner and assignment.delivery is None and entity:
                for settings in partner.all_settings:
                    yield from _of_shared_settings(settings, seat, partner, entity)
            yield from _of_delivery(assignment, f"{seat}.delivery")
    for index, form in enumerate(configuration.forms):
        yield from _of_form(form, f"forms[{index}]", configuration)
    yield from _of_mail(configuration)


def _of_entities(configuration: Configuration) -> Iterator[Advice]:
    served = {profile.entity for profile in configuration.profiles if profile.enabled}
    for index, entity in enumerate(configuration.entities):
        place = f"entities[{index}]"
        if not entity.fields:
            yield Advice(f"{place}.fields", f"{entity.slug} has no fields")
        if entity.slug not in served:
            message = f"no enabled profile takes leads of {entity.slug}; all stay unmatched"
            yield Advice(place, message)


def _of_source(source: Source, place: str) -> Iterator[Advice]:
    for index, cap in enumerate(source.caps):
        if cap.limit == 0:
            message = f"a cap of 0: every lead of source {source.slug} is quarantined"
            yield Advice(f"{place}.caps[{index}]", message)


def _of_partners(configuration: Configuration) -> Iterator[Advice]:
    served: dict[str, set[str]] = {}
    for profile in configuration.profiles:
        for assignment in profile.assignments:
            served.setdefault(assignment.partner, set()).add(profile.entity)
    for index, partner in enumerate(configuration.partners):
        place = f"partners[{index}]"
        if partner.slug not in served:
            yield Advice(place, f"no profile has the partner {partner.slug}")
        yield from _of_caps(partner.caps, place, f"partner {partner.slug}")
        yield from _of_hours(partner.hours, place, f"partner {partner.slug}")
        yield from _of_delivery(partner, f"{place}.delivery")
        if partner.duplicate_days and partner.slug in served:
            its_entities = [e for e in configuration.entities if e.slug in served[partner.slug]]
            yield from _of_duplicate_days(its_entities, place)


def _of_duplicate_days(entities: Collection[Entity], place: str) -> Iterator[Advice]:
    """The same person is recognised by the keys that the entity matches duplicates by."""
    for entity in entities:
        if entity.duplicates is None:
            message = f"no check for leads of {entity.slug}: that entity has no duplicates.match"
            yield Advice(f"{place}.duplicate_days", message)


def _of_caps(caps: Collection[Cap], place: str, whose: str) -> Iterator[Advice]:
    for index, cap in enumerate(caps):
        if cap.limit == 0:
            message = f"a cap of 0: {whose} gets no lead; leave it out for no cap"
            yield Advice(f"{place}.caps[{index}]", message)


def _of_hours(hours: Hours | None, place: str, whose: str) -> Iterator[Advice]:
    if hours is not None and not any(hours.week):
        message = f"{whose} is never open; leave `hours` out to be always open"
        yield Advice(f"{place}.hours", message)


def _of_enabled(profile: Profile, place: str, partners: Mapping[str, Partner]) -> Iterator[Advice]:
    seats = f"{place}.assignments"
    usable = [a for a in profile.assignments if a.enabled]
    if not profile.assignments:
        yield Advice(seats, f"profile {profile.slug} is enabled and has no partners")
    elif not usable:
        yield Advice(seats, f"profile {profile.slug} is enabled and all its partners are disabled")
    if profile.strategy is Strategy.WEIGHTED and usable and not any(a.weight for a in usable):
        yield Advice(seats, f"every weight in {profile.slug} is 0, so that nobody gets a lead")
    if profile.strategy is Strategy.FIRST_MATCH:
        yield from _of_ties(usable, seats, profile)
    for index, assignment in enumerate(profile.assignments):
        partner = partners.get(assignment.partner)
        if assignment.enabled and partner and not partner.active:
            message = f"partner {partner.slug} is not active and gets no lead from {profile.slug}"
            yield Advice(f"{seats}[{index}].partner", message)


def _of_ties(usable: list[Assignment], place: str, profile: Profile) -> Iterator[Advice]:
    by_priority: dict[int, list[str]] = {}
    for assignment in usable:
        by_priority.setdefault(assignment.priority, []).append(assignment.slug)
    for priority, slugs in by_priority.items():
        if len(slugs) > 1:
            message = (
                f"{', '.join(slugs)} share priority {priority} in {profile.slug}; among them the "
                "one that has waited longest comes first, then the order listed"
            )
            yield Advice(place, message)


def _of_assignment(
    assignment: Assignment, place: str, profile: Profile, partner: Partner | None
) -> Iterator[Advice]:
    whose = f"{assignment.slug} in {profile.slug}"
    yield from _of_caps(assignment.caps, place, whose)
    yield from _of_tiers(assignment, place, profile)
    yield from _of_hours(assignment.hours, place, whose)
    settings = assignment.all_settings or (partner.all_settings if partner else ())
    if profile.enabled and assignment.enabled and not settings:
        message = f"{whose} has no delivery settings, and its partner has none either"
        yield Advice(f"{place}.delivery", message)
    if profile.strategy is Strategy.WEIGHTED and assignment.enabled and assignment.weight == 0:
        yield Advice(f"{place}.weight", f"a weight of 0: {whose} is never selected")


def _of_tiers(assignment: Assignment, place: str, profile: Profile) -> Iterator[Advice]:
    tiers = assignment.price_tiers
    if tiers and assignment.price_minor is None and profile.price_minor is None:
        message = f"the first {tiers[0].after} leads of a month are free; set `price` as well"
        yield Advice(f"{place}.price_tiers", message)
    monthly = [cap.limit for cap in assignment.caps if LEADS_OF_THE_MONTH.counts_like(cap)]
    before = frozen_price(assignment, profile)
    for index, tier in enumerate(tiers):
        here = f"{place}.price_tiers[{index}]"
        if monthly and tier.after >= monthly[0]:
            message = f"never reached: the assignment's cap ends the month at {monthly[0]} leads"
            yield Advice(here, message)
        if tier.price_minor == before:
            yield Advice(here, "the price before it is the same; one of them is enough")
        before = tier.price_minor


def _of_delivery(owner: Partner | Assignment, place: str) -> Iterator[Advice]:
    settings = owner.all_settings
    for index, each in enumerate(settings):
        here = f"{place}[{index}]" if owner.fallbacks else place
        if each in settings[:index]:
            yield Advice(here, "the same settings stand above; keep one")
        elif any(map(never_fails, settings[:index])):
            message = "never used: nothing falls back from a portal or the test inbox above"
            yield Advice(here, message)
        if isinstance(each, Webhook) and (fault := fault_of_template(each)):
            yield Advice(f"{here}.template", fault)


def _of_shared_settings(
    settings: DeliverySettings, place: str, partner: Partner, entity: Entity
) -> Iterator[Advice]:
    """A partner's settings are checked against an entity only where they serve it."""
    missing = sorted(names_in(settings) - names_of(entity))
    if missing:
        message = (
            f"the delivery settings of partner {partner.slug} name {', '.join(missing)}, "
            f"which {entity.slug} does not have; it stays empty"
        )
        yield Advice(f"{place}.delivery", message)


def names_in(settings: DeliverySettings) -> set[str]:
    """Return the names of fields in templates and in the choice of fields."""
    texts: Iterable[str | None]
    if isinstance(settings, Webhook):
        texts = (settings.template,)
    elif isinstance(settings, Email):
        texts = (settings.subject, settings.text, settings.html)
    elif isinstance(settings, Other):
        texts = [each for each in settings.options.values() if isinstance(each, str)]
    else:
        return set()
    named = {name.removeprefix("lead.") for text in texts for name in placeholders(text or "")}
    return named | {ours for _, ours in settings.fields.pairs or ()}


def _of_form(form: Form, place: str, configuration: Configuration) -> Iterator[Advice]:
    entity = configuration.entity(form.entity)
    for field in entity.fields if entity else ():
        if field.required and field.default is None and field.key not in form.fields:
            message = f"{field.key} is required and not asked for; every post would be refused"
            yield Advice(f"{place}.fields", message)
    for index, key in enumerate(form.fields):
        asked = entity and entity.field(key)
        parameter = form.parameter(key)
        if asked and asked.required and form.question(key).hidden and parameter:
            message = (
                f"{key} is required and hidden: who comes without the parameter {parameter} is "
                "refused and cannot mend it"
            )
            yield Advice(f"{place}.fields[{index}]", message)


def _of_mail(configuration: Configuration) -> Iterator[Advice]:
    if configuration.email.smtp is not None:
        return
    owners: list[Partner | Assignment] = [*configuration.partners]
    owners += [each for profile in configuration.profiles for each in profile.assignments]
    if any(isinstance(each, Email) for owner in owners for each in owner.all_settings):
        yield Advice("email.smtp", "deliveries by email fail until SMTP is configured")
