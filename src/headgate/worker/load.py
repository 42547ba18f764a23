"""How much this process is sending, and to whom; the writer's thread and the loop both count."""

from collections import Counter
from collections.abc import Iterable
from threading import Lock

from headgate.domain.ids import PartnerId


class Load:
    def __init__(self) -> None:
        self._lock = Lock()
        self._at_partner: Counter[PartnerId] = Counter()
        self.total = 0

    def add(self, partner_ids: Iterable[PartnerId]) -> None:
        with self._lock:
            for partner_id in partner_ids:
                self.total += 1
                self._at_partner[partner_id] += 1

    def remove(self, partner_id: PartnerId) -> None:
        with self._lock:
            self.total -= 1
            self._at_partner[partner_id] -= 1
            if not self._at_partner[partner_id]:
                del self._at_partner[partner_id]

    def at_partners(self) -> Counter[PartnerId]:
        with self._lock:
            return self._at_partner.copy()
