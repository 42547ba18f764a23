"""Texts that nothing kept may contain, secrets and encrypted values, and how they are masked."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from headgate.channels.contract import MASK, LeadFacts
from headgate.channels.payload import text

_ONE_SPELLING = re.compile(r"[\w.-]*", re.ASCII)


def encrypted_texts(facts: LeadFacts) -> tuple[str, ...]:
    """Return every spelling of an encrypted value, or of what works like one, that may go out."""
    texts: list[str] = []
    for field in facts.fields:
        if not field.encrypted or field.key not in facts.values:
            continue
        value = facts.values[field.key]
        if isinstance(value, dict):
            texts += value.values()
        elif isinstance(value, list):
            texts += value
        texts.append(text(value))
    if facts.postback_url:
        texts += (facts.postback_url, facts.postback_url.rpartition("/")[2])
    return tuple(filter(None, texts))


def without_secrets(text: str, confidential: Iterable[str]) -> str:
    """Mask every confidential text in what the other side said, however it spelled it."""
    for secret in sorted(confidential, key=len, reverse=True):
        for spelling in _spellings(secret):
            text = text.replace(spelling, MASK)
    return text


def _spellings(secret: str) -> tuple[str, ...]:
    if _ONE_SPELLING.fullmatch(secret):
        return (secret,)
    return (
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        quote(secret, safe=""),
        quote_plus(secret),
        escape(secret),
    )
