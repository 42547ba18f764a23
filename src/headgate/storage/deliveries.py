"""Deliveries and their attempts. This table is the work queue."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from msgspec import Struct

from headgate.domain.deliveries import State
from headgate.domain.ids import (
    AccountId,
    AssignmentId,
    DeliveryId,
    LeadId,
    PartnerId,
    ProfileId,
)
from headgate.storage import bulk, models


class Delivery(Struct):
    """A stored delivery; the attributes are named like the columns.

    `places` is a JSON list of `[counter, amount, used after, limit]`; `lease` is the fencing
    token that whoever writes an outcome must name. `fallback` is None while it is at the first
    of its delivery settings, then which fall-back it is at, from 1. Those with the same
    `digest_key` wait for one digest together; `letter_id` is the letter that they then went into.
    """

    id: DeliveryId
    account_id: AccountId
    lead_id: LeadId
    profile_id: ProfileId
    assignment_id: AssignmentId
    partner_id: PartnerId
    channel: str
    state: str
    test: bool
    exclusive: bool
    config_version: int
    price_minor: int
    currency: str
    placed_at: datetime
    holds_place: bool
    places: str
    created_at: datetime
    due_at: datetime | None
    give_up_at: datetime
    lease: int
    timeout_seconds: int
    price_ignored: bool = False
    attempts: int = 0
    attempts_forgiven: int = 0
    first_attempt_at: datetime | None = None
    ambiguous: bool = False
    body: bytes | None = None
    body_sealed: bool = False
    error: str | None = None
    ended_at: datetime | None = None
    parked_at: datetime | None = None
    digest_key: UUID | None = None
    letter_id: UUID | None = None
    fallback: int | None = None


class Attempt(Struct, frozen=True):
    """One try; `request` and `answer` are JSON texts for people, with secrets masked.

    `channel` is None where it was not written down yet.
    """

    delivery_id: DeliveryId
    n: int
    at: datetime
    outcome: str
    status: int | None
    ms: int | None
    error: str | None
    request: str | None
    answer: str | None
    channel: str | None = None


class DeliveryNotFound(LookupError):
    """The account has no such delivery."""


LEASE_MARGIN = timedelta(seconds=15)
CLAIMABLE = ("pending", "sending", "delivered")
_COLUMNS = Delivery.__struct_fields__
_PROGRESS = (
    "state", "price_minor", "price_ignored", "placed_at", "holds_place", "places", "due_at",
    "give_up_at", "lease", "attempts", "attempts_forgiven", "first_attempt_at", "ambiguous",
    "body", "body_sealed", "error", "ended_at", "parked_at",
)  # fmt: skip
_COURSE = ("config_version", "channel", "fallback", "timeout_seconds", "digest_key", "letter_id")


def add(deliveries: Sequence[Delivery]) -> None:
    bulk.insert(models.Delivery, deliveries)


def save(deliveries: Sequence[Delivery]) -> None:
    """Write the progress of deliveries that the transaction holds."""
    bulk.update(models.Delivery, deliveries, _PROGRESS)


def save_renewed(delivery: Delivery) -> None:
    """Write by which settings and in which digest it goes on, beside its progress."""
    bulk.update(models.Delivery, [delivery], _PROGRESS + _COURSE)


def erase_attempts(lead_id: LeadId) -> None:
    """Forget what was sent of a lead and what was answered; outcomes and times stay."""
    attempts = models.Attempt.objects.filter(delivery__lead_id=lead_id)
    attempts.update(request=None, answer=None, error=None)


def save_request(delivery_id: DeliveryId, n: int, request: str) -> None:
    """Write what an attempt sent over what is stored of it."""
    models.Attempt.objects.filter(delivery_id=delivery_id, n=n).update(request=request)


def add_attempts(attempts: Sequence[Attempt]) -> None:
    bulk.insert(models.Attempt, attempts)


def claim_due(
    limit: int,
    *,
    busy_partners: Collection[PartnerId],
    take_place: Callable[[PartnerId], bool] | None = None,
    now: datetime,
) -> list[Delivery]:
    """Lease up to `limit` due deliveries, the longest due first, as far as places can be taken.

    Each comes back as it was stored, but under its new lease; one that was `sending` has lost
    its worker, and one that is `delivered` stays so and is sent again. Those of a digest are
    claimed as whole letters elsewhere.
    """
    due = (
        models.Delivery.objects.select_for_update(skip_locked=True)
        .filter(state__in=CLAIMABLE, due_at__lte=now, parked_at=None, digest_key=None)
        .exclude(partner_id__in=list(busy_partners))
        .order_by("due_at")
        .values_list("id", "partner_id")[:limit]
    )
    # A backlog is looked at again and again, so only what is taken is read as a whole.
    taken = [id for id, partner in due if take_place is None or take_place(PartnerId(partner))]
    claimed = read(models.Delivery.objects.filter(id__in=taken).order_by("due_at"))
    lease(claimed, now=now)
    return claimed


def lease(claimed: Sequence[Delivery], *, now: datetime, letter_id: UUID | None = None) -> None:
    """Take deliveries that the transaction holds for this process, in a letter if one is named."""
    for delivery in claimed:
        delivery.lease += 1
        delivery.due_at = lease_end(delivery, now=now)
        delivery.letter_id = letter_id
    leased = [_Lease(d.id, _while_sent(d), d.due_at, d.lease, letter_id) for d in claimed]
    written = ("state", "due_at", "lease")
    bulk.update(models.Delivery, leased, (*written, "letter_id") if letter_id else written)


def _while_sent(delivery: Delivery) -> State:
    return State.DELIVERED if delivery.state == State.DELIVERED else State.SENDING


class _Lease(Struct, frozen=True):
    id: DeliveryId
    state: str
    due_at: datetime | None
    lease: int
    letter_id: UUID | None


def lease_end(delivery: Delivery, *, now: datetime) -> datetime:
    return now + timedelta(seconds=delivery.timeout_seconds) + LEASE_MARGIN


def orphan_all(*, now: datetime) -> int:
    """Make everything that is being sent due at once: its worker is known to be gone."""
    leased = models.Delivery.objects.filter(state__in=["sending", "delivered"], due_at__gt=now)
    return leased.update(due_at=now)


def lock_of_leads(lead_ids: Iterable[LeadId]) -> dict[LeadId, list[Delivery]]:
    """Return the deliveries of each lead, which nobody else changes until the transaction ends.

    The caller holds the leads already.
    """
    return _by_lead(lead_ids, lock=True)


def of_leads(lead_ids: Iterable[LeadId]) -> dict[LeadId, list[Delivery]]:
    """Return the deliveries of each lead, in the order in which they were selected."""
    return _by_lead(lead_ids, lock=False)


def get(account_id: AccountId, delivery_id: DeliveryId) -> Delivery:
    """:raises DeliveryNotFound:"""
    found = read(models.Delivery.objects.filter(account_id=account_id, id=delivery_id))
    if not found:
        raise DeliveryNotFound(f"there is no delivery {delivery_id}")
    return found[0]


def leads_of(account_id: AccountId, delivery_ids: Iterable[DeliveryId]) -> list[LeadId]:
    """Return the leads of these deliveries, as far as they are the account's."""
    rows = models.Delivery.objects.filter(account_id=account_id, id__in=list(delivery_ids))
    return [LeadId(id) for id in rows.values_list("lead_id", flat=True)]


