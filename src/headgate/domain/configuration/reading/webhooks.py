"""Delivery by webhook: address, headers, authentication, body and answer."""

import re

from headgate.domain.configuration.reading.answers import read_answer
from headgate.domain.configuration.reading.choices import read_choice, read_retry
from headgate.domain.configuration.reading.secrets import secret, signing_secrets
from headgate.domain.configuration.reading.section import Section, shown
from headgate.domain.configuration.reading.shapes import maybe_template, web_address
from headgate.domain.delivery_settings import (
    Auth,
    BasicAuth,
    BearerAuth,
    Format,
    HmacAuth,
    Method,
    OAuth2Auth,
    Webhook,
)
from headgate.domain.entities import Entity
from headgate.domain.secrets import Secret

MOST_SECONDS = 300

_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", re.ASCII)
SECRET_HEADER = re.compile(r"authorization|key|token|secret|password|cookie", re.IGNORECASE)
# Written by Headgate on every request; a second one would break the promise about it.
_OWN_HEADERS = frozenset(
    (
        "connection",
        "content-length",
        "host",
        "idempotency-key",
        "transfer-encoding",
        "user-agent",
        "webhook-id",
        "webhook-signature",
        "webhook-timestamp",
    )
)
_AUTH_TYPES = ("basic", "bearer", "hmac", "oauth2")


def read_webhook(section: Section, *, entity: Entity | None, currency: str) -> Webhook:
    method = section.one_of("method", Method.POST)
    template = maybe_template(section, "template", entity, lines=True)
    if template and method is Method.GET:
        section.note("template", "not_allowed", "GET has no body; use `fields`, or POST or PUT")
    signing, signing_before = signing_secrets(section, "secret")
    return Webhook(
        url=web_address(section, "url"),
        method=method,
        format=section.one_of("format", Format.JSON),
        headers=_read_headers(section.section("headers")),
        auth=_read_auth(section.section("auth")),
        secret=signing,
        old_secret=signing_before,
        fields=read_choice(section, entity),
        template=template,
        timeout_seconds=section.number("timeout_seconds", 15, least=1, most=MOST_SECONDS),
        retry_seconds=read_retry(section),
        answer=read_answer(section.section("answer"), currency=currency),
    )


def _read_headers(section: Section | None) -> tuple[tuple[str, str | Secret], ...]:
    if section is None:
        return ()
    found: list[tuple[str, str | Secret]] = []
    for name in section.keys():  # noqa: SIM118
        if not _HEADER.fullmatch(name):
            section.note(name, "bad_header", f"{shown(name)} is not the name of a header")
        elif name.lower() in _OWN_HEADERS:
            section.note(
                name, "reserved", f"Headgate writes the header {name} itself; leave it out"
            )
        if name.lower() in (other.lower() for other, _ in found):
            section.note(
                name, "repeated", f"the header {name} stands twice; case makes no difference"
            )
        found.append((name, _read_header(section, name)))
    return tuple(found)


def _read_header(section: Section, name: str) -> str | Secret:
    if SECRET_HEADER.search(name) or isinstance(section.take(name), dict):
        return secret(section, name)
    return section.text(name)


def _read_auth(section: Section | None) -> Auth | None:
    if section is None:
        return None
    auth = _read_auth_of_type(section, section.text("type"))
    section.finish()
    return auth


def _read_auth_of_type(section: Section, kind: str) -> Auth | None:
    match kind:
        case "bearer":
            return BearerAuth(secret(section, "token"))
        case "basic":
            return BasicAuth(secret(section, "username"), secret(section, "password"))
        case "hmac":
            header = section.maybe_text("header") or "X-Signature"
            if not _HEADER.fullmatch(header) or header.lower() in _OWN_HEADERS:
                section.note("header", "bad_header", f"{header!r} cannot carry the signature")
            return HmacAuth(secret(section, "secret"), header)
        case "oauth2":
            return OAuth2Auth(
                token_url=web_address(section, "token_url"),
                client_id=secret(section, "client_id"),
                client_secret=secret(section, "client_secret"),
                scope=section.maybe_text("scope"),
            )
    _note_unknown_auth(section, kind)
    return None


def _note_unknown_auth(section: Section, kind: str) -> None:
    if kind:
        message = f"{kind!r} is not one of {', '.join(_AUTH_TYPES)}"
        section.note("type", "unknown_choice", message)
    # Which other keys belong here only the type could tell.
    section.keys()
