"""Delivery settings: how a partner or an assignment is delivered to, on any channel."""

import re
from difflib import get_close_matches
from enum import StrEnum

from headgate.domain.channel_options import OptionTypes
from headgate.domain.configuration.reading.choices import read_choice, read_retry
from headgate.domain.configuration.reading.options import read_other
from headgate.domain.configuration.reading.section import Section, shown
from headgate.domain.configuration.reading.shapes import mail_address, maybe_template
from headgate.domain.configuration.reading.webhooks import MOST_SECONDS, read_webhook
from headgate.domain.delivery_settings import (
    MOST_WAYS,
    Attachment,
    DeliverySettings,
    Email,
    Inbox,
    Portal,
)
from headgate.domain.entities import Entity

MOST_RECIPIENTS = 50

_DIGEST = re.compile(r"hourly|daily (?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


class Channel(StrEnum):
    WEBHOOK = "webhook"
    EMAIL = "email"
    PORTAL = "portal"
    INBOX = "inbox"


class Acceptance(StrEnum):
    NONE = "none"  # delivered when it appears
    REQUIRED = "required"  # delivered once the partner accepts


def read_delivery(
    section: Section, *, entity: Entity | None, currency: str, others: OptionTypes
) -> tuple[DeliverySettings, ...]:
    """Read delivery settings, or a list of them in the order in which they are used.

    `entity` is None for a partner's, which serve any entity. `others` are the channels that are
    installed beside the built-in ones.
    """
    if not isinstance(section.take("delivery"), list):
        only = section.section("delivery")
        found = None if only is None else _read_settings(only, entity, currency, others)
        return () if found is None else (found,)
    items = section.sections("delivery")
    if not 1 <= len(items) <= MOST_WAYS:
        message = f"{len(items)} delivery settings; a list has 1 to {MOST_WAYS}"
        section.note("delivery", "out_of_range", message)
    read = [_read_settings(each, entity, currency, others) for each in items]
    for item, settings in zip(items[1:], read[1:], strict=True):
        if isinstance(settings, Email) and settings.digest:
            message = "a fall-back goes at once, and waits for no digest"
            item.note("digest", "not_allowed", f"{message}; take it out, or put this first")
    return tuple(each for each in read if each is not None)


def _read_settings(
    section: Section, entity: Entity | None, currency: str, others: OptionTypes
) -> DeliverySettings | None:
    if not section.has("channel"):
        names = ", ".join((*Channel, *others))
        section.note("channel", "required", f"'channel' is missing; write one of {names}")
        return None
    name = section.take("channel")
    settings: DeliverySettings
    if isinstance(name, str) and name in tuple(Channel):
        settings = _read_channel(section, Channel(name), entity, currency)
    elif isinstance(name, str) and name in others:
        settings = read_other(section, name, others[name], entity=entity)
    else:
        # Which other keys belong here only the channel could tell.
        _note_unknown_channel(section, name, others)
        return None
    section.finish()
    return settings


def _note_unknown_channel(section: Section, name: object, others: OptionTypes) -> None:
    names = [*map(str, Channel), *others]
    meant = get_close_matches(str(name), names, 1, 0.6)
    hint = f"; did you mean {meant[0]!r}?" if meant else ""
    message = f"{shown(name)} is not one of {', '.join(names)}, which are installed{hint}"
    section.note("channel", "unknown_choice", message)


def _read_channel(
    section: Section, channel: Channel, entity: Entity | None, currency: str
) -> DeliverySettings:
    match channel:
        case Channel.WEBHOOK:
            return read_webhook(section, entity=entity, currency=currency)
        case Channel.EMAIL:
            return _read_email(section, entity)
        case Channel.PORTAL:
            required = section.one_of("accept", Acceptance.NONE) is Acceptance.REQUIRED
            return Portal(accept_required=required)
        case Channel.INBOX:
            return Inbox()


def _read_email(section: Section, entity: Entity | None) -> Email:
    return Email(
        to=_read_recipients(section),
        subject=maybe_template(section, "subject", entity, lines=False),
        text=maybe_template(section, "text", entity, lines=True),
        html=maybe_template(section, "html", entity, lines=True),
        fields=read_choice(section, entity),
        attach=section.several_of("attach", Attachment.CSV),
        digest=_read_digest(section),
        timeout_seconds=section.number("timeout_seconds", 30, least=1, most=MOST_SECONDS),
        retry_seconds=read_retry(section),
    )


def _read_recipients(section: Section) -> tuple[str, ...]:
    if section.take("to") in (None, []):
        section.note("to", "required", "'to' is missing; write [leads@partner.example]")
    recipients = section.texts("to")
    if len(recipients) > MOST_RECIPIENTS:
        message = f"{len(recipients)} recipients; at most {MOST_RECIPIENTS} are allowed"
        section.note("to", "too_many", message)
    for index, address in enumerate(recipients):
        if address:
            mail_address(section, f"to[{index}]", address)
    return recipients


def _read_digest(section: Section) -> str | None:
    digest = section.maybe_text("digest")
    if digest is not None and not _DIGEST.fullmatch(digest):
        section.note("digest", "bad_digest", f'{digest!r} is not hourly or "daily 07:00"')
    return digest
