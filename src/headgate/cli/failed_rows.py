"""Writes the rows of an import that are no leads, so that they can be mended and come again."""

import csv
from pathlib import Path

from headgate.domain.ids import AccountId
from headgate.services import undoing
from headgate.storage.imports import Import


def write(account_id: AccountId, found: Import, target: Path) -> int:
    """Write them as UTF-8 CSV and return how many; cells stand as they came."""
    count = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "reason", *undoing.header_of(found)])
        rows = undoing.failed_rows(account_id=account_id, import_id=found.id)
        for count, row in enumerate(rows, start=1):  # noqa: B007
            writer.writerow([row.line, row.reason, *row.cells])
    return count
