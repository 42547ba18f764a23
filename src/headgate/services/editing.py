"""A lead is changed by a person or a later duplicate, and what it was before is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from msgspec import UNSET, Struct, UnsetType

from headgate.domain.audit import Action
from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId, LeadId, UserId
from headgate.domain.instants import rfc3339
from headgate.domain.leads import LeadState
from headgate.domain.matching import EntityPlan
from headgate.domain.verdicts import Because
from headgate.services import audit, holding, persons
from headgate.services.errands import Errand, errands_of
from headgate.services.handling import NotInThisState
from headgate.services.routing import Leases
from headgate.services.settling import Settling
from headgate.services.setups import Setup
from headgate.services.submissions import read_note, read_status
from headgate.services.writing import read_list, read_values, write_json
from headgate.storage import assignees, leads, match_keys

_STARTED_BY_STATUS = (
    LeadState.UNMATCHED,
    LeadState.UNDELIVERED,
    LeadState.WAITING,
    LeadState.DELIVERED,
)
_HIDDEN = "•••"


class Edit(Struct, frozen=True, kw_only=True):
    """What a person changes of a lead; a part that is unset stays as it is.

    `fields` come raw, and one that is blank is taken away. `assignee` is a member's address,
    None nobody. `based_on` is the revision that the person looked at.
    """

    fields: Mapping[str, object] = {}
    status: str | UnsetType = UNSET
    assignee: str | UnsetType | None = UNSET
    note: str | None = None
    based_on: int | None = None


class Edited(Struct, frozen=True):
    """What is to be sent because of an edit; `decided` when the new status started profiles."""

    changed: bool
    decided: bool
    errands: list[Errand]


def edit_lead(
    *,
    account_id: AccountId,
    lead_id: LeadId,
    edit: Edit,
    by: str,
    leases: Leases,
    now: datetime,
) -> Edited:
    """Change a lead, keep in its history who did, and let a new status start profiles.

    :raises LeadNotFound, Flawed, NotInThisState:
    """
    with transaction.atomic():
        leads.get(account_id, lead_id)
        settling = Settling(account_id, [lead_id], uses_caps=True, leases=leases, now=now)
        rounds = settling.leads[lead_id].rounds
        parts = change_lead(settling, lead_id, edit, by=by)
        settled = settling.finish()
        if parts:
            audit.note(
                account_id=account_id,
                actor=by,
                action=Action.LEAD_EDITED,
                subject=f"lead {lead_id}",
                after={"changed": parts},
                now=now,
            )
    return Edited(
        changed=bool(parts),
        decided=settled.leads[lead_id].rounds != rounds,
        errands=errands_of(settled.deliveries, settled.leads),
    )


def change_lead(settling: Settling, lead_id: LeadId, edit: Edit, *, by: str) -> list[str]:
    """Change a lead that the transaction holds; return the names of what is different.

    :raises Flawed, NotInThisState:
    """
    setup, lead = settling.setup, settling.leads[lead_id]
    plan = _editable(setup, lead, edit)
    flaws: list[Flaw] = []
    values = _read_fields(setup, plan.entity, edit.fields, flaws)
    status = lead.status if edit.status is UNSET else read_status(plan.entity, edit.status, flaws)
    assignee = _read_assignee(lead, edit, flaws)
    note = read_note(edit.note, flaws)
    if flaws:
        raise Flawed(flaws)
    entry: dict[str, Any] = {}
    if changes := _write_values(setup, lead, plan, values, looks_back=True):
        entry["changes"] = changes
    if status != lead.status:
        entry["status"] = [lead.status, status]
        lead.status = status
        if _starts_profiles(settling, lead, plan):
            settling.go_on(lead_id, Because.STATUS_CHANGED)
    if assignee != lead.assignee_id:
        pair = (lead.assignee_id, assignee)
        named = assignees.emails_of(pair)
        entry["assignee"] = [None if id is None else named.get(id) for id in pair]
        lead.assignee_id = assignee
    if note:
        entry["note"] = note
    if entry:
        _remember(lead, {"because": "edited", "by": by, **entry}, now=settling.now)
        leads.save_values(lead)
    return [*changes, *(part for part in entry if part != "changes")]


def take_over(setup: Setup, lead_id: LeadId, values: Mapping[str, Any], *, now: datetime) -> None:
    """Write a duplicate's values over those of the earlier lead; its status stays."""
    lead = leads.lock([lead_id])[lead_id]
    plan = setup.entity_plan(lead.entity_id)
    if plan is None or lead.erased_at is not None:
        return
    if changes := _write_values(setup, lead, plan, values):
        _remember(lead, {"because": "duplicate", "changes": changes}, now=now)
        leads.save_values(lead)


