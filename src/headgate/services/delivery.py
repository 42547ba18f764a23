"""A lead reaches its partner: what each try came to is recorded, in batches."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import zip_longest

from msgspec import Struct
from msgspec.structs import replace

from headgate.channels.contract import Sent, Shown
from headgate.domain.deliveries import (
    Outcome,
    State,
    Step,
    cancelled,
    fallen_back,
    held,
    next_step,
)
from headgate.domain.delivery_settings import Webhook
from headgate.domain.ids import AccountId, DeliveryId, LeadId
from headgate.domain.pricing import answered_price
from headgate.services import breakers, mail_pauses, poison, postback_tokens
from headgate.services.errands import Errand, errands_of, leasing
from headgate.services.falling_back import fall_back
from headgate.services.preparing import Part
from headgate.services.routing import Leases
from headgate.services.settling import Settling
from headgate.services.writing import write_json
from headgate.storage import deliveries, halts


class Report(Struct, frozen=True):
    """What one errand came to; `shown` and `body` are None where nothing was rendered.

    The `parts` are what was rendered of its companions.
    """

    errand: Errand
    at: datetime
    ended_at: datetime
    sent: Sent
    shown: Shown | None = None
    body: bytes | None = None
    parts: tuple[Part, ...] = ()

    def of_each(self) -> "Iterator[Report]":
        """Give this report and one for each companion, which ended alike."""
        yield self
        for companion, part in zip_longest(self.errand.companions, self.parts):
            shown, body = (part.shown, part.body) if part else (None, None)
            yield replace(self, errand=companion, shown=shown, body=body)

    @property
    def was_held(self) -> bool:
        """Tell whether nothing was tried, because mail is paused."""
        paused = self.sent.pauses_channel and self.errand.pause is not None
        return paused and not self.errand.resend


class Recorded(Struct, frozen=True):
    """The errands that follow, the leads that changed, and when the first retry is due."""

    errands: list[Errand]
    leads: list[LeadId]
    next_due_at: datetime | None


def record_outcomes(*, reports: Sequence[Report], leases: Leases, now: datetime) -> Recorded:
    """Write what became of a batch of tries; a report whose lease was lost writes nothing.

    :raises CommitUnanswered:
    """
    by_account: dict[AccountId, list[Report]] = {}
    for report in reports:
        by_account.setdefault(report.errand.delivery.account_id, []).extend(report.of_each())
    errands: list[Errand] = []
    touched: list[LeadId] = []
    due: list[datetime] = []
    for account_id in sorted(by_account):
        recorded = _record_in_account(account_id, by_account[account_id], leases, now)
        errands += recorded.errands
        touched += recorded.leads
        due += [recorded.next_due_at] if recorded.next_due_at else []
    return Recorded(errands, touched, min(due, default=None))


def _record_in_account(
    account_id: AccountId, reports: Sequence[Report], leases: Leases, now: datetime
) -> Recorded:
    steps = [_step(report) for report in reports]
    works_again = any(_ends_a_pause(report) for report in reports)
    with leasing() as errands:
        settling = Settling(
            account_id,
            [report.errand.delivery.lead_id for report in reports],
            uses_caps=any(
                step.release_place
                or step.next_in_line
                or report.sent.price is not None
                or report.errand.lead.erased_at is not None
                for report, step in zip(reports, steps, strict=True)
            ),
            leases=leases,
            now=now,
        )
        attempts, ours = [], []
        for report, step in zip(reports, steps, strict=True):
            delivery = settling.deliveries.get(report.errand.delivery.id)
            if delivery is None or not _is_ours(delivery, report):
                continue
            if not report.was_held:
                attempts.append(_attempt(settling, delivery, report, step))
            _record(settling, delivery, report, step)
            ours.append(report)
        deliveries.add_attempts(attempts)
        settled = settling.finish()
        breakers.note_tries(account_id, _tried(ours), now=now)
        if works_again:
            mail_pauses.resume_mail(account_id=account_id, now=now)
        errands.extend(errands_of(settled.deliveries, settled.leads))
    due = [step.due_at for step in steps if step.due_at is not None]
    due += [now] if works_again else []
    return Recorded(errands, list(settled.leads), min(due, default=None))


def _tried(reports: Iterable[Report]) -> Iterator[breakers.Tried]:
    """Give what speaks for or against partners: what never left this machine does neither."""
    for report in reports:
        errand, sent = report.errand, report.sent
        went_out = report.shown is not None and sent.error != poison.SENDER_LOST
        if went_out and breakers.is_watched(errand.settings):
            yield breakers.Tried(errand.key, sent.outcome)


def _step(report: Report) -> Step:
    errand = report.errand
    if report.was_held:
        account_id = errand.delivery.account_id
        until = mail_pauses.held_until(account_id, errand.smtp, now=report.ended_at)
        return held(errand.progress, until=until)
    if report.sent.pauses_channel:
        if errand.progress.may_fall_back(report.ended_at):
            return fallen_back(now=report.ended_at)
        return held(errand.progress, until=report.ended_at + mail_pauses.PROBE_EVERY)
    return next_step(
        errand.progress,
        report.sent.attempted,
        # What went in one letter is tried again in that letter, so at the same moment.
        delivery_id=DeliveryId(errand.delivery.letter_id or errand.delivery.id),
        now=report.ended_at,
    )


def _ends_a_pause(report: Report) -> bool:
    """Tell whether a try shows that the server takes the account's login again."""
    return report.errand.probes and report.sent.outcome is not Outcome.NOT_SENT


