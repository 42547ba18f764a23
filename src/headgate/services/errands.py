"""An errand: one try of one delivery, from its claim to the request that is sent."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import transaction
from msgspec import Struct
from msgspec.structs import replace

from headgate.channels import registry
from headgate.channels.contract import LeadFacts, Sent, Shown
from headgate.channels.email import digest
from headgate.channels.email.mailing import Entry, Mailing
from headgate.domain.channel_options import ChannelOptions
from headgate.domain.configuration.value import EmailServers, Smtp
from headgate.domain.deliveries import Outcome, Progress, State, pause_after
from headgate.domain.delivery_settings import (
    DeliverySettings,
    Email,
    Inbox,
    Portal,
    channel_name,
)
from headgate.domain.ids import AccountId, LeadId, PartnerId, milliseconds_of
from headgate.domain.instants import from_milliseconds
from headgate.domain.matching import Seat
from headgate.domain.partners import OnTestLead
from headgate.services import mail_pauses, poison, setups
from headgate.services.lead_facts import facts_of
from headgate.services.rendering import NOT_RENDERED, rendered_from
from headgate.services.setups import Setup
from headgate.storage import deliveries, leads
from headgate.storage.mail_pauses import Pause


class Errand(Struct):
    """A leased delivery with its lead; a `resend` repeats a delivered one and changes no state.

    `setup` is the one under which the delivery was selected, or last retried by hand; `smtp` is
    the account's mail server as it is now, so that a mended password counts at once. They are
    carried along, because whoever sends cannot read the database. While a `pause` of the
    account's mail holds it, it is not sent; one that `probes` is, to see whether the pause may end.
    A `poisoned` one is not sent any more.
    The `companions` of a digest's errand go in the same letter, and share how it ends.
    """

    setup: Setup
    delivery: deliveries.Delivery
    lead: leads.Lead
    resend: bool = False
    smtp: Smtp | None = None
    reads_bounces: bool = False
    pause: Pause | None = None
    probes: bool = False
    poisoned: bool = False
    companions: list["Errand"] = []

    @property
    def seat(self) -> Seat:
        return self.setup.seats[self.delivery.assignment_id]

    @property
    def settings(self) -> DeliverySettings:
        seat = self.seat
        if self.delivery.test and seat.partner.test_leads is OnTestLead.INBOX:
            return Inbox()
        return seat.settings or Inbox()

    @property
    def progress(self) -> Progress:
        return Progress(
            attempts=self.delivery.attempts - self.delivery.attempts_forgiven,
            give_up_at=self.delivery.give_up_at,
            ambiguous_before=self.delivery.ambiguous,
            pauses=getattr(self.settings, "retry_seconds", None),
            on_ambiguous=self.seat.assignment.on_ambiguous,
        )

    def facts(self) -> LeadFacts:
        """Return what the partner may learn of the lead, encrypted values in clear."""
        return facts_of(self.setup, self.lead, self.delivery)

    def stored_body(self) -> bytes | None:
        """Return the bytes of the earlier tries, in clear."""
        body = self.delivery.body
        if body is not None and self.delivery.body_sealed:
            return self.setup.vault.open(body)
        return body


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


def _mail_servers(account_id: AccountId) -> EmailServers:
    return setups.in_force(account_id).configuration.email


def errand_of(
    delivery: deliveries.Delivery,
    lead: leads.Lead,
    *,
    resend: bool = False,
    servers_of: Callable[[AccountId], EmailServers] = _mail_servers,
) -> Errand:
    setup = setups.at_version(delivery.account_id, delivery.config_version)
    errand = Errand(setup, delivery, lead, resend)
    if delivery.channel == "email":
        servers = servers_of(delivery.account_id)
        errand.smtp, errand.reads_bounces = servers.smtp, servers.imap is not None
    return errand


def errands_of(
    made: Iterable[deliveries.Delivery], known: Mapping[LeadId, leads.Lead]
) -> list[Errand]:
    """Return the errands of the deliveries that are leased to this process."""
    # Asked once for each account: a letter has many leads.
    servers_of, pause_of = cache(_mail_servers), cache(mail_pauses.pause_of)
    errands = [
        errand_of(
            each, known[each.lead_id], resend=each.state == State.DELIVERED, servers_of=servers_of
        )
        for each in made
        if each.state in (State.SENDING, State.DELIVERED)
    ]
    for errand in errands:
        errand.pause = pause_of(errand.delivery.account_id, errand.smtp)
    return errands


def claim_errands(
    *,
    limit: int,
    busy_partners: Collection[PartnerId],
    room_at: Callable[[PartnerId], int] | None = None,
    now: datetime,
) -> list[Errand]:
    """Lease what is due; a delivery whose worker was lost has an ambiguous attempt more."""
    with transaction.atomic():
        claimed = deliveries.claim_due(limit, busy_partners=busy_partners, room_at=room_at, now=now)
        note_lost(claimed, now=now)
    errands = errands_of_claimed(claimed)
    choose_probes(errands, now)
    return errands


def note_lost(claimed: Sequence[deliveries.Delivery], *, now: datetime) -> None:
    """Have what was claimed being sent; where a worker was lost, its try was ambiguous."""
    lost = [delivery for delivery in claimed if delivery.state == State.SENDING]
    deliveries.add_attempts([_lost_attempt(delivery, now) for delivery in lost])
    for delivery in lost:
        delivery.attempts += 1
        delivery.ambiguous = True
    for delivery in claimed:
        if delivery.state != State.DELIVERED:
            delivery.state = State.SENDING
    deliveries.save(lost)
    poison.report_lost(lost, now=now)


def errands_of_claimed(claimed: Sequence[deliveries.Delivery]) -> list[Errand]:
    errands = errands_of(claimed, leads.find_many({delivery.lead_id for delivery in claimed}))
    poisoned = poison.find_poisoned(claimed)
    for errand in errands:
        errand.poisoned = errand.delivery.id in poisoned
    return errands


def choose_probes(errands: Sequence[Errand], now: datetime) -> None:
    """Let one delivery of each paused account be tried, when a try is due."""
    paused = {errand.delivery.account_id: errand for errand in reversed(errands) if errand.pause}
    for account_id, errand in paused.items():
        if mail_pauses.take_probe(account_id, now=now):
            errand.pause, errand.probes = None, True


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
            return replace(without_sending(Outcome.NOT_SENT, reason), pauses_channel=True)
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
    if not errand.resend and _no_try_is_left(errand, now):
        return without_sending(Outcome.NOT_SENT, "No try is left.")
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


def _no_try_is_left(errand: Errand, now: datetime) -> bool:
    delivery, progress = errand.delivery, errand.progress
    if not progress.attempts:
        return False
    latest = progress.attempts - 1
    pause = pause_after(latest, progress.pauses, delivery_id=delivery.id)
    return pause is None or now > delivery.give_up_at


def _lost_attempt(delivery: deliveries.Delivery, now: datetime) -> deliveries.Attempt:
    return deliveries.Attempt(
        delivery_id=delivery.id,
        n=delivery.attempts + 1,
        at=now,
        outcome=Outcome.AMBIGUOUS,
        status=None,
        ms=None,
        error=poison.WORKER_LOST,
        request=None,
        answer=None,
    )
