"""The audit log is written and checked: who changed what, chained so that tampering shows."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from headgate.domain.audit import Action, Entry, content
from headgate.domain.ids import AccountId
from headgate.services import sealing
from headgate.storage import accounts, audit
from headgate.storage.audit import Link
from headgate.storage.verification import Breach

_MOST_SUBJECT = 254


def note(
    *,
    account_id: AccountId,
    actor: str,
    action: Action,
    subject: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Add a line to the account's log, in the transaction of what it tells.

    Call it as the last step of that transaction, for the account's lines come one after another.
    `subject` says what was changed, as `lead 0199…` or `member ann@example.com`; `before` and
    `after` hold what is different, never secrets and never the values of a lead.
    """
    vault = sealing.open_vault(accounts.get(account_id).wrapped_key)
    with transaction.atomic():
        last = audit.hold_last(account_id)
        entry = Entry(
            number=last.entry.number + 1 if last else 1,
            at=now,
            actor=actor[:_MOST_SUBJECT],
            action=action.value,
            subject=subject[:_MOST_SUBJECT],
            before=_written(before),
            after=_written(after),
        )
        digest = vault.chain_digest(last.digest if last else "", content(account_id, entry))
        audit.add(account_id, Link(entry, digest))


def note_act(*, by: str | None, **said: Any) -> None:
    """Note what `by` did; nothing where nobody did it, or something larger is noted instead."""
    if by is not None:
        note(actor=by, **said)


def breaches() -> Iterator[Breach]:
    """Give, for every account, the first line that is not what was written, or that is missing."""
    for account in accounts.list_all():
        vault = sealing.open_vault(account.wrapped_key)
        digest, expected = "", 1
        for link in audit.links(account.id):
            number = link.entry.number
            if number != expected:
                where = f"line {expected} of the audit log of {account.slug} is missing"
                yield Breach("audit_missing", where)
                break
            digest = vault.chain_digest(digest, content(account.id, link.entry))
            if digest != link.digest:
                where = f"line {number} of the audit log of {account.slug} was changed"
                yield Breach("audit_changed", f"{where}, or one before it was removed")
                break
            expected += 1


def _written(said: Mapping[str, Any] | None) -> str | None:
    return None if said is None else json.dumps(said, ensure_ascii=False, default=str)
