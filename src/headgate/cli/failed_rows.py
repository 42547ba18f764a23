"""Writes the rows of an import that are no leads, so that they can be mended and come again."""

from pathlib import Path

from headgate.domain.ids import AccountId, ImportId
from headgate.services.imports import import_showing


def write(account_id: AccountId, import_id: ImportId, target: Path) -> None:
    """Write them as UTF-8 CSV; cells stand as they came."""
    parts = import_showing.failed_rows_csv(account_id=account_id, import_id=import_id)
    first = next(parts)
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(first)
        file.writelines(parts)
