"""The standing of each profile between leads: its turn, and who waited longest."""

from collections.abc import Iterable, Mapping

import msgspec
from django.db import connection

from headgate.domain.ids import ProfileId
from headgate.domain.strategies import Standing
from headgate.storage import bulk, models

_decoder = msgspec.json.Decoder(Standing)


def lock(profile_ids: Iterable[ProfileId]) -> dict[ProfileId, Standing]:
    """Return the standings, which nobody else changes until the transaction ends."""
    return _select(profile_ids, lock=True)


def find_many(profile_ids: Iterable[ProfileId]) -> dict[ProfileId, Standing]:
    """Return the standings as they are at this moment."""
    return _select(profile_ids, lock=False)


def _select(profile_ids: Iterable[ProfileId], *, lock: bool) -> dict[ProfileId, Standing]:
    wanted = list(profile_ids)
    if not wanted:
        return {}
    rows = bulk.select(
        models.Turn,
        ("profile_id", "standing"),
        "profile_id {among}",
        among=wanted,
        order="profile_id",
        lock=lock,
    )
    return {ProfileId(id): _decoder.decode(standing) for id, standing in rows}


def save(standings: Mapping[ProfileId, Standing]) -> None:
    if not standings:
        return
    rows = [
        (msgspec.json.encode(standing).decode(), profile_id)
        for profile_id, standing in sorted(standings.items())
    ]
    table = models.Turn._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET standing = %s WHERE profile_id = %s", rows)