def revision_of(lead: leads.Lead) -> int:
    """Return a number that rises whenever the lead's own values change."""
    return len(read_list(lead.history))


def _editable(setup: Setup, lead: leads.Lead, edit: Edit) -> EntityPlan:
    """:raises NotInThisState:"""
    if lead.erased_at is not None:
        raise NotInThisState("lead_erased", "the lead was erased; there is nothing to change")
    plan = setup.entity_plan(lead.entity_id)
    if plan is None:
        raise NotInThisState("entity_archived", "the lead's entity is archived")
    revision = revision_of(lead)
    if edit.based_on is not None and edit.based_on != revision:
        message = f"the lead is at revision {revision}, no longer {edit.based_on}; read it again"
        raise NotInThisState("changed_meanwhile", message)
    return plan


def _read_fields(
    setup: Setup, entity: Entity, raw: Mapping[str, object], flaws: list[Flaw]
) -> dict[str, Any]:
    """Clean what was given; None takes a value away. What was not given is nobody's business."""
    if not raw:
        return {}
    cleaned = setup.cleaners[entity.slug](raw)
    flaws += [flaw for flaw in cleaned.flaws if flaw.place.partition(".")[0] in raw]
    return {key: cleaned.values.get(key) for key in raw}


def _read_assignee(lead: leads.Lead, edit: Edit, flaws: list[Flaw]) -> UserId | None:
    if edit.assignee is UNSET:
        return lead.assignee_id
    if not edit.assignee:
        return None
    found = assignees.find(lead.account_id, edit.assignee)
    if found is None:
        message = f"{edit.assignee!r} is no member of the account"
        flaws.append(Flaw("assignee", "unknown_member", message))
        return None
    return found.user_id


def _write_values(
    setup: Setup,
    lead: leads.Lead,
    plan: EntityPlan,
    values: Mapping[str, Any],
    *,
    looks_back: bool = False,
) -> dict[str, Any]:
    """Write clean values into the lead's row, and return what is different, for its history.

    The history keeps the old values of fields in clear; of encrypted ones it only says that
    they changed. The person is recognised by the new values too; with `looks_back` the lead
    points to an earlier one of the same person.
    """
    clear = read_values(lead.fields)
    hidden = read_values(setup.vault.open(lead.sealed)) if lead.sealed else {}
    known = persons.digests_of(setup, plan.entity, clear | hidden)
    changes: dict[str, Any] = {}
    for key, value in values.items():
        kept = hidden if plan.entity.encrypts(key) else clear
        if kept.get(key) != value:
            changes[key] = _HIDDEN if kept is hidden else [kept.get(key), value]
            kept[key] = value
            if value is None:
                del kept[key]
    if not changes:
        return {}
    lead.fields = write_json(clear)
    lead.sealed = setup.vault.seal(write_json(hidden).encode()) if hidden else None
    extra = read_values(lead.extra) if lead.extra else {}
    left = {key: value for key, value in extra.items() if key not in changes}
    lead.extra = write_json(left) if left else None
    digests = persons.digests_of(setup, plan.entity, clear | hidden)
    new = [digest for digest in digests if digest not in known]
    if looks_back and not lead.test and lead.duplicate_of is None:
        lead.duplicate_of = persons.earlier_lead(setup, plan, lead, new)
    _make_known(lead, plan, new)
    return changes


def _make_known(lead: leads.Lead, plan: EntityPlan, digests: Sequence[bytes]) -> None:
    """Recognise the person by these as well; one that may be no earlier lead is not known."""
    if lead.accepted and not lead.test:
        match_keys.add(
            [match_keys.MatchKey(plan.id, each, lead.id, lead.received_at) for each in digests]
        )


def _starts_profiles(settling: Settling, lead: leads.Lead, plan: EntityPlan) -> bool:
    """Tell whether a changed status has the lead decided again.

    Never while somebody has it to himself, while it is on its way, or while it was kept back.
    """
    if lead.state not in _STARTED_BY_STATUS or not any(line.reads_status for line in plan.lines):
        return False
    stored = [each for each in settling.deliveries.values() if each.lead_id == lead.id]
    held = holding.held_by(settling.setup, lead, stored, Because.STATUS_CHANGED)
    return not any(each.exclusive and each.holds_the_lead for each in held)


def _remember(lead: leads.Lead, entry: Mapping[str, Any], *, now: datetime) -> None:
    lead.history = write_json([*read_list(lead.history), {"at": rfc3339(now), **entry}])
