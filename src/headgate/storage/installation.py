"""Which installation key this database belongs to."""

from datetime import datetime

from headgate.storage import models


def find_fingerprint() -> str | None:
    return models.Installation.objects.values_list("key_fingerprint", flat=True).first()


def set_fingerprint(fingerprint: str, *, now: datetime) -> None:
    models.Installation.objects.create(key_fingerprint=fingerprint, created_at=now)
