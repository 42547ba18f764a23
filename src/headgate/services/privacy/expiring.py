"""What an account keeps for some days only goes part by part, so that nothing waits for it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from msgspec import Struct

from headgate.domain.ids import AccountId
from headgate.domain.leads import LeadState
from headgate.domain.retention import Retention
from headgate.services import setups
from headgate.services.privacy import erasing
from headgate.services.routing import Leases
from headgate.storage import accounts, expiry

LEADS_AT_ONCE = 100
DELIVERIES_AT_ONCE = 500


class Gone(Struct, frozen=True):
    """What went of one account: leads, duplicates among them, and attempts' bodies."""

    account_id: AccountId
    leads: int = 0
    attempt_bodies: int = 0


class Expiry:
    """Goes through each account from its oldest rows on, and begins anew once a day.

    What is behind it need not be looked at again: newer rows have greater ids.
    """

    def __init__(self) -> None:
        self._passed: dict[tuple[AccountId, str], UUID] = {}
        self._day: date | None = None

    def go_on(self, *, leases: Leases, now: datetime) -> list[Gone]:
        """Take one part of what is over in every account; return what went."""
        if self._day != now.date():
            self._day = now.date()
            self._passed.clear()
        found = []
        for account in accounts.list_all():
            if account.config_version:
                said = setups.in_force(account.id).configuration.retention
                gone = self._take_part(account.id, said, leases, now)
                if gone.leads or gone.attempt_bodies:
                    found.append(gone)
        return found

    def _take_part(
        self, account_id: AccountId, said: Retention, leases: Leases, now: datetime
    ) -> Gone:
        leads = partial(_expire_leads, leases=leases, now=now)
        duplicates = partial(leads, state=LeadState.DUPLICATE)
        taken = {
            what: self._pass(account_id, what, now - timedelta(days=days), take)
            for what, days, take in (
                ("leads", said.leads_days, leads),
                ("duplicates", said.duplicates_days, duplicates),
                ("bodies", said.attempt_bodies_days, _forget_bodies),
            )
            if days is not None
        }
        return Gone(
            account_id,
            leads=taken.get("leads", 0) + taken.get("duplicates", 0),
            attempt_bodies=taken.get("bodies", 0),
        )

    def _pass(
        self,
        account_id: AccountId,
        what: str,
        until: datetime,
        take: Callable[["_Span"], tuple[UUID, int]],
    ) -> int:
        """Take what follows the last part, up to what is not that old."""
        after = self._passed.get((account_id, what), expiry.FIRST)
        span = _Span(account_id, after, expiry.id_at(until))
        self._passed[account_id, what], count = take(span)
        return count


def count_over(*, account_id: AccountId, days: int, now: datetime) -> int:
    """Return how many leads would be erased if they were kept for so many days."""
    before = expiry.id_at(now - timedelta(days=days))
    return expiry.count_leads_with_data(account_id, before=before)


class _Span(Struct, frozen=True):
    """The rows of an account between two ids."""

    account_id: AccountId
    after: UUID
    before: UUID


def _expire_leads(
    span: _Span, *, state: LeadState | None = None, leases: Leases, now: datetime
) -> tuple[UUID, int]:
    found = expiry.leads_with_data(
        span.account_id, after=span.after, before=span.before, state=state, limit=LEADS_AT_ONCE
    )
    if not found:
        return span.after, 0
    erased = erasing.erase_some(account_id=span.account_id, lead_ids=found, leases=leases, now=now)
    return found[-1], erased


def _forget_bodies(span: _Span) -> tuple[UUID, int]:
    with transaction.atomic():
        found = expiry.deliveries_between(
            span.account_id, after=span.after, before=span.before, limit=DELIVERIES_AT_ONCE
        )
        return (found[-1] if found else span.after), expiry.forget_bodies(found)