def _is_ours(delivery: deliveries.Delivery, report: Report) -> bool:
    """Tell whether the lease under which the try was made still holds."""
    is_leased = report.errand.resend or delivery.state == State.SENDING
    return is_leased and delivery.lease == report.errand.delivery.lease


def _record(settling: Settling, delivery: deliveries.Delivery, report: Report, step: Step) -> None:
    sent, setup = report.sent, report.errand.setup
    if report.was_held:
        _hold(settling, delivery, report, step)
        return
    delivery.attempts += 1
    delivery.first_attempt_at = delivery.first_attempt_at or report.at
    erased = settling.leads[delivery.lead_id].erased_at is not None
    if delivery.body is None and report.body and not erased:
        hides = _hides_something(report.errand)
        delivery.body = setup.vault.seal(report.body) if hides else report.body
        delivery.body_sealed = hides
    if report.errand.resend:
        delivery.due_at = None
        settling.touch(delivery)
        return
    delivery.error = None if erased else sent.error
    if sent.outcome is Outcome.DELIVERED:
        _accepted(settling, delivery, report)
    if sent.pauses_channel and report.errand.smtp is not None:
        delivery.attempts_forgiven += 1
        reason = sent.answer or sent.error or ""
        mail_pauses.pause(
            delivery.account_id, report.errand.smtp, reason=reason, now=report.ended_at
        )
        if not step.falls_back:
            _hold(settling, delivery, report, step)
            return
    if sent.gone:
        key = report.errand.key
        reason = "The partner answered 410: it wants nothing more at this address."
        halts.add(
            delivery.account_id,
            key.partner_id,
            key.settings_digest,
            reason=reason,
            now=settling.now,
        )
    if sent.error == poison.POISONED:
        poison.report_poisoned(delivery, now=settling.now)
    settling.apply(delivery, _of_erased(settling, step) if erased else step)
    if step.falls_back and not erased:
        fall_back(delivery, report.errand)


def _hides_something(errand: Errand) -> bool:
    """Tell whether what was sent may hold what is in clear nowhere at rest."""
    return errand.lead.sealed is not None or postback_tokens.names_address(errand.settings)


def _hold(settling: Settling, delivery: deliveries.Delivery, report: Report, step: Step) -> None:
    """Leave a delivery waiting for a channel that is paused, with all the time it had."""
    erased = settling.leads[delivery.lead_id].erased_at is not None
    delivery.error = report.sent.error
    if step.due_at is not None:
        delivery.give_up_at += step.due_at - report.ended_at
    settling.apply(delivery, _of_erased(settling, step) if erased else step)


def _of_erased(settling: Settling, step: Step) -> Step:
    """Return what a try makes of a delivery whose lead was erased while it was under way."""
    if step.state not in (State.PENDING, State.UNKNOWN):
        return replace(step, next_in_line=False)
    if settling.board is None:
        # The caps cannot be locked any more; the next try sends nothing and ends it.
        return Step(State.PENDING, due_at=settling.now, ambiguous=step.ambiguous)
    return cancelled()


def _accepted(settling: Settling, delivery: deliveries.Delivery, report: Report) -> None:
    """Take what the accepting answer says: its price and where the visitor may go."""
    sent, settings = report.sent, report.errand.settings
    lead = settling.leads[delivery.lead_id]
    if lead.erased_at is None:
        lead.redirect_url = lead.redirect_url or sent.redirect_url
    if not isinstance(settings, Webhook) or settings.answer.price is None:
        return
    price = answered_price(
        sent.price,
        currency=delivery.currency,
        price_min_minor=settings.answer.price_min_minor,
    )
    delivery.price_ignored = price is None
    if price is not None:
        settling.reprice(delivery, price)


def _attempt(
    settling: Settling, delivery: deliveries.Delivery, report: Report, step: Step
) -> deliveries.Attempt:
    sent, shown = report.sent, report.shown
    erased = settling.leads[delivery.lead_id].erased_at is not None
    kept = None
    if shown is not None and not erased:
        # The delivery keeps an HTTP body once; only one with hidden values needs its mask.
        whole = _hides_something(report.errand) or step.falls_back
        kept = write_json(shown if whole or "body" not in shown else {**shown, "body": None})
    return deliveries.Attempt(
        delivery_id=delivery.id,
        n=delivery.attempts + 1,
        at=report.at,
        outcome=sent.outcome,
        status=sent.status,
        ms=sent.ms,
        error=None if erased else sent.error,
        request=kept,
        answer=None if erased else sent.answer,
        channel=delivery.channel,
    )
