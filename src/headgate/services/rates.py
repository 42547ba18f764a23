"""How fast a source may send: a bucket of tokens for each, in this process's memory."""

from datetime import datetime
from math import ceil

from headgate.domain.ids import SourceId

_ROUNDING = 1e-6  # sums of fractions miss the whole token by less


class Rates:
    """A bucket holds one minute's worth and refills steadily."""

    def __init__(self) -> None:
        self._buckets: dict[SourceId, tuple[float, datetime]] = {}

    def wait_of(self, source_id: SourceId, per_minute: int, *, now: datetime) -> int:
        """Take one token and return 0, or the whole seconds until there is one."""
        tokens, since = self._buckets.get(source_id, (float(per_minute), now))
        passed = max(0.0, (now - since).total_seconds())
        tokens = min(float(per_minute), tokens + passed * per_minute / 60)
        if tokens < 1 - _ROUNDING:
            self._buckets[source_id] = tokens, now
            return ceil((1 - tokens) * 60 / per_minute - _ROUNDING)
        self._buckets[source_id] = tokens - 1, now
        return 0
