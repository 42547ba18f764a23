"""The secret addresses of sources' posting specifications."""

from headgate.domain.ids import AccountId, SourceId
from headgate.storage import models


def set_token(source_id: SourceId, token: str | None) -> None:
    models.Source.objects.filter(id=source_id).update(page_token=token)


def token_of(source_id: SourceId) -> str | None:
    rows = models.Source.objects.filter(id=source_id)
    return rows.values_list("page_token", flat=True).first()


def find(token: str) -> tuple[AccountId, SourceId] | None:
    rows = models.Source.objects.filter(page_token=token, archived_at=None)
    found = rows.values_list("account_id", "id").first()
    return None if found is None else (AccountId(found[0]), SourceId(found[1]))
