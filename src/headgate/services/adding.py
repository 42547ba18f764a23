"""A person types a lead in; it takes the path that every lead takes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from headgate.domain.audit import Action
from headgate.domain.ids import AccountId, LeadId
from headgate.domain.sources import API_SOURCE, OnInvalid
from headgate.services import audit, intake, setups
from headgate.services.batches import Answer
from headgate.services.identity import fresh_id
from headgate.services.routing import Leases
from headgate.services.setups import Setup
from headgate.services.submissions import Receipt, Submission
from headgate.storage.keys import Caller, KeyScope

HAND_SOURCE = "manual"  # the default, where the configuration lists it


def add_lead(
    *,
    account_id: AccountId,
    entity: str,
    fields: Mapping[str, Any],
    source: str | None,
    status: str | None,
    note: str | None,
    test: bool,
    distribute: bool,
    by: str,
    now: datetime,
) -> Receipt:
    """Store and route a lead; whatever its source says, bad values are refused.

    What it makes is due at once; whoever dispatches finds it.

    :raises Flawed, UnknownEntity, UnknownSource:
    """
    setup = setups.in_force(account_id)
    submission = Submission(
        id=LeadId(fresh_id(now)),
        caller="",
        entity=entity,
        fields=dict(fields),
        received_at=now,
        status=status,
        source=source or default_source(setup, entity),
        test=test,
        distribute=distribute,
        note=note,
        on_invalid=OnInvalid.REFUSE,
        added_by=by,
    )
    noted = _Noted(account_id, by, now)
    received = intake.receive_in_account(
        account_id=account_id,
        entries=[(submission, Caller(account_id, KeyScope.ADMIN))],
        rates=None,
        leases=Leases(0),
        alongside=noted,
        now=now,
    )
    (answer,) = received.answers
    if isinstance(answer, Receipt):
        return answer
    raise answer


def default_source(setup: Setup, entity: str) -> str:
    return HAND_SOURCE if setup.source(entity, HAND_SOURCE) else API_SOURCE


class _Noted:
    """Writes the audit log's line beside the lead."""

    def __init__(self, account_id: AccountId, by: str, now: datetime) -> None:
        self._account_id, self._by, self._now = account_id, by, now

    def begin(self) -> None:
        pass

    def end(self, answers: Sequence[Answer]) -> None:
        for answer in answers:
            if isinstance(answer, Receipt):
                audit.note(
                    account_id=self._account_id,
                    actor=self._by,
                    action=Action.LEAD_ADDED,
                    subject=f"lead {answer.lead.id}",
                    now=self._now,
                )
