"""The figures of reports that have rows to show, and the lists that show them."""

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from headgate.web.pages.queries import address_of
from headgate.web.visits import ENTITY, Visitor

OF_LEADS: dict[str, Promise] = {
    "received": _("Received"),
    "sold": _("Sold"),
    "unmatched": _("Unmatched"),
    "duplicate": _("Duplicates"),
}
OF_DELIVERIES: dict[str, Promise] = {
    "deliveries": _("Deliveries"),
    "delivered": _("Delivered"),
    "refused": _("Refused"),
    "failed": _("Failed"),
    "returned": _("Returned"),
}
# Which lists show the rows behind a figure, and narrowed to which state.
_LEAD_STATES = {"sold": "delivered", "unmatched": "unmatched", "duplicate": "duplicate"}
_DELIVERY_STATES = {
    "delivered": "delivered",
    "refused": "rejected",
    "failed": "failed",
    "returned": "returned",
}


class Lists:
    """The lists that show the rows behind figures, narrowed to the entity that was picked."""

    def __init__(self, visitor: Visitor) -> None:
        self._entity = visitor.entity
        self._leads, self._deliveries = reverse("leads"), reverse("deliveries")

    def behind(self, narrowed: Mapping[str, str | None] | None) -> dict[str, str]:
        """Return the address of the rows of each figure of a line; None has no rows to show."""
        if narrowed is None:
            return {}
        query = {ENTITY: self._entity, **narrowed}
        found = _by_state(address_of(self._leads, query), OF_LEADS, _LEAD_STATES)
        if "source" not in narrowed:
            deliveries = address_of(self._deliveries, query)
            found |= _by_state(deliveries, OF_DELIVERIES, _DELIVERY_STATES)
        return found


def _by_state(address: str, names: Iterable[str], states: Mapping[str, str]) -> dict[str, str]:
    return {
        name: f"{address}&state={states[name]}" if name in states else address for name in names
    }
