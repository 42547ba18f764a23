"""A value of the configuration as people say it."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from headgate.domain.caps import Cap, Unit
from headgate.domain.configuration.billing_writing import percent
from headgate.domain.configuration.value import Imap, Smtp
from headgate.domain.delivery_settings import (
    AnswerRule,
    BasicAuth,
    BearerAuth,
    Email,
    FieldChoice,
    HmacAuth,
    Inbox,
    OAuth2Auth,
    Other,
    Portal,
    Webhook,
)
from headgate.domain.entities import DuplicateMatch, Entity
from headgate.domain.forms import Consent, Question
from headgate.domain.hours import Hours, hours_in_words
from headgate.domain.invoices.parties import Buyer, Party, Seller
from headgate.domain.money import format_amount
from headgate.domain.price_tiers import PriceTier
from headgate.domain.rules.wording import sentence

_LONGEST = 100
_WITHOUT = {"rules": "every lead", "hours": "always open", "retry_seconds": "standard"}


def shown(name: str, value: Any, currency: str, entity: Entity | None) -> str:
    """Say the value of the attribute of that name; rules need the labels of their entity."""
    if name == "rules" and value is not None:
        return f"“{sentence(value, entity or Entity('', ''))}”"
    if value is None or value == ():
        return "none" if value == () else _WITHOUT.get(name, "none")
    if name.endswith("_minor") and isinstance(value, int):
        return format_amount(value, currency)
    if name == "tax_bp":
        return f"{percent(value)} %"
    if isinstance(value, tuple) and isinstance(value[0], Cap):
        return " and ".join(_cap(cap, currency) for cap in value)
    if isinstance(value, tuple) and isinstance(value[0], PriceTier):
        return " and ".join(_tier(tier, currency) for tier in value)
    text = _plain(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _cap(cap: Cap, currency: str) -> str:
    if cap.unit is Unit.LEADS:
        return f"{cap.limit} leads per {cap.per}"
    return f"{format_amount(cap.limit, currency)} {currency} per {cap.per}"


def _tier(tier: PriceTier, currency: str) -> str:
    leads = "lead" if tier.after == 1 else "leads"
    return f"{format_amount(tier.price_minor, currency)} after {tier.after} {leads} of a month"


def _plain(value: Any) -> str:
    say = _WORDS.get(type(value))
    if say is not None:
        return say(value)
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return " ".join(value.split())
    return str(value)


def _rule(rule: AnswerRule) -> str:
    parts = (
        f"status {' or '.join(rule.status)}" if rule.status else "",
        f"{rule.path} is {rule.equals or 'there'}" if rule.path else "",
        f"the body matches {rule.regex}" if rule.regex else "",
    )
    return " and ".join(filter(None, parts))


def _choice(choice: FieldChoice) -> str:
    if choice.pairs is None:
        return "all"
    return ", ".join(
        ours if theirs == ours else f"{ours} as {theirs}" for theirs, ours in choice.pairs
    )


def _duplicates(duplicates: DuplicateMatch) -> str:
    return f"the same {' or '.join(duplicates.match)} within {duplicates.within_days} days"


def _question(question: Question) -> str:
    parts = (
        f"“{question.label}”" if question.label else "",
        f"with the help “{question.help}”" if question.help else "",
        "required" if question.required else "",
        "hidden" if question.hidden else "",
        f"filled with {question.value!r}" if question.value else "",
        f"filled from the parameter {question.param}" if question.param else "",
    )
    return ", ".join(filter(None, parts))


def _party(party: Party) -> str:
    return ", ".join((party.name, *party.address, *filter(None, (party.place, party.country))))


def _server(server: Smtp | Imap) -> str:
    return f"{server.host}:{server.port}"


_WORDS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "yes" if value else "no",
    tuple: lambda items: ", ".join(map(_plain, items)),
    list: lambda items: ", ".join(map(_plain, items)),
    dict: lambda options: ", ".join(f"{label} ({key})" for key, label in options.items()),
    Hours: hours_in_words,
    FieldChoice: _choice,
    DuplicateMatch: _duplicates,
    AnswerRule: _rule,
    Consent: lambda consent: f"“{consent.text}”",
    Question: _question,
    Buyer: _party,
    Seller: _party,
    Smtp: _server,
    Imap: _server,
    Webhook: lambda webhook: f"webhook to {urlsplit(webhook.url).hostname}",
    Email: lambda email: f"email to {', '.join(email.to)}",
    Portal: lambda _: "portal",
    Inbox: lambda _: "test inbox",
    Other: lambda other: other.name,
    BearerAuth: lambda _: "bearer",
    BasicAuth: lambda _: "basic",
    HmacAuth: lambda _: "hmac",
    OAuth2Auth: lambda _: "oauth2",
}
