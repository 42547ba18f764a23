"""The changes of one object in words: attribute by attribute, old value → new value."""

from collections.abc import Collection, Iterator
from typing import Any

from msgspec import Struct

from headgate.domain.configuration.showing import shown
from headgate.domain.delivery_settings import FieldChoice, Other
from headgate.domain.entities import DuplicateMatch, Entity
from headgate.domain.hours import Hours
from headgate.domain.rules.tree import Condition, Group
from headgate.domain.secrets import EnvSecret, KeptSecret, PlainSecret, SealedSecret

_SECRETS = (PlainSecret, EnvSecret, KeptSecret, SealedSecret)
_SAID_WHOLE = (*_SECRETS, Hours, Condition, Group, FieldChoice, DuplicateMatch)
_NAMES = {
    "cost_minor": "cost",
    "cost_per": "event that costs",
    "price_minor": "price",
    "price_min_minor": "lowest price",
    "rate_per_minute": "rate per minute",
    "retry_seconds": "retries",
    "wait_minutes": "longest wait in minutes",
    "give_up_minutes": "minutes until it gives up",
    "max_partners": "most partners",
    "duplicate_days": "days without the same person",
    "test_leads": "place for test leads",
    "thank_you": "thanks",
    "questions": "question for",
    "accept_required": "acceptance by the partner",
    "smtp": "SMTP",
    "imap": "IMAP",
    "fallbacks": "fall-backs",
    "tax_bp": "tax",
    "terms_days": "days to pay",
    "vat_id": "VAT id",
    "iban": "IBAN",
    "every": "drafts by themselves, every",
}
_SWITCHES = {
    "active": ("is active again", "is no longer active"),
    "enabled": ("is enabled", "is disabled"),
    "encrypted": ("becomes encrypted", "is no longer encrypted"),
    "hold_open": (
        "holds what is open while it is not active",
        "no longer holds what is open while it is not active",
    ),
    "exclusive": ("becomes exclusive", "is no longer exclusive"),
    "prepaid": ("pays ahead: it gets what its balance covers", "no longer pays ahead"),
    "required": ("becomes required", "becomes optional"),
}

Path = tuple[str, ...]
Change = tuple[Path, Any, Any]


class Words(Struct, frozen=True):
    """What the words of a change depend on: the currency, and the entities before and after."""

    currency: str
    old_entity: Entity | None = None
    new_entity: Entity | None = None


def changes(
    subject: str, old: Struct, new: Struct, words: Words, *, without: Collection[str] = ()
) -> Iterator[str]:
    """Say each attribute that differs, those of inner objects as well."""
    for path, was, now in _differing(old, new, ()):
        if path[0] not in without:
            yield _sentence(subject, path, was, now, words)


def _differing(old: Struct, new: Struct, path: Path) -> Iterator[Change]:
    for name in new.__struct_fields__:
        was, now = getattr(old, name), getattr(new, name)
        here = (*path, name)
        if was == now:
            continue
        if name == "headers":
            yield from _differing_keys(dict(was), dict(now), here)
        elif name == "questions":
            # In what order they are asked, the form's `fields` say.
            yield from _differing_keys(was, {key: now.get(key) for key in (*was, *now)}, here)
        elif isinstance(new, Other) and name in ("options", "secrets"):
            yield from _differing_keys(dict(was), dict(now), path)
        elif isinstance(now, Struct) and _is_said_in_parts(was, now):
            yield from _differing(was, now, here)
        else:
            yield here, was, now


def _is_said_in_parts(was: Any, now: Struct) -> bool:
    if isinstance(was, Other) and isinstance(now, Other) and was.name != now.name:
        return False
    return type(was) is type(now) and type(now) not in _SAID_WHOLE


def _differing_keys(old: dict[str, Any], new: dict[str, Any], path: Path) -> Iterator[Change]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield (*path, name), old.get(name), new.get(name)
    if list(old) != list(new) and set(old) == set(new):
        yield (*path, "order"), tuple(old), tuple(new)


def _sentence(subject: str, path: Path, was: Any, now: Any, words: Words) -> str:
    switch = _SWITCHES.get(path[-1])
    if len(path) == 1 and switch:
        return f"{subject} {switch[0] if now else switch[1]}"
    name = " ".join(_NAMES.get(part, part.replace("_", " ")) for part in path)
    # "Field zip of solar's label" would be the label of solar.
    whose = f"{subject}: {name}" if " " in subject.partition(" ")[2] else f"{subject}'s {name}"
    if isinstance(was, _SECRETS) or isinstance(now, _SECRETS):
        return f"{whose} {_secret_change(was, now)}"
    old_text = shown(path[-1], was, words.currency, words.old_entity)
    new_text = shown(path[-1], now, words.currency, words.new_entity)
    if old_text == new_text:
        return f"{whose} is written anew"
    return f"{whose} {old_text} → {new_text}"


def _secret_change(was: Any, now: Any) -> str:
    if isinstance(now, EnvSecret):
        return f"is now read from the variable {now.name}"
    if now is None:
        return "is taken away"
    if isinstance(now, KeptSecret):
        return "stays as it is stored"
    if not isinstance(now, _SECRETS):
        return "is no longer a secret"
    return "is set" if was is None else "is given anew"
