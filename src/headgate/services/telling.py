"""People are told of alerts: by mail, by a webhook, and partners of what concerns them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from headgate.channels.contract import Sent, Unrenderable
from headgate.channels.email import notices as mail_notices
from headgate.channels.webhook import notices as webhook_notices
from headgate.domain.alerts import AlertKind
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import AccountId
from headgate.domain.instants import rfc3339
from headgate.services import alerts, breakers, setups
from headgate.services.sealing import Unopenable
from headgate.services.setups import MissingSecret, Setup
from headgate.services.ways import first_up
from headgate.storage import alerts as stored
from headgate.storage import people
from headgate.storage.alerts import Alert

TELL_AGAIN_AFTER = timedelta(minutes=5)


class Message(Struct, frozen=True):
    """One request to send; `to_partner` is what the account's own people do not get."""

    channel: str
    request: Any
    to_partner: bool = False


class Telling(Struct, frozen=True):
    """What one account's new alerts are told by."""

    alert_ids: list[UUID]
    messages: list[Message]


class _Body(Struct, frozen=True):
    account: str
    alerts: list[alerts.AlertShown]


def take_tellings(*, now: datetime) -> list[Telling]:
    """Return what is to be told; unless somebody was reached, it comes again in five minutes.

    An account where nobody can be reached has its alerts in the console and the API alone.
    """
    by_account: dict[AccountId, list[Alert]] = {}
    for alert in stored.take_untold(again_at=now + TELL_AGAIN_AFTER, now=now):
        by_account.setdefault(alert.account_id, []).append(alert)
    tellings = []
    for account_id, new in by_account.items():
        messages = list(_messages(setups.in_force(account_id), new, now))
        tellings.append(Telling([alert.id for alert in new], messages))
    return [telling for telling in tellings if telling.messages]


def record_told(*, telling: Telling, sent: Sequence[Sent], now: datetime) -> bool:
    """Note that people were told; False where it has to be tried again.

    Somebody of the account's own has to be reached, by whichever way, and so has each partner.
    An address that refuses is not written to again, nor does a partner hear twice because an
    account has nobody who could be reached.
    """
    own = [
        each.outcome
        for message, each in zip(telling.messages, sent, strict=True)
        if not message.to_partner
    ]
    partners = [
        each.outcome
        for message, each in zip(telling.messages, sent, strict=True)
        if message.to_partner
    ]
    # Whoever has answered, with whatever, answers the same in five minutes.
    is_to_try_again = Outcome.NOT_SENT in own and not any(_reached(each) for each in own)
    is_told = not is_to_try_again and Outcome.NOT_SENT not in partners
    if is_told:
        stored.note_told(telling.alert_ids, now=now)
    return is_told


def _reached(outcome: Outcome) -> bool:
    return outcome in (Outcome.DELIVERED, Outcome.AMBIGUOUS)


def _messages(setup: Setup, new: Sequence[Alert], now: datetime) -> Iterator[Message]:
    id = f"alert-{max(alert.id for alert in new)}"
    shown = [alerts.shown(alert) for alert in new]
    said = setup.configuration.alerts
    if said.webhook is not None:
        body = msgspec.json.encode(_Body(setup.configuration.account.slug, shown))
        yield from _webhook(setup, said.webhook, id=id, body=body)
    to = said.emails or tuple(people.owners_of(setup.account.id))
    text = "".join(f"{rfc3339(each.opened_at)}  {each.text}\n" for each in new)
    subject = f"{setup.configuration.account.name}: {_subject(new)}"
    yield from _mail(setup, to, id=id, subject=subject, text=text, now=now)
    for alert in new:
        if alert.kind is AlertKind.CHANNEL_HALTED:
            yield from _to_partner(setup, alert, now)


def _webhook(setup: Setup, url: str, *, id: str, body: bytes) -> Iterator[Message]:
    """Give one request, or none where its secret cannot be had."""
    secret = setup.configuration.alerts.secret
    try:
        signing_secret = None if secret is None else setup.secret(secret)
    except (MissingSecret, Unopenable):
        return
    request = webhook_notices.made_notice(url, id=id, body=body, signing_secret=signing_secret)
    yield Message("webhook", request)


def _subject(new: Sequence[Alert]) -> str:
    first = min(new, key=lambda alert: alert.id).text
    return first if len(new) == 1 else f"{first} (and {len(new) - 1} more)"


def _to_partner(setup: Setup, alert: Alert, now: datetime) -> Iterator[Message]:
    """Tell a partner that it gets nothing more; the mail names no lead."""
    partner = setup.configuration.partner(alert.subject.partition(" ")[0])
    if partner is None or partner.email is None:
        return
    account = setup.configuration.account.name
    where, meanwhile = "", ""
    if _is_reached_otherwise(setup, alert):
        where, meanwhile = " in one of several ways", " Until then they come in another way."
    text = (
        f"{account} no longer sends leads to {partner.name}{where}, because your system has not "
        f"taken them.{meanwhile}\n\nStopped at {rfc3339(alert.opened_at)}. When it works again, "
        f"please tell {account}, who can enable it.\n"
    )
    subject = f"{account} no longer sends leads to {partner.name}{where}"
    mails = _mail(
        setup, (partner.email,), id=f"alert-{alert.id}-partner", subject=subject, text=text, now=now
    )
    for mail in mails:
        yield Message(mail.channel, mail.request, to_partner=True)


def _is_reached_otherwise(setup: Setup, alert: Alert) -> bool:
    """Tell whether an assignment whose settings are halted has others that are up."""
    slug, _, digest = alert.subject.partition(" ")
    down = breakers.find_down(setup.account.id)
    return any(
        first_up(seat, down) is not None
        for seat in setup.seats.values()
        if seat.partner.slug == slug and any(way.digest.startswith(digest) for way in seat.ways)
    )


def _mail(
    setup: Setup, to: Iterable[str], *, id: str, subject: str, text: str, now: datetime
) -> Iterator[Message]:
    """Give one mail, or none where there is no server or nobody to write to."""
    smtp, recipients = setup.configuration.email.smtp, tuple(to)
    if smtp is None or not recipients:
        return
    try:
        request = mail_notices.made_notice(
            smtp, recipients, id=id, subject=subject, text=text, secret_of=setup.secret, now=now
        )
    except (Unrenderable, MissingSecret, Unopenable):
        return
    yield Message("email", request)
