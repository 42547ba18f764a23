"""A sweep does one act to many leads, part by part, so that nothing else waits for it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from django.db import transaction
from msgspec import Struct

from headgate.domain.audit import Action
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId, LeadId, SweepId
from headgate.services import audit, distributing, editing, setups
from headgate.services.editing import Edit
from headgate.services.errands import Errand, errands_of
from headgate.services.handling import NotInThisState
from headgate.services.privacy import erasing
from headgate.services.routing import Leases
from headgate.services.settling import Settling
from headgate.storage import assignees, lists, sweeps
from headgate.storage.lists import LeadFilter
from headgate.storage.sweeps import Sweep, SweepState

MOST_AT_ONCE = 10_000
MOST_IN_A_TRANSACTION = 50  # an erasure takes longest, and SQLite has one writer
MOST_REASONS = 500  # kept of a sweep; the others are only counted


class Act(StrEnum):
    """What can be done to many leads; a stored value never changes its meaning."""

    DISTRIBUTE = "distribute"
    STATUS = "status"
    ASSIGN = "assign"
    ERASE = "erase"


class LeftOut(Struct, frozen=True):
    """A lead to which the act was not done; `reason` is a word for programs."""

    lead_id: str
    reason: str
    message: str


def find_leads(*, account_id: AccountId, wanted: LeadFilter) -> list[LeadId]:
    """Return the leads that a sweep over a list would take, the oldest first.

    :raises Flawed: there are more than one sweep takes.
    """
    found = lists.find_leads(account_id, wanted, limit=MOST_AT_ONCE + 1)
    if len(found) > MOST_AT_ONCE:
        message = f"more than {MOST_AT_ONCE:,} leads fit; narrow the list, by date or by source"
        raise Flawed([Flaw("leads", "too_many", message)])
    return found


def begin_sweep(
    *,
    account_id: AccountId,
    act: Act,
    to: str | None,
    lead_ids: Iterable[LeadId],
    by: str,
    now: datetime,
) -> SweepId:
    """Begin an act on exactly these leads; `to` is the new status, or the member, None nobody.

    :raises Flawed: there is nothing to do, or `to` names nothing.
    """
    own = lists.find_own(account_id, lead_ids)
    if not own:
        raise Flawed([Flaw("leads", "required", "no lead is chosen")])
    _want_known(account_id, act, to)
    with transaction.atomic():
        sweep_id = sweeps.add(account_id, act=act, to=to, lead_ids=own, made_by=by, now=now)
        audit.note(
            account_id=account_id,
            actor=by,
            action=_ACTIONS[act],
            subject=f"sweep {sweep_id}",
            after={"leads": len(own), "act": act, "to": to},
            now=now,
        )
    return sweep_id


def sweeps_to_go_on() -> list[SweepId]:
    """Return the sweeps of all accounts that have not ended, the oldest first."""
    return sweeps.find_running()


def sweep_on(*, sweep_id: SweepId, leases: Leases, now: datetime) -> list[Errand]:
    """Take the next part of a sweep; return what is to be sent."""
    with transaction.atomic():
        sweep = sweeps.lock(sweep_id)
        if sweep.state != SweepState.RUNNING:
            return []
        lead_ids = sweep.next_leads(MOST_IN_A_TRANSACTION)
        settling = Settling(sweep.account_id, lead_ids, uses_caps=True, leases=leases, now=now)
        left_out = _do(sweep, settling, lead_ids)
        settled = settling.finish()
        if sweep.act == Act.ERASE:
            missed = {each.lead_id for each in left_out}
            for lead_id in lead_ids:
                if str(lead_id) not in missed:
                    erasing.forget(settling, lead_id)
        _move(sweep, len(lead_ids), left_out, now)
    return errands_of(settled.deliveries, settled.leads)


def cancel_sweep(*, account_id: AccountId, sweep_id: SweepId, now: datetime) -> None:
    """Stop a sweep between two parts; what was done stays done.

    :raises SweepNotFound:
    """
    with transaction.atomic():
        sweeps.get(account_id, sweep_id)
        sweep = sweeps.lock(sweep_id)
        if sweep.state == SweepState.RUNNING:
            sweep.state, sweep.finished_at = SweepState.CANCELLED, now
            sweeps.save(sweep)


def left_out_of(sweep: Sweep) -> list[LeftOut]:
    return msgspec.json.decode(sweep.reasons, type=list[LeftOut])


def _do(sweep: Sweep, settling: Settling, lead_ids: Sequence[LeadId]) -> list[LeftOut]:
    """Do the act to each lead, by the rules for one; return those that it was not done to."""
    act = _ACTS[Act(sweep.act)]
    left_out = []
    for lead_id in lead_ids:
        if lead_id not in settling.leads:
            left_out.append(LeftOut(str(lead_id), "not_found", "the lead is gone by now"))
            continue
        try:
            act(settling, lead_id, sweep)
        except NotInThisState as refusal:
            left_out.append(LeftOut(str(lead_id), refusal.slug, str(refusal)))
        except Flawed as flawed:
            flaw = flawed.flaws[0]
            left_out.append(LeftOut(str(lead_id), flaw.code, flaw.message))
    return left_out


def _move(sweep: Sweep, taken: int, left_out: Sequence[LeftOut], now: datetime) -> None:
    sweep.cursor += taken
    sweep.done += taken - len(left_out)
    sweep.left_out += len(left_out)
    kept = [*left_out_of(sweep), *left_out][:MOST_REASONS]
    sweep.reasons = msgspec.json.encode(kept).decode()
    if sweep.cursor >= sweep.total:
        sweep.state, sweep.finished_at = SweepState.DONE, now
    sweeps.save(sweep)


def _distribute(settling: Settling, lead_id: LeadId, sweep: Sweep) -> None:  # noqa: ARG001
    distributing.release(settling, lead_id)


def _change(settling: Settling, lead_id: LeadId, sweep: Sweep) -> None:
    is_status = sweep.act == Act.STATUS
    edit = Edit(status=sweep.to or "") if is_status else Edit(assignee=sweep.to)
    editing.change_lead(settling, lead_id, edit, by=sweep.made_by)


def _erase(settling: Settling, lead_id: LeadId, sweep: Sweep) -> None:  # noqa: ARG001
    if settling.leads[lead_id].erased_at is not None:
        raise NotInThisState("lead_erased", "the lead was erased before")
    erasing.clear(settling, lead_id)


_ACTS: dict[Act, Callable[[Settling, LeadId, Sweep], None]] = {
    Act.DISTRIBUTE: _distribute,
    Act.STATUS: _change,
    Act.ASSIGN: _change,
    Act.ERASE: _erase,
}
_ACTIONS = {
    Act.DISTRIBUTE: Action.LEAD_DISTRIBUTED,
    Act.STATUS: Action.LEAD_EDITED,
    Act.ASSIGN: Action.LEAD_EDITED,
    Act.ERASE: Action.LEAD_ERASED,
}


def _want_known(account_id: AccountId, act: Act, to: str | None) -> None:
    """:raises Flawed:"""
    if act is Act.STATUS:
        entities = setups.in_force(account_id).configuration.entities
        known = {status for entity in entities for status in entity.statuses}
        if to not in known:
            message = f"{to!r} is no status; there are: {', '.join(sorted(known))}"
            raise Flawed([Flaw("to", "unknown_status", message)])
    if act is Act.ASSIGN and to is not None and assignees.find(account_id, to) is None:
        raise Flawed([Flaw("to", "unknown_member", f"{to!r} is no member of the account")])
