"""The standing of each profile between leads: its turn, and who waited longest."""

from collections.abc import Iterable, Mapping

import msgspec

from headgate.domain.ids import ProfileId
from headgate.domain.strategies import Standing
from headgate.storage import models

_decoder = msgspec.json.Decoder(Standing)


def lock(profile_ids: Iterable[ProfileId]) -> dict[ProfileId, Standing]:
    """Return the standings, which nobody else changes until the transaction ends."""
    rows = models.Turn.objects.select_for_update().filter(profile_id__in=list(profile_ids))
    pairs = rows.order_by("profile_id").values_list("profile_id", "standing")
    return {ProfileId(id): _decoder.decode(standing) for id, standing in pairs}


def save(standings: Mapping[ProfileId, Standing]) -> None:
    for profile_id, standing in standings.items():
        written = msgspec.json.encode(standing).decode()
        models.Turn.objects.filter(profile_id=profile_id).update(standing=written)
