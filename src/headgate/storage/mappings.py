"""What the columns of a file meant the last time, by entity and header."""

from datetime import datetime

from headgate.domain.ids import AccountId, EntityId
from headgate.storage import models


def find(entity_id: EntityId, columns: str) -> str | None:
    """Return the mapping that was saved for a header with that digest."""
    rows = models.ColumnMapping.objects.filter(entity_id=entity_id, columns=columns)
    return rows.values_list("mapping", flat=True).first()


def save(
    account_id: AccountId, entity_id: EntityId, columns: str, mapping: str, *, now: datetime
) -> None:
    models.ColumnMapping.objects.update_or_create(
        entity_id=entity_id,
        columns=columns,
        defaults={"account_id": account_id, "mapping": mapping, "saved_at": now},
    )
