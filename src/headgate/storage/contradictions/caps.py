"""Counters and places that contradict each other."""

from headgate.storage.contradictions.contradiction import Contradiction, on_both


def _counter(scope: str, joined: str) -> Contradiction:
    """A counter against the places that are held in its window."""
    return on_both(
        "counter_differs",
        "the cap of {0} {1} per {2} of {3} from {4} says {5} used, but the rows say {6}",
        f"""
        SELECT c.scope, c.owner_id, c.per, c.unit, c.window_start, c.used,
          COALESCE(CASE c.unit WHEN 'leads' THEN COUNT(d.id) ELSE SUM(d.price_minor) END, 0)
        FROM storage_capcounter c {joined} AND d.holds_place
          AND d.placed_at >= c.window_start
          AND (c.window_end IS NULL OR d.placed_at < c.window_end)
        WHERE c.scope = '{scope}' GROUP BY c.id
        HAVING c.used <>
          COALESCE(CASE c.unit WHEN 'leads' THEN COUNT(d.id) ELSE SUM(d.price_minor) END, 0)
        """,
    )


COUNTERS = (
    _counter("partner", "LEFT JOIN storage_delivery d ON d.partner_id = c.owner_id"),
    _counter("profile", "LEFT JOIN storage_delivery d ON d.profile_id = c.owner_id"),
    # Through the profile, whose places are indexed by time.
    _counter(
        "assignment",
        "LEFT JOIN storage_assignment a ON a.id = c.owner_id LEFT JOIN storage_delivery d"
        " ON d.profile_id = a.profile_id AND d.assignment_id = a.id",
    ),
    on_both(
        "balance_differs",
        "partner {0} owes {1} (minor units) by its counter, but {2} by its ledger and open places",
        """
        SELECT b.owner_id, b.used, b.owed FROM (
          SELECT c.owner_id, c.used,
            COALESCE((SELECT SUM(d.price_minor) FROM storage_delivery d
              WHERE d.partner_id = c.owner_id AND d.holds_place
              AND d.state IN ('pending', 'sending', 'unknown')), 0)
            + COALESCE((SELECT SUM(CASE WHEN e.kind = 'charge' THEN e.amount_minor
              ELSE -e.amount_minor END) FROM storage_ledgerentry e
              WHERE e.partner_id = c.owner_id), 0) AS owed
          FROM storage_capcounter c WHERE c.scope = 'balance'
        ) AS b WHERE b.used <> b.owed
        """,
    ),
    on_both(
        "counter_differs",
        "the cap of source {0} per {1} from {2} says {3} used, but the rows say {4}",
        """
        SELECT c.owner_id, c.per, c.window_start, c.used, COUNT(l.id)
        FROM storage_capcounter c LEFT JOIN storage_lead l ON l.source_id = c.owner_id
          AND l.accepted AND NOT l.test AND l.received_at >= c.window_start
          AND (c.window_end IS NULL OR l.received_at < c.window_end)
        WHERE c.scope = 'source' GROUP BY c.id HAVING c.used <> COUNT(l.id)
        """,
    ),
    on_both(
        "counter_of_nobody",
        "counter {0} is of a {1} number {2}, which does not exist",
        """
        SELECT c.id, c.scope, c.owner_id FROM storage_capcounter c
        LEFT JOIN storage_partner p ON c.scope IN ('partner', 'balance') AND p.id = c.owner_id
        LEFT JOIN storage_profile f ON c.scope = 'profile' AND f.id = c.owner_id
        LEFT JOIN storage_assignment a ON c.scope = 'assignment' AND a.id = c.owner_id
        LEFT JOIN storage_source s ON c.scope = 'source' AND s.id = c.owner_id
        WHERE COALESCE(p.id, f.id, a.id, s.id) IS NULL
        """,
    ),
)

# An answered price may carry a money cap over by the difference, so of a delivered place only
# what was used before it must have fitted.
_OVER = """
SELECT d.id, {used}, {limit} FROM storage_delivery d {places}
WHERE {used} - CASE WHEN {is_money} AND d.state IN ('delivered', 'returned')
  THEN {amount} ELSE 0 END > {limit}
"""
_FOREIGN = """
SELECT d.id, c.scope, c.owner_id FROM storage_delivery d {places}
JOIN storage_capcounter c ON c.id = {counter}
WHERE c.owner_id <> CASE c.scope WHEN 'partner' THEN d.partner_id
  WHEN 'balance' THEN d.partner_id WHEN 'profile' THEN d.profile_id ELSE d.assignment_id END
"""
_IN_SQLITE = {
    "places": "JOIN json_each(d.places) p",
    "counter": "json_extract(p.value, '$[0]')",
    "amount": "json_extract(p.value, '$[1]')",
    "used": "json_extract(p.value, '$[2]')",
    "limit": "json_extract(p.value, '$[3]')",
    "is_money": "json_extract(p.value, '$[4]')",
}
_IN_POSTGRESQL = {
    "places": "CROSS JOIN LATERAL json_array_elements(d.places::json) AS p(value)",
    "counter": "(p.value->>0)::bigint",
    "amount": "(p.value->>1)::bigint",
    "used": "(p.value->>2)::bigint",
    "limit": "(p.value->>3)::bigint",
    "is_money": "(p.value->>4)::boolean",
}

PLACES = (
    Contradiction(
        "place_over_limit",
        "delivery {0} took a place that made {1} used of a limit of {2}",
        _OVER.format(**_IN_SQLITE),
        _OVER.format(**_IN_POSTGRESQL),
    ),
    Contradiction(
        "foreign_place",
        "delivery {0} holds a place in the cap of {1} {2}, which it is not for",
        _FOREIGN.format(**_IN_SQLITE),
        _FOREIGN.format(**_IN_POSTGRESQL),
    ),
    on_both(
        "place_not_given_back",
        "delivery {0} is {1} and holds its places still",
        """
        SELECT id, state FROM storage_delivery
        WHERE holds_place AND (test OR state IN ('rejected', 'failed', 'cancelled'))
        """,
    ),
    on_both(
        "place_lost",
        "delivery {0} is {1} and holds no place",
        """
        SELECT id, state FROM storage_delivery WHERE NOT holds_place AND NOT test
        AND state IN ('pending', 'sending', 'delivered', 'unknown')
        """,
    ),
)
