"""A lead's own values change, and what they were is kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from headgate.domain.ids import LeadId
from headgate.domain.instants import rfc3339
from headgate.services import persons
from headgate.services.setups import Setup
from headgate.services.writing import read_list, read_values, write_json
from headgate.storage import leads, match_keys


def take_over(setup: Setup, lead_id: LeadId, values: Mapping[str, Any], *, now: datetime) -> None:
    """Write a duplicate's values over those of the earlier lead; its status stays.

    The history keeps the old values of fields in clear; of encrypted ones it only says that
    they changed. The person is recognised by the new values too.
    """
    lead = leads.lock([lead_id])[lead_id]
    plan = setup.entity_plan(lead.entity_id)
    if plan is None or lead.erased_at is not None:
        return
    encrypted = {field.key for field in plan.entity.fields if field.encrypted}
    clear = read_values(lead.fields)
    hidden = read_values(setup.vault.open(lead.sealed)) if lead.sealed else {}
    known = persons.digests_of(setup, plan.entity, clear | hidden)
    changes: dict[str, Any] = {}
    for key, value in values.items():
        kept = hidden if key in encrypted else clear
        if kept.get(key) != value:
            changes[key] = "•••" if key in encrypted else [kept.get(key), value]
            kept[key] = value
    if changes:
        lead.fields = write_json(clear)
        lead.sealed = setup.vault.seal(write_json(hidden).encode()) if hidden else None
        entry = {"at": rfc3339(now), "because": "duplicate", "changes": changes}
        lead.history = write_json([*read_list(lead.history), entry])
        leads.save_values(lead)
        match_keys.add(
            [
                match_keys.MatchKey(plan.id, digest, lead.id, lead.received_at)
                for digest in persons.digests_of(setup, plan.entity, clear | hidden)
                if digest not in known
            ]
        )
