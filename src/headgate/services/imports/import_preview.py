"""What would become of the first rows of a file, without any effect."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from msgspec import Struct

from headgate.domain.csv_files import Columns, Record, raggedness
from headgate.domain.ids import AccountId
from headgate.domain.sources import OnDuplicate
from headgate.services import csv_reading, persons, setups
from headgate.services.csv_reading import CsvFile
from headgate.services.imports import import_plans
from headgate.services.imports.import_plans import Wanted
from headgate.services.setups import Setup
from headgate.services.submissions import Admitted, admit
from headgate.storage import match_keys
from headgate.storage.keys import Caller

MOST_ROWS = 2_000
MOST_REASONS = 5
MOST_SAMPLES = 3


class Preview(Struct):
    """What the first rows would be; `duplicates` are counted among the new where they are."""

    rows: int = 0
    new: int = 0
    duplicates: int = 0
    quarantined: int = 0
    failed: int = 0
    reasons: list[tuple[int, str]] = []

    def fail(self, record: Record, reason: str) -> None:
        self.failed += 1
        if len(self.reasons) < MOST_REASONS:
            self.reasons.append((record.line, reason))


def preview(*, account_id: AccountId, file: CsvFile, wanted: Wanted, now: datetime) -> Preview:
    """Judge the first rows as an import would, but for the caps of the source.

    :raises UnknownEntity, UnknownSource, BadMapping:
    """
    setup = setups.in_force(account_id)
    caller, _ = import_plans.caller_of(setup, wanted)
    columns = import_plans.columns_for(setup, file, wanted)
    found = Preview()
    admitted: list[Admitted] = []
    for record in islice(csv_reading.read_rows(file, after=0), MOST_ROWS):
        found.rows += 1
        ragged = raggedness(record, len(columns.names))
        if ragged is not None:
            found.fail(record, ragged)
            continue
        judged = _admitted(record, setup, wanted, caller=caller, columns=columns, now=now)
        if judged.refusal is not None:
            found.fail(record, str(judged.refusal))
        else:
            admitted.append(judged)
    _part(setup, admitted, found, now)
    return found


def samples_of(file: CsvFile) -> list[list[str]]:
    """Return the first few values of each column that are there at all."""
    samples: list[list[str]] = [[] for _ in file.header]
    for record in islice(csv_reading.read_rows(file, after=0), 100):
        for values, cell in zip(samples, record.cells, strict=False):
            if cell.strip() and cell not in values and len(values) < MOST_SAMPLES:
                values.append(cell)
    return samples


def _admitted(
    record: Record,
    setup: Setup,
    wanted: Wanted,
    *,
    caller: Caller,
    columns: Columns,
    now: datetime,
) -> Admitted:
    submission = import_plans.submission_of(
        record,
        caller=caller,
        columns=columns,
        distribute=wanted.distribute,
        on_duplicate=wanted.on_duplicate,
        import_id=None,
        now=now,
    )
    return admit(submission, caller, setup)


def _part(setup: Setup, admitted: Sequence[Admitted], found: Preview, now: datetime) -> None:
    """Part what can be stored into new, duplicate and quarantined, as a batch does."""
    digests = [persons.digests_of(setup, each.plan.entity, each.values) for each in admitted]
    known = _known(admitted, digests, now)
    for each, mine in zip(admitted, digests, strict=True):
        looks = each.source.on_duplicate is not OnDuplicate.ALLOW
        if looks and not known.isdisjoint(mine):
            found.duplicates += 1
            if each.source.on_duplicate is not OnDuplicate.FLAG:
                continue
        if each.flaws:
            found.quarantined += 1
            continue
        found.new += 1
        if not each.test:
            known.update(mine)


def _known(
    admitted: Sequence[Admitted], digests: Sequence[tuple[bytes, ...]], now: datetime
) -> set[bytes]:
    """Return which of the persons asked before."""
    everyone = {digest for mine in digests for digest in mine}
    if not everyone:
        return set()
    plan = admitted[0].plan
    rule = plan.entity.duplicates
    since = now - timedelta(days=rule.within_days if rule is not None else 0)
    return set(match_keys.find_earlier(plan.id, everyone, since=since))
