"""Which installation key this database belongs to, and whether it is well."""

from datetime import UTC, datetime

from django.db import connection
from django.db.models import F

from headgate.storage import models


def find_fingerprint() -> str | None:
    return models.Installation.objects.values_list("key_fingerprint", flat=True).first()


def set_fingerprint(fingerprint: str, *, now: datetime) -> None:
    models.Installation.objects.create(key_fingerprint=fingerprint, created_at=now)


def try_writing() -> None:
    """Write the installation's row as it is; raises what the database raises."""
    models.Installation.objects.update(created_at=F("created_at"))


def clock_time() -> datetime:
    """Return what time it is for the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT clock_timestamp()")
        else:
            cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
        told = cursor.fetchone()[0]
    return datetime.fromisoformat(told).replace(tzinfo=UTC) if isinstance(told, str) else told
