"""A form of the set-up while a person builds it: its document, laid out for the controls.

A question's value is a fixed text or a parameter's name, and where the form leads is one of three
ways: each has a control of its own, which the document says in one place.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from headgate.domain.configuration.editing import Document
from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw
from headgate.domain.forms import TO_PARTNER, Protection
from headgate.web import drafts
from headgate.web.drafts import BadPlace

THANKS, ADDRESS = "thanks", "address"
_MOST_BEGUN_WITH = 8


def opened(document: Mapping[str, Any]) -> Document:
    """Return what the controls show of a form's document."""
    said = dict(document)
    said["fields"] = [_opened_question(each) for each in document.get("fields", ())]
    redirect = said.pop("redirect", None)
    said["after"] = {None: THANKS, TO_PARTNER: TO_PARTNER}.get(redirect, ADDRESS)
    if said["after"] == ADDRESS:
        said["redirect"] = redirect
    default = Protection()
    said.setdefault(
        "protection",
        {
            "honeypot": default.honeypot,
            "min_seconds": default.min_seconds,
            "proof_of_work": default.proof_of_work,
        },
    )
    return said


def begun(entity: Entity, source: str) -> Document:
    """Return a form that somebody begins with: the entity's first fields, and consent."""
    return opened(
        {
            "entity": entity.slug,
            "source": source,
            "fields": [{"key": key} for key in _first_fields(entity)],
            "consent": {"required": True},
        }
    )


def act(said: Document, deed: str, *, entity: Entity | None, added: str) -> None:
    """Do what a button says; `added` is the field that one was chosen to ask for.

    :raises BadPlace:
    """
    if deed == "redraw":
        _follow_entity(said, entity)
    elif deed == "add fields":
        if entity is None or entity.field(added) is None:
            raise BadPlace(f"{added!r} is no field to ask for")
        said.setdefault("fields", []).append({"key": added})
    elif deed.partition(" ")[2].startswith("fields["):
        drafts.act(said, deed)
    else:
        raise BadPlace(f"{deed!r} is nothing that can be done to a form")


def closed(said: Mapping[str, Any]) -> Document:
    """Return the document that the controls describe."""
    document = {key: value for key, value in said.items() if key not in ("after", "redirect")}
    document["fields"] = [_closed_question(each) for each in _questions(said)]
    if not (document.get("consent") or {}).get("text"):
        document.pop("consent", None)
    if said.get("after") == TO_PARTNER:
        document["redirect"] = TO_PARTNER
    elif said.get("after") == ADDRESS:
        # Without an address the reader would take it for none.
        document["redirect"] = said.get("redirect") or "https://"
    return document


def seen(flaws: Iterable[Flaw]) -> Iterator[Flaw]:
    """Name each flaw by the control that it belongs to."""
    for flaw in flaws:
        place = flaw.place
        if place.endswith(".value.param"):
            place = place.removesuffix(".value.param") + ".param"
        elif place.startswith("fields[") and place.endswith(".value"):
            place = place.removesuffix(".value") + ".fixed"
        yield Flaw(place, flaw.code, flaw.message)


def left_to_ask(said: Mapping[str, Any], entity: Entity | None) -> list[tuple[str, str]]:
    """Return the entity's fields that the form does not ask for yet."""
    asked = {each.get("key") for each in _questions(said)}
    fields = entity.fields if entity else ()
    return [(field.key, field.label) for field in fields if field.key not in asked]


def _first_fields(entity: Entity) -> list[str]:
    sound = [field.key for field in entity.fields if not field.encrypted]
    required = [field.key for field in entity.fields if field.required]
    chosen = {*required, *sound[:_MOST_BEGUN_WITH]}
    return [field.key for field in entity.fields if field.key in chosen]


def _follow_entity(said: Document, entity: Entity | None) -> None:
    """Ask for another entity's fields once that was chosen."""
    keys = {field.key for field in entity.fields} if entity else set()
    if entity and not keys.issuperset(each.get("key") for each in _questions(said)):
        said["fields"] = [{"key": key} for key in _first_fields(entity)]
        said.pop("source", None)


def _questions(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = said.get("fields")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _opened_question(written: object) -> Document:
    if not isinstance(written, dict):
        return {"key": written}
    question = dict(written)
    value = question.pop("value", None)
    if isinstance(value, dict):
        question["param"] = value.get("param")
    elif value is not None:
        question["fixed"] = value
    return question


def _closed_question(said: Mapping[str, Any]) -> Document:
    question = {key: value for key, value in said.items() if key not in ("fixed", "param")}
    if said.get("fixed") is not None:
        question["value"] = said["fixed"]
    elif said.get("param") is not None:
        question["value"] = {"param": said["param"]}
    return question
