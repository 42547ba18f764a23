"""An errand: one try of one delivery, from its claim to the request that is sent."""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache

from django.db import InterfaceError, OperationalError, transaction
from msgspec import Struct

from headgate.channels.contract import LeadFacts
from headgate.domain.configuration.value import EmailServers, Smtp
from headgate.domain.deliveries import Outcome, Progress, State, pause_after, schedule_left
from headgate.domain.delivery_settings import DeliverySettings, Inbox, Way
from headgate.domain.ids import AccountId, DeliveryId, LeadId, PartnerId
from headgate.domain.partners import OnTestLead
from headgate.domain.seats import Seat
from headgate.services import breakers, mail_pauses, poison, setups
from headgate.services.lead_facts import facts_of
from headgate.services.setups import Setup
from headgate.services.ways import first_up
from headgate.storage import deliveries, leads, postponed
from headgate.storage.health import Key
from headgate.storage.mail_pauses import Pause


class Errand(Struct):
    """A leased delivery with its lead; a `resend` repeats a delivered one and changes no state.

    `setup` is the one under which the delivery was selected, or last retried by hand; `smtp` is
    the account's mail server as it is now, so that a mended password counts at once. They are
    carried along, because whoever sends cannot read the database. While a `pause` of the
    account's mail holds it, it is not sent; one that `probes` is, to see whether the pause may end.
    A `poisoned` one is not sent any more; one with a `stop` is not by these delivery settings.
    One that is `held` is nobody's errand any more: it waits for a probe.
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
    stop: str | None = None
    held: bool = False
    companions: list["Errand"] = []

    @property
    def seat(self) -> Seat:
        return self.setup.seats[self.delivery.assignment_id]

    @property
    def goes_to_inbox(self) -> bool:
        return self.delivery.test and self.seat.partner.test_leads is OnTestLead.INBOX

    @property
    def way(self) -> Way | None:
        """Return the delivery settings it goes by; None where a later version has fewer."""
        ways, number = self.seat.ways, self.delivery.fallback or 0
        return ways[number] if number < len(ways) else None

    @property
    def key(self) -> Key:
        """Return what breakers and halts know these settings by."""
        return Key(self.seat.partner_id, self.way.digest if self.way else "")

    @property
    def settings(self) -> DeliverySettings:
        way = self.way
        return Inbox() if way is None or self.goes_to_inbox else way.settings

    @property
    def is_by_hand(self) -> bool:
        """Tell whether a person had it tried afresh, and this is the try."""
        delivery = self.delivery
        forgiven = delivery.attempts > 0 and delivery.attempts == delivery.attempts_forgiven
        return forgiven and delivery.fallback is None

    @property
    def progress(self) -> Progress:
        return Progress(
            attempts=self.delivery.attempts - self.delivery.attempts_forgiven,
            give_up_at=self.delivery.give_up_at,
            ambiguous_before=self.delivery.ambiguous,
            pauses=getattr(self.settings, "retry_seconds", None),
            on_ambiguous=self.seat.assignment.on_ambiguous,
            fallbacks=self._fallbacks_left(),
        )

    def has_no_try_left(self, now: datetime) -> bool:
        """Tell whether its schedule or its time ran out while nobody knew how a try ended."""
        progress = self.progress
        if not progress.attempts:
            return False
        pause = pause_after(progress.attempts - 1, progress.pauses, delivery_id=self.delivery.id)
        return pause is None or now > self.delivery.give_up_at

    def _fallbacks_left(self) -> int:
        number = self.delivery.fallback or 0
        return 0 if self.goes_to_inbox else max(0, len(self.seat.ways) - 1 - number)

    def facts(self) -> LeadFacts:
        """Return what the partner may learn of the lead, encrypted values in clear."""
        return facts_of(self.setup, self.lead, self.delivery, self.settings)

    def stored_body(self) -> bytes | None:
        """Return the bytes of the earlier tries, in clear."""
        body = self.delivery.body
        if body is not None and self.delivery.body_sealed:
            return self.setup.vault.open(body)
        return body


class CommitUnanswered(OperationalError):
    """The database was lost at the commit; if it did commit, these errands are leased."""

    def __init__(self, errands: Sequence[Errand]) -> None:
        super().__init__("the database was lost while it committed")
        self.errands = errands


@contextmanager
def leasing() -> Iterator[list[Errand]]:
    """Run a transaction that adds to the given list what it leases to this process.

    :raises CommitUnanswered:
    """
    errands: list[Errand] = []
    try:
        with transaction.atomic():
            yield errands
    except (OperationalError, InterfaceError) as error:
        if not errands:
            raise
        raise CommitUnanswered(errands) from error


def _mail_servers(account_id: AccountId) -> EmailServers:
    return setups.in_force(account_id).configuration.email


def errand_of(
    delivery: deliveries.Delivery,
    lead: leads.Lead,
    *,
    resend: bool = False,
    servers_of: Callable[[AccountId], EmailServers] = _mail_servers,
    setup: Setup | None = None,
) -> Errand:
    """Return the delivery's errand; `setup` stands for that of its version where it is drafted."""
    setup = setup or setups.at_version(delivery.account_id, delivery.config_version)
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
    take_place: Callable[[PartnerId], bool] | None = None,
    now: datetime,
) -> list[Errand]:
    """Lease what is due; a delivery whose worker was lost has an ambiguous attempt more.

    What has to wait for a partner that fails comes back as `held`, and is put back already: who
    claims must know that there was more than it got.
    """
    with leasing() as errands:
        claimed = deliveries.claim_due(
            limit, busy_partners=busy_partners, take_place=take_place, now=now
        )
        note_lost(claimed, now=now)
        errands.extend(errands_of_claimed(claimed))
        put_back = _hold_stopped(errands, now)
        postponed.hold(put_back, reason=breakers.HELD)
    choose_probes([errand for errand in errands if not errand.held], now)
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


