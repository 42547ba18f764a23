"""Forms: the hosted pages that take leads."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from headgate.domain.configuration.reading.section import Section, readable
from headgate.domain.configuration.reading.shapes import maybe_web_address, origin
from headgate.domain.entities import Entity
from headgate.domain.forms import TO_PARTNER, Consent, Form, Protection, Question

MOST_SECONDS = 3_600
_PARAMETER = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


def read_form(
    section: Section,
    *,
    entities: Mapping[str, Entity | None],
    sources: Callable[[str], Collection[str]],
) -> Form:
    """Read a form; `sources` lists an entity's sources, and a flawed entity stands as None."""
    slug = section.slug()
    entity = entities.get(section.reference("entity", entities, "entity"))
    fields, questions = _read_fields(section, entity)
    form = Form(
        slug=slug,
        entity=entity.slug if entity else "",
        source=_read_source(section, entity, sources),
        title=section.maybe_text("title") or readable(slug),
        fields=fields,
        questions=questions,
        consent=_read_consent(section.section("consent")),
        thank_you=section.maybe_text("thank_you", lines=True) or "Thank you.",
        redirect=_read_redirect(section),
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


def _read_fields(
    section: Section, entity: Entity | None
) -> tuple[tuple[str, ...], dict[str, Question]]:
    """Read keys, and mappings that say how the form asks for the field of that key."""
    listed = section.take("fields")
    if listed is None:
        message = "'fields' is missing; list the keys of the fields that the form asks for"
        section.note("fields", "required", message)
    items = listed if isinstance(listed, list) else []
    asked = {index: item for index, item in enumerate(items) if isinstance(item, dict)}
    nameless = [index for index, item in asked.items() if not isinstance(item.get("key"), str)]
    for index in nameless:
        message = "'key' is missing; write the key of the field that this is about"
        section.note(f"fields[{index}].key", "required", message)
    if nameless:
        return (), {}
    keys = [item["key"] if isinstance(item, dict) else item for item in items]
    plain = {"fields": keys if isinstance(listed, list) else listed}
    fields = Section(plain, section.place, section.flaws).texts("fields")
    if entity is not None:
        known = {field.key for field in entity.fields}
        section.note_unknown("fields", fields, known, f"field of {entity.slug}")
    questions = {
        fields[index]: _read_question(Section(item, section.at(f"fields[{index}]"), section.flaws))
        for index, item in asked.items()
    }
    return fields, {key: each for key, each in questions.items() if each != Question()}


def _read_question(section: Section) -> Question:
    section.take("key")
    value, param = _read_value(section)
    question = Question(
        label=section.maybe_text("label"),
        help=section.maybe_text("help"),
        required=section.flag("required", default=False),
        hidden=section.flag("hidden", default=False),
        value=value,
        param=param,
    )
    section.finish()
    return question


def _read_value(section: Section) -> tuple[str | None, str | None]:
    """Read a fixed text, or else the name of the parameter that holds the value."""
    if not isinstance(section.take("value"), dict):
        return section.maybe_text("value"), None
    inner: Any = section.section("value")
    param = inner.text("param")
    if param and not _PARAMETER.fullmatch(param):
        allowed = "1 to 64 of A-Z, a-z, 0-9, _, . and -"
        inner.note("param", "bad_parameter", f"{param!r} is no parameter; write {allowed}")
    inner.finish()
    return None, param


def _read_redirect(section: Section) -> str | None:
    if section.take("redirect") == TO_PARTNER:
        return TO_PARTNER
    return maybe_web_address(section, "redirect")


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
