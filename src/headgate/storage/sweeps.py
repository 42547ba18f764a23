"""Sweeps: one act on many leads, and how far each has come."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from headgate.domain.ids import AccountId, LeadId, SweepId
from headgate.storage import bulk, models

_BYTES = 16  # of an id


class SweepState(StrEnum):
    RUNNING = "running"
    CANCELLED = "cancelled"  # by a person; what was done stays done
    DONE = "done"


class Sweep(Struct):
    """A stored sweep; the attributes are named like the columns.

    `cursor` leads were taken: `done` as wanted, `left_out` for `reasons`, a JSON text.
    """

    id: SweepId
    account_id: AccountId
    act: str
    to: str | None
    lead_ids: bytes
    cursor: int
    done: int
    left_out: int
    reasons: str
    state: str
    made_by: str
    started_at: datetime
    finished_at: datetime | None

    @property
    def total(self) -> int:
        return len(self.lead_ids) // _BYTES

    def next_leads(self, most: int) -> list[LeadId]:
        """Return the leads that are to be taken next."""
        starts = range(self.cursor, min(self.cursor + most, self.total))
        whole = self.lead_ids
        return [LeadId(UUID(bytes=whole[n * _BYTES : (n + 1) * _BYTES])) for n in starts]


class SweepNotFound(LookupError):
    """The account has no such sweep."""


_COLUMNS = Sweep.__struct_fields__
_PROGRESS = ("cursor", "done", "left_out", "reasons", "state", "finished_at")


def add(
    account_id: AccountId,
    *,
    act: str,
    to: str | None,
    lead_ids: Sequence[LeadId],
    made_by: str,
    now: datetime,
) -> SweepId:
    row = models.Sweep.objects.create(
        account_id=account_id,
        act=act,
        to=to,
        lead_ids=b"".join(id.bytes for id in lead_ids),
        state=SweepState.RUNNING,
        made_by=made_by,
        started_at=now,
    )
    return SweepId(row.pk)


def get(account_id: AccountId, sweep_id: SweepId) -> Sweep:
    """:raises SweepNotFound:"""
    found = _read(models.Sweep.objects.filter(account_id=account_id, id=sweep_id))
    if not found:
        raise SweepNotFound(f"there is no sweep {sweep_id}")
    return found[0]


def lock(sweep_id: SweepId) -> Sweep:
    """Return the sweep, which nobody else moves until the transaction ends."""
    (sweep,) = _read(models.Sweep.objects.select_for_update().filter(id=sweep_id))
    return sweep


def find_running() -> list[SweepId]:
    """Return the sweeps of all accounts that have not ended, the oldest first."""
    rows = models.Sweep.objects.filter(state="running").order_by("id")
    return [SweepId(id) for id in rows.values_list("id", flat=True)]


def find_running_of(account_id: AccountId) -> list[Sweep]:
    rows = models.Sweep.objects.filter(account_id=account_id, state="running")
    return _read(rows.order_by("id"))


def save(moved: Sweep) -> None:
    """Write how far it has come."""
    bulk.update(models.Sweep, [moved], _PROGRESS)


def forget_finished_before(moment: datetime) -> None:
    models.Sweep.objects.filter(finished_at__lt=moment).delete()


def _read(rows: Any) -> list[Sweep]:
    return [_sweep(row) for row in rows.values_list(*_COLUMNS)]


def _sweep(row: Iterable[Any]) -> Sweep:
    sweep = Sweep(*row)
    sweep.lead_ids = bytes(sweep.lead_ids)  # psycopg reads a memoryview
    return sweep
