"""Where the fields of an entity are used: what is touched when one is taken out."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from headgate.domain.configuration.lint import names_in
from headgate.domain.configuration.value import Configuration
from headgate.domain.delivery_settings import DeliverySettings
from headgate.domain.entities import Entity
from headgate.domain.rules.explaining import fields_used


class UsedBy(StrEnum):
    RULE = "rule"
    FORM = "form"
    DELIVERY = "delivery"  # delivery settings that name it, in a template or a choice of fields
    DUPLICATES = "duplicates"


class Use(Struct, frozen=True):
    """`name` is that of the profile, the form or the partner that uses it."""

    by: UsedBy
    name: str


def uses_of(configuration: Configuration, entity: Entity) -> dict[str, tuple[Use, ...]]:
    """Return, for each field that is used, where; the same place counts once for each rule."""
    found: dict[str, list[Use]] = {}
    for key, use in _all_uses(configuration, entity):
        root = key.partition(".")[0]
        if entity.field(root) is not None:
            found.setdefault(root, []).append(use)
    return {key: tuple(uses) for key, uses in found.items()}


def _all_uses(configuration: Configuration, entity: Entity) -> Iterator[tuple[str, Use]]:
    names = {partner.slug: partner.name for partner in configuration.partners}
    seated: set[str] = set()
    for profile in configuration.profiles:
        if profile.entity != entity.slug:
            continue
        for rule in (profile.rules, *(each.rules for each in profile.assignments)):
            roots = {key.partition(".")[0] for key in fields_used(rule)}
            yield from ((key, Use(UsedBy.RULE, profile.name)) for key in sorted(roots))
        for assignment in profile.assignments:
            seated.add(assignment.partner)
            name = names.get(assignment.partner, assignment.partner)
            yield from _in_settings(assignment.all_settings, name)
    for partner in configuration.partners:
        if partner.slug in seated:
            yield from _in_settings(partner.all_settings, partner.name)
    for form in configuration.forms:
        if form.entity == entity.slug:
            yield from ((key, Use(UsedBy.FORM, form.title)) for key in form.fields)
    for key in entity.duplicates.match if entity.duplicates else ():
        yield key, Use(UsedBy.DUPLICATES, entity.name)


def _in_settings(settings: tuple[DeliverySettings, ...], partner: str) -> Iterator[tuple[str, Use]]:
    named = {key.partition(".")[0] for each in settings for key in names_in(each)}
    yield from ((key, Use(UsedBy.DELIVERY, partner)) for key in sorted(named))