def attempts_of(delivery_ids: Iterable[DeliveryId]) -> dict[DeliveryId, list[Attempt]]:
    found: dict[DeliveryId, list[Attempt]] = {id: [] for id in delivery_ids}
    rows = models.Attempt.objects.filter(delivery_id__in=list(found)).order_by("n")
    for row in rows.values_list(*Attempt.__struct_fields__):
        found[row[0]].append(Attempt(*row))
    return found


def ended_by(
    since: Mapping[DeliveryId, int], *, errors: Sequence[str], least: int
) -> set[DeliveryId]:
    """Return those of which that many attempts, after the given number, ended by these errors."""
    if not since:
        return set()
    rows = models.Attempt.objects.filter(delivery_id__in=list(since), error__in=errors)
    ends = [(DeliveryId(id), n) for id, n in rows.values_list("delivery_id", "n")]
    tally = Counter(id for id, n in ends if n > since[id])
    return {id for id, count in tally.items() if count >= least}


def list_page(
    account_id: AccountId, *, filters: Q | None = None, before: DeliveryId | None, limit: int
) -> list[Delivery]:
    """Return up to `limit` deliveries, newest first, older than `before`."""
    rows = models.Delivery.objects.filter(account_id=account_id)
    if filters is not None:
        rows = rows.filter(filters)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return read(rows.order_by("-id")[:limit])


def oldest_due(*, now: datetime) -> datetime | None:
    """Return since when the longest waiting due delivery has been due."""
    rows = models.Delivery.objects.filter(state="pending", due_at__lte=now, parked_at=None)
    return rows.order_by("due_at").values_list("due_at", flat=True).first()


def read(rows: Any) -> list[Delivery]:
    """Return the deliveries of a query."""
    deliveries = [Delivery(*row) for row in rows.values_list(*_COLUMNS)]
    for delivery in deliveries:
        if delivery.body is not None:
            delivery.body = bytes(delivery.body)  # psycopg reads a memoryview
    return deliveries


def _by_lead(lead_ids: Iterable[LeadId], *, lock: bool) -> dict[LeadId, list[Delivery]]:
    found: dict[LeadId, list[Delivery]] = {lead_id: [] for lead_id in lead_ids}
    if found:
        rows = bulk.select(models.Delivery, _COLUMNS, "lead_id {among}", among=found, lock=lock)
        for delivery in (Delivery(*row) for row in rows):
            found[delivery.lead_id].append(delivery)
    return found
