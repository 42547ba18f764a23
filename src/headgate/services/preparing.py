"""What an errand sends, or how it ends where nothing has to be sent."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from headgate.channels import registry
from headgate.channels.contract import Sent, Shown
from headgate.channels.email import digest
from headgate.channels.email.mailing import Entry, Mailing
from headgate.domain.channel_options import ChannelOptions
from headgate.domain.deliveries import Outcome
from headgate.domain.delivery_settings import (
    DeliverySettings,
    Email,
    Inbox,
    Portal,
    channel_name,
)
from headgate.domain.ids import milliseconds_of
from headgate.domain.instants import from_milliseconds
from headgate.services import poison
from headgate.services.errands import Errand
from headgate.services.rendering import NOT_RENDERED, rendered_from


class Part(Struct, frozen=True):
    """How people may see what was sent of one companion, and the bytes to repeat."""

    shown: Shown
    body: bytes


class Prepared(Struct, frozen=True):
    """What to send and through which channel, how people may see it, and the bytes to repeat.

    The `parts` are those of the companions, in their order.
    """

    channel: str
    request: Any
    shown: Shown
    body: bytes
    parts: tuple[Part, ...] = ()


NO_SMTP = "SMTP is not configured: set the account's mail server, then retry the delivery."


def prepare(errand: Errand, *, now: datetime) -> Prepared | Sent:
    """Return the request to send, or the outcome where nothing has to be sent for it."""
    ended = ended_untried(errand, now=now)
    if ended is not None:
        return ended
    settings = errand.settings
    match settings:
        case Inbox() | Portal(accept_required=False):
            return without_sending(Outcome.DELIVERED)
        case Portal():
            refused = without_sending(Outcome.REFUSED, "Nobody accepted the lead in time.")
            return replace(refused, by_own_rule=True)
        case Email() if errand.smtp is None:
            return replace(without_sending(Outcome.NOT_SENT, NO_SMTP), is_final=True)
        case Email() if errand.pause is not None and not errand.resend:
            reason = f"Mail is paused: {errand.pause.reason}"
            paused = without_sending(Outcome.NOT_SENT, reason)
            if errand.progress.may_fall_back(now):
                return replace(paused, is_final=True)
            return replace(paused, pauses_channel=True)
    try:
        channel = registry.channel(channel_name(settings))
        source = _rendered_from(errand, settings)
        request = channel.render(
            source,
            errand.facts(),
            secret_of=errand.setup.secret,
            body=errand.stored_body(),
        )
        parts = _parts(source)
    except NOT_RENDERED as error:
        return without_sending(Outcome.NOT_SENT, f"No request could be made: {error}")
    return Prepared(channel_name(settings), request, channel.shown(request), request.body, parts)


def ended_untried(errand: Errand, *, now: datetime) -> Sent | None:
    """Return the outcome of what must not be tried any more; None where it may be."""
    if errand.lead.erased_at is not None:
        return without_sending(Outcome.NOT_SENT, "The lead was erased.")
    if errand.poisoned:
        return replace(without_sending(Outcome.AMBIGUOUS, poison.POISONED), is_final=True)
    if not errand.resend and errand.has_no_try_left(now):
        return without_sending(Outcome.NOT_SENT, "No try is left.")
    if errand.stop is not None:
        return replace(without_sending(Outcome.NOT_SENT, errand.stop), is_final=True)
    return None


def _rendered_from(
    errand: Errand, settings: DeliverySettings
) -> DeliverySettings | Mailing | ChannelOptions:
    source = rendered_from(settings, errand.smtp, dated=errand.delivery.created_at)
    if not isinstance(source, Mailing):
        return source
    letter_id = errand.delivery.letter_id
    if errand.reads_bounces:
        token = errand.setup.vault.return_token(letter_id or errand.delivery.id)
        source = replace(source, return_token=token)
    if letter_id is None:
        return source
    return replace(
        source,
        dated=from_milliseconds(milliseconds_of(letter_id)),
        letter_id=str(letter_id),
        others=tuple(Entry(each.facts(), each.stored_body()) for each in errand.companions),
    )


def _parts(source: object) -> tuple[Part, ...]:
    if not isinstance(source, Mailing):
        return ()
    return tuple(
        Part(digest.shown(source, each), digest.row(source, each)) for each in source.others
    )


def without_sending(outcome: Outcome, error: str | None = None) -> Sent:
    """Return an attempt's result for which no byte went out."""
    return Sent(outcome=outcome, ms=0, written=False, error=error)
