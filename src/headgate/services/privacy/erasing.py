"""A lead's personal data is erased; what was counted and charged stays."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from msgspec.structs import replace

from headgate.domain.audit import Action
from headgate.domain.deliveries import State, cancelled
from headgate.domain.ids import AccountId, LeadId
from headgate.domain.leads import LeadState
from headgate.services import audit, idempotency
from headgate.services.imports import uploading
from headgate.services.routing import Leases
from headgate.services.sealing import Vault
from headgate.services.settling import Settling
from headgate.services.writing import read_rounds, write_json
from headgate.storage import (
    deliveries,
    dispositions,
    erasures,
    events,
    leads,
    match_keys,
    returns,
    scrubbing,
)


def erase_lead(
    *,
    account_id: AccountId,
    lead_id: LeadId,
    leases: Leases,
    by: str | None = None,
    now: datetime,
) -> None:
    """Clear everything that tells who the person is, and end what has not been delivered.

    A try that is under way ends as it ends, without leaving the data behind; its delivery is
    tried no more. Erasing twice changes nothing. `by` is None where something larger is noted
    in the audit log instead.

    :raises LeadNotFound:
    """
    with transaction.atomic():
        leads.get(account_id, lead_id)
        settling = Settling(account_id, [lead_id], uses_caps=True, leases=leases, now=now)
        if settling.leads[lead_id].erased_at is None:
            clear(settling, lead_id)
            settling.finish()
            forget(settling, lead_id)
            if by is not None:
                audit.note(
                    account_id=account_id,
                    actor=by,
                    action=Action.LEAD_ERASED,
                    subject=f"lead {lead_id}",
                    now=now,
                )


def erase_some(
    *, account_id: AccountId, lead_ids: Sequence[LeadId], leases: Leases, now: datetime
) -> int:
    """Erase some leads of an account in one transaction; return how many were not erased yet."""
    with transaction.atomic():
        settling = Settling(account_id, lead_ids, uses_caps=True, leases=leases, now=now)
        wanted = [each.id for each in settling.leads.values() if each.erased_at is None]
        for lead_id in wanted:
            clear(settling, lead_id)
        settling.finish()
        for lead_id in wanted:
            forget(settling, lead_id)
    return len(wanted)


def clear(settling: Settling, lead_id: LeadId) -> None:
    """End what has not been delivered of a lead that the transaction holds, and clear its row."""
    for delivery in settling.deliveries.values():
        if delivery.lead_id == lead_id:
            delivery.body, delivery.body_sealed, delivery.error = None, False, None
            settling.touch(delivery)
            if delivery.state in (State.PENDING, State.UNKNOWN):
                settling.apply(delivery, cancelled())
    _clear(settling.leads[lead_id], settling.setup.vault, settling.now)


def forget(settling: Settling, lead_id: LeadId) -> None:
    """Write what was cleared, once the settling has finished, and remember that it was."""
    lead = settling.leads[lead_id]
    leads.erase(lead)
    deliveries.erase_attempts(lead_id)
    returns.forget_words(lead_id, listed=settling.setup.configuration.returns.reasons)
    dispositions.forget_words(lead_id)
    match_keys.forget(lead_id)
    events.drop_of_lead(lead_id)
    uploading.forget_file_of(lead)
    erasures.add(lead.account_id, [lead_id], now=settling.now)


def erased_since(moment: datetime) -> bool:
    return erasures.any_since(moment)


def leave_no_trace() -> bool:
    """Have what was erased leave the database's files too; return False to ask for it again.

    Call it outside a transaction, once what was erased is committed.
    """
    return scrubbing.scrub()


def _hide_idempotency(lead: leads.Lead, vault: Vault) -> None:
    """Keep what recognises a late retry, which must not store the person again."""
    if lead.idempotency_key is not None and lead.idempotency_digest is not None:
        lead.idempotency_key = idempotency.hidden_key(vault, lead.idempotency_key)
        lead.idempotency_digest = idempotency.hidden_digest(vault, lead.idempotency_digest)


def _clear(lead: leads.Lead, vault: Vault, now: datetime) -> None:
    lead.erased_at, lead.state = now, LeadState.ERASED
    lead.fields = "{}"
    lead.sealed = None
    lead.extra = lead.consent = lead.note = lead.external_id = lead.history = None
    _hide_idempotency(lead, vault)
    lead.redirect_url = None
    lead.look_at = lead.wait_until = lead.waiting_since = None
    lead.rounds = write_json([replace(each, seen={}) for each in read_rounds(lead.rounds)])
