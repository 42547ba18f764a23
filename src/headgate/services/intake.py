"""Leads arrive: in batches, each stored, judged and routed in one transaction."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from django.db import transaction

from headgate.domain.deliveries import State
from headgate.domain.ids import AccountId, LeadId
from headgate.services import key_use, setups
from headgate.services.batches import Answer, Batch, Received, VersionMoved
from headgate.services.errands import Errand, errand_of
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.services.setups import Setup
from headgate.services.submissions import (
    Admitted,
    KeyNotInForce,
    NotAllowed,
    Receipt,
    Submission,
    TooFast,
    UnknownEntity,
    UnknownSource,
    admit,
)
from headgate.storage import deliveries, keys, leads

REFUSALS = (NotAllowed, UnknownEntity, UnknownSource)


class Alongside(Protocol):
    """What else is written in the transaction of a batch, before and after its leads."""

    def begin(self) -> None: ...
    def end(self, answers: Sequence[Answer]) -> None: ...


def receive_leads(
    *, submissions: Sequence[Submission], rates: Rates, leases: Leases, now: datetime
) -> Received:
    """Store and route a batch; each submission gets its receipt or the reason why not.

    What concerns one submission never fails its neighbours. An error of the database is
    raised, and then nothing of the batch is stored.
    """
    callers = _callers(submissions)
    used = (each.id for each in callers.values() if isinstance(each, keys.Key))
    key_use.note_use(used, now=now)
    answers: list[Answer] = [KeyNotInForce()] * len(submissions)
    by_account: dict[AccountId, list[int]] = {}
    for position, submission in enumerate(submissions):
        if submission.id in callers:
            account_id = callers[submission.id].account_id
            by_account.setdefault(account_id, []).append(position)
    errands: list[Errand] = []
    for account_id in sorted(by_account):
        positions = by_account[account_id]
        batch = receive_in_account(
            account_id=account_id,
            entries=[(submissions[p], callers[submissions[p].id]) for p in positions],
            rates=rates,
            leases=leases,
            now=now,
        )
        errands += batch.errands
        for position, answer in zip(positions, batch.answers, strict=True):
            answers[position] = answer
    return Received(answers, errands)


def find_receipts(submissions: Sequence[Submission]) -> dict[LeadId, Receipt]:
    """Return the receipts of those that are stored already: their commit's answer was lost."""
    stored = leads.find_many(each.id for each in submissions)
    if not stored:
        return {}
    made = deliveries.of_leads(stored)
    callers = _callers(submissions)
    return {
        each.id: Receipt(
            setups.in_force(stored[each.id].account_id),
            callers[each.id],
            stored[each.id],
            made[each.id],
        )
        for each in submissions
        if each.id in stored and each.id in callers
    }


def first_sends(found: Iterable[Receipt]) -> list[Errand]:
    """Return what was leased to this process when these were stored, and nobody has sent."""
    return [
        errand_of(delivery, receipt.lead)
        for receipt in found
        for delivery in receipt.deliveries
        if delivery.state == State.SENDING and delivery.lease == 1 and not delivery.attempts
    ]


def receive_in_account(
    *,
    account_id: AccountId,
    entries: Sequence[tuple[Submission, keys.Caller]],
    rates: Rates | None,
    leases: Leases,
    alongside: Alongside | None = None,
    now: datetime,
) -> Received:
    """Store and route a batch of one account; without `rates` no source is too fast."""
    setup = setups.last_seen(account_id)
    while True:
        judged = [_judge(submission, caller, setup, rates, now) for submission, caller in entries]
        try:
            with transaction.atomic():
                if alongside is None:
                    return Batch(setup, leases, now).store(judged)
                alongside.begin()
                received = Batch(setup, leases, now).store(judged)
                alongside.end(received.answers)
                return received
        except VersionMoved:
            setup = setups.in_force(account_id)


def _callers(submissions: Iterable[Submission]) -> dict[LeadId, keys.Caller]:
    """Return who submits each; those whose key is not in force are left out."""
    found = keys.find({each.caller for each in submissions if isinstance(each.caller, str)})
    callers: dict[LeadId, keys.Caller] = {}
    for each in submissions:
        caller = found.get(each.caller) if isinstance(each.caller, str) else each.caller
        if caller is not None:
            callers[each.id] = caller
    return callers


def _judge(
    submission: Submission, caller: keys.Caller, setup: Setup, rates: Rates | None, now: datetime
) -> Admitted | Exception:
    try:
        admitted = admit(submission, caller, setup)
    except REFUSALS as refusal:
        return refusal
    if rates is not None and admitted.source.rate_per_minute is not None:
        wait = rates.wait_of(admitted.source_id, admitted.source.rate_per_minute, now=now)
        if wait:
            admitted.refusal = TooFast(wait)
    return admitted
