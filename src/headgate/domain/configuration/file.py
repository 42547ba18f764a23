"""A configuration file read whole: every part, every reference between them, every flaw."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from headgate.domain.channel_options import NO_OTHERS, OptionTypes
from headgate.domain.configuration.reading.account import (
    read_account,
    read_alerts,
    read_email,
    read_retention,
    read_returns,
    zone_of,
)
from headgate.domain.configuration.reading.entities import read_entity
from headgate.domain.configuration.reading.event_webhooks import read_event_webhook
from headgate.domain.configuration.reading.forms import read_form
from headgate.domain.configuration.reading.partners import read_partner
from headgate.domain.configuration.reading.profiles import read_profile
from headgate.domain.configuration.reading.reports import read_reports
from headgate.domain.configuration.reading.section import Section, shown
from headgate.domain.configuration.reading.sources import read_source
from headgate.domain.configuration.value import Account, Alerts, Configuration, EmailServers
from headgate.domain.configuration.writing import write_configuration
from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.forms import Form
from headgate.domain.retention import Retention
from headgate.domain.returns import Returns
from headgate.domain.sources import API_SOURCE, Source

VERSION = 1
_MAPPINGS = ("email", "alerts", "returns", "retention")
_LISTS = ("reports", "entities", "sources", "partners", "profiles", "forms", "webhooks")
PARTS = ("account", *_MAPPINGS, *_LISTS)


Sound = dict[str, Entity | None]


class Parsed(Struct, frozen=True):
    """`based_on` is the version that an export was made of; None when the file names none."""

    configuration: Configuration
    based_on: int | None


def read_configuration(
    document: Mapping[str, object],
    *,
    current: Configuration | None,
    others: OptionTypes = NO_OTHERS,
) -> Parsed:
    """Read a file against the configuration in force, whose parts stand in for absent ones.

    `others` are the channels that are installed beside the built-in ones.
    The secrets of a part that is absent come back as kept ones, for `resolve_kept` to fill in.

    :raises Flawed: with every flaw; nothing of the file may be used.
    """
    flaws: list[Flaw] = []
    standing = write_configuration(current) if current else {}
    absent = {part for part in PARTS if part not in document and part in standing}
    # Absent parts are judged like the rest: an entity may have lost what their rules name.
    whole = {part: standing[part] for part in absent} | dict(document)
    section = Section(whole, "", flaws)
    _read_version(section)
    based_on = section.maybe_number("based_on", least=0, most=2**53)
    _note_empty_parts(section, document)
    configuration = _read_parts(section, others)
    section.finish()
    if flaws:
        raise Flawed(_explained(flaw, absent) for flaw in flaws)
    return Parsed(configuration, based_on)


def _read_version(section: Section) -> None:
    version = section.take("version")
    if version is None:
        section.note("version", "required", f"the file begins with `version: {VERSION}`")
    elif isinstance(version, bool) or version != VERSION:
        message = f"{shown(version)} is not a version that is read here; write version: {VERSION}"
        section.note("version", "unknown_version", message)


def _note_empty_parts(section: Section, document: Mapping[str, object]) -> None:
    """A forgotten list must not archive everything."""
    for part in PARTS:
        if part != "account" and part in document and document[part] is None:
            empty = "{}" if part in _MAPPINGS else "[]"
            message = f"nothing follows {part}; leave the key out to change nothing"
            section.note(part, "empty_part", f"{message}, or write {empty} to have none")


def _explained(flaw: Flaw, absent: Iterable[str]) -> Flaw:
    """Say of a place that is not in the file where it comes from."""
    part = flaw.place.partition(".")[0].partition("[")[0]
    if part not in absent:
        return flaw
    origin = f"`{part}` is not in the file, so the present one is meant"
    return Flaw(flaw.place, flaw.code, f"{flaw.message} ({origin})")


def _read_parts(section: Section, others: OptionTypes) -> Configuration:
    account = _read_account(section)
    currency = account.currency
    email, alerts, returns, retention = (section.section(part) for part in _MAPPINGS)
    entities, sound = _read_entities(section, account)
    sources = tuple(
        read_source(item, entities=sound, currency=currency) for item in section.sections("sources")
    )
    partners = tuple(
        read_partner(item, currency=currency, others=others)
        for item in section.sections("partners")
    )
    known = frozenset(partner.slug for partner in partners if partner.slug)
    profiles = tuple(
        read_profile(item, entities=sound, partners=known, currency=currency, others=others)
        for item in section.sections("profiles")
    )
    configuration = Configuration(
        account=account,
        email=read_email(email) if email else EmailServers(),
        alerts=read_alerts(alerts) if alerts else Alerts(),
        returns=read_returns(returns) if returns else Returns(),
        retention=read_retention(retention) if retention else Retention(),
        reports=read_reports(section),
        entities=entities,
        sources=sources,
        partners=partners,
        profiles=profiles,
        forms=_read_forms(section, sound, sources),
        webhooks=tuple(
            read_event_webhook(item, entities=sound, sources=sources)
            for item in section.sections("webhooks")
        ),
    )
    _note_repeated_slugs(section, configuration)
    return configuration


def _read_account(section: Section) -> Account:
    account = section.section("account")
    if account is None:
        example = "{slug: acme, name: Acme Leads, timezone: America/Los_Angeles, currency: USD}"
        section.note("account", "required", f"the account is missing; write account: {example}")
        return Account("", "", "UTC", "USD")
    return read_account(account)


def _read_entities(section: Section, account: Account) -> tuple[tuple[Entity, ...], Sound]:
    """Return the entities, and by slug those whose fields the other parts may be judged by."""
    entities = []
    sound: Sound = {}
    for item in section.sections("entities"):
        before = len(section.flaws)
        entity = read_entity(item, zone=zone_of(account), currency=account.currency)
        entities.append(entity)
        if entity.slug:
            sound[entity.slug] = entity if len(section.flaws) == before else None
    return tuple(entities), sound


def _read_forms(section: Section, entities: Sound, sources: tuple[Source, ...]) -> tuple[Form, ...]:
    def sources_of(entity: str) -> tuple[str, ...]:
        # A source whose entity is misspelt may be of any.
        own = (s.slug for s in sources if s.entity == entity or s.entity not in entities)
        return (API_SOURCE, *own)

    return tuple(
        read_form(item, entities=entities, sources=sources_of) for item in section.sections("forms")
    )


def _note_repeated_slugs(section: Section, configuration: Configuration) -> None:
    for part in ("entities", "partners", "profiles", "forms", "webhooks"):
        _note_repeats(section, part, [item.slug for item in getattr(configuration, part)])
    names = [
        f"{source.slug} of {source.entity}" if source.slug == API_SOURCE else source.slug
        for source in configuration.sources
    ]
    _note_repeats(section, "sources", names)


def _note_repeats(section: Section, part: str, names: list[str]) -> None:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if name and first.setdefault(name, index) < index:
            message = f"the slug {name!r} is already taken by {part}[{first[name]}]; choose another"
            section.note(f"{part}[{index}].slug", "repeated", message)
