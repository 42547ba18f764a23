"""What must be true once everything has settled, told from the rows and from the partners."""

from collections import defaultdict
from collections.abc import Iterator

from crash import CAPPED_LEADS, CAPPED_SPEND_MINOR, FLAKY_LEADS, REFUSING_LEADS, Log
from msgspec import Struct
from partners import Partners, addressee, body_of
from plain_sql import Rows

# Who may have what it was sent; the other partner refuses everything.
KEEPERS = frozenset(("flaky", "capped", "spending", "last"))
LIMITS = {
    "refusing": REFUSING_LEADS,
    "capped": CAPPED_LEADS,
    "spending": CAPPED_SPEND_MINOR,
    "flaky": FLAKY_LEADS,
}
UNSETTLED = """
SELECT (SELECT COUNT(*) FROM storage_delivery WHERE state IN ('pending', 'sending'))
  + (SELECT COUNT(*) FROM storage_lead WHERE state IN ('received', 'in_delivery'))
"""
_CAPS = """
SELECT COALESCE(p.slug, a.slug), c.used, (
  SELECT CASE c.unit WHEN 'leads' THEN COUNT(*) ELSE COALESCE(SUM(d.price_minor), 0) END
  FROM storage_delivery d WHERE d.holds_place
    AND c.owner_id = CASE c.scope WHEN 'partner' THEN d.partner_id ELSE d.assignment_id END
    AND d.placed_at >= c.window_start AND (c.window_end IS NULL OR d.placed_at < c.window_end))
FROM storage_capcounter c
LEFT JOIN storage_partner p ON c.scope = 'partner' AND p.id = c.owner_id
LEFT JOIN storage_assignment a ON c.scope = 'assignment' AND a.id = c.owner_id
"""
_DELIVERED = "SELECT id FROM storage_delivery WHERE state = 'delivered'"
_CHARGED = "SELECT delivery_id FROM storage_ledgerentry WHERE kind = 'charge'"


class Breach(Struct, frozen=True):
    kind: str
    words: str


def breaches(log: Log, partners: Partners, rows: Rows, *, unsettled: int) -> list[Breach]:
    """Return everything that is lost, doubled, over a cap, unpaid or stuck."""
    found = list(_of_leads(log, rows))
    found += _of_caps(rows)
    found += _of_charges(rows)
    found += _at_partners(partners, rows)
    if unsettled:
        found.append(Breach("stuck", f"{unsettled} leads and deliveries are still under way"))
    return found


def caps_reached(rows: Rows) -> set[str]:
    """Return whose caps are full; what was never full proves nothing."""
    return {owner for owner, used, _ in rows.all(_CAPS) if used == LIMITS[owner]}


def _of_leads(log: Log, rows: Rows) -> Iterator[Breach]:
    yield from (Breach("refused", each) for each in log.failed)
    yield from (Breach("doubled", each) for each in log.contradicted)
    stored = rows.ids("SELECT id FROM storage_lead")
    for key, lead_id in log.acknowledged.items():
        if lead_id not in stored:
            yield Breach("lost", f"lead {lead_id}, number {key}, was acknowledged")


def _of_caps(rows: Rows) -> Iterator[Breach]:
    for owner, used, counted in rows.all(_CAPS):
        if used != counted:
            yield Breach("miscounted", f"the cap of {owner} says {used}, its rows {counted}")
        if counted > LIMITS[owner]:
            yield Breach("over_cap", f"{owner} has {counted} of {LIMITS[owner]}")


def _of_charges(rows: Rows) -> Iterator[Breach]:
    delivered, charged = rows.ids(_DELIVERED), rows.ids(_CHARGED)
    yield from (Breach("uncharged", f"delivery {each}") for each in delivered - charged)
    yield from (Breach("charged_undelivered", f"delivery {each}") for each in charged - delivered)
    if extra := rows.number("SELECT COUNT(*) FROM storage_ledgerentry") - len(charged):
        yield Breach("charged_twice", f"{extra} charges too many")


def _at_partners(partners: Partners, rows: Rows) -> Iterator[Breach]:
    """Compare with what arrived: the partners know nothing of the rows."""
    ids: dict[str, set[str]] = defaultdict(set)
    keepers: dict[str, set[str]] = defaultdict(set)
    for request in partners.received:
        partner, body = addressee(request), body_of(request)
        ids[partner].add(request.headers["webhook-id"])
        if partner in KEEPERS:
            keepers[body["lead_id"]].add(partner)
    for lead_id, several in keepers.items():
        if len(several) > 1:
            yield Breach("sold_twice", f"lead {lead_id} went to {sorted(several)}")
    for partner, most in (("capped", CAPPED_LEADS), ("spending", CAPPED_SPEND_MINOR // 1_000)):
        if len(ids[partner]) > most:
            yield Breach("over_cap", f"{partner} was sent {len(ids[partner])} of {most}")
    arrived = set().union(*ids.values())
    for delivery_id in rows.ids(_DELIVERED) - arrived:
        yield Breach("never_sent", f"delivery {delivery_id} is delivered")
    for delivery_id in arrived - rows.ids("SELECT id FROM storage_delivery"):
        yield Breach("lost", f"delivery {delivery_id} was sent")