def _hold_stopped(errands: Iterable[Errand], now: datetime) -> dict[DeliveryId, datetime]:
    """Return what waits for a probe, with when to look again, and stop what does not wait.

    Nothing is sent by settings that are down, because each try that fails discloses a lead.
    What a person tries again, or sends again, goes out all the same.
    """
    down_of = cache(breakers.find_down)
    stopped = [each for each in errands if _is_stopped(each, down_of, now)]
    tried = deliveries.attempts_of(each.delivery.id for each in stopped) if stopped else {}
    put_back: dict[DeliveryId, datetime] = {}
    for errand in stopped:
        delivery, down = errand.delivery, down_of(errand.delivery.account_id)
        probe_at = down[errand.key]
        waits_until = _waits_until(errand, tried[delivery.id])
        another = first_up(errand.seat, down, after=delivery.fallback or 0)
        if probe_at is None:
            errand.stop = breakers.HALTED
        elif now >= waits_until or (another and errand.progress.may_fall_back(now)):
            errand.stop = breakers.DOWN
        else:
            look_at = max(probe_at, now) + breakers.LOOK_AGAIN_AFTER
            put_back[delivery.id] = delivery.due_at = min(look_at, waits_until)
            errand.held = True
    return put_back


def _is_stopped(
    errand: Errand, down_of: Callable[[AccountId], Container[Key]], now: datetime
) -> bool:
    if not _may_be_stopped(errand, now):
        return False
    return errand.key in down_of(errand.delivery.account_id)


def _waits_until(errand: Errand, attempts: Sequence[deliveries.Attempt]) -> datetime:
    """Return how long waiting may take: no longer than its tries would have."""
    delivery, progress = errand.delivery, errand.progress
    since = delivery.created_at
    if attempts:
        since = attempts[-1].at + timedelta(milliseconds=attempts[-1].ms or 0)
    ends_at = since + schedule_left(progress.attempts, progress.pauses)
    return min(ends_at, delivery.give_up_at)


def _may_be_stopped(errand: Errand, now: datetime) -> bool:
    if errand.resend or errand.is_by_hand or errand.poisoned or errand.has_no_try_left(now):
        return False
    return breakers.is_watched(errand.settings)


def choose_probes(errands: Sequence[Errand], now: datetime) -> None:
    """Let one delivery of each paused account be tried, when a try is due."""
    paused = {errand.delivery.account_id: errand for errand in reversed(errands) if errand.pause}
    for account_id, errand in paused.items():
        if mail_pauses.take_probe(account_id, now=now):
            errand.pause, errand.probes = None, True


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
        channel=delivery.channel,
    )
