"""Forms: the hosted pages that take leads."""

from collections.abc import Callable, Collection, Mapping

from headgate.domain.configuration.reading.section import Section, readable
from headgate.domain.configuration.reading.shapes import maybe_web_address, origin
from headgate.domain.entities import Entity
from headgate.domain.forms import Consent, Form, Protection

MOST_SECONDS = 3_600


def read_form(
    section: Section,
    *,
    entities: Mapping[str, Entity | None],
    sources: Callable[[str], Collection[str]],
) -> Form:
    """Read a form; `sources` lists an entity's sources, and a flawed entity stands as None."""
    slug = section.slug()
    entity = entities.get(section.reference("entity", entities, "entity"))
    form = Form(
        slug=slug,
        entity=entity.slug if entity else "",
        source=_read_source(section, entity, sources),
        title=section.maybe_text("title") or readable(slug),
        fields=_read_fields(section, entity),
        consent=_read_consent(section.section("consent")),
        thank_you=section.maybe_text("thank_you", lines=True) or "Thank you.",
        redirect=maybe_web_address(section, "redirect"),
        origins=section.texts("origins"),
        protection=_read_protection(section.section("protection")),
    )
    for index, value in enumerate(form.origins):
        origin(section, f"origins[{index}]", value)
    section.finish()
    return form


def _read_source(
    section: Section, entity: Entity | None, sources: Callable[[str], Collection[str]]
) -> str:
    if entity is None:
        return section.text("source")
    return section.reference("source", sources(entity.slug), f"source of {entity.slug}")


def _read_fields(section: Section, entity: Entity | None) -> tuple[str, ...]:
    if not section.has("fields"):
        message = "'fields' is missing; list the keys of the fields that the form asks for"
        section.note("fields", "required", message)
    fields = section.texts("fields")
    if entity is not None:
        keys = {field.key for field in entity.fields}
        section.note_unknown("fields", fields, keys, f"field of {entity.slug}")
    return fields


def _read_consent(section: Section | None) -> Consent | None:
    if section is None:
        return None
    consent = Consent(section.text("text", lines=True), section.flag("required", default=True))
    section.finish()
    return consent


def _read_protection(section: Section | None) -> Protection:
    if section is None:
        return Protection()
    protection = Protection(
        honeypot=section.flag("honeypot", default=True),
        min_seconds=section.number("min_seconds", 2, least=0, most=MOST_SECONDS),
        proof_of_work=section.flag("proof_of_work", default=False),
    )
    section.finish()
    return protection
