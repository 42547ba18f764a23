"""Deliveries that contradict themselves, or what they refer to."""

from headgate.storage.contradictions.contradiction import on_both

DELIVERIES = (
    on_both(
        "partner_twice",
        "lead {0} went to partner {1} {2} times",
        """
        SELECT lead_id, partner_id, COUNT(*) FROM storage_delivery
        GROUP BY lead_id, partner_id HAVING COUNT(*) > 1
        """,
    ),
    on_both(
        "open_without_end",
        "delivery {0} is {1} and nothing says when somebody has to look at it",
        """
        SELECT id, state FROM storage_delivery
        WHERE state IN ('pending', 'sending') AND (due_at IS NULL OR ended_at IS NOT NULL)
        """,
    ),
    on_both(
        "ended_and_due",
        "delivery {0} is {1} and still due, or has no time at which it ended",
        """
        SELECT id, state FROM storage_delivery
        WHERE state NOT IN ('pending', 'sending')
          AND (ended_at IS NULL OR (due_at IS NOT NULL AND state <> 'delivered'))
        """,
    ),
    on_both(
        "parked_but_not_pending",
        "delivery {0} is {1} and parked; only a pending one can be",
        """
        SELECT id, state FROM storage_delivery
        WHERE parked_at IS NOT NULL AND state <> 'pending'
        """,
    ),
    on_both(
        "attempts_differ",
        "delivery {0} says {1} attempts, but has {2}, numbered up to {3}",
        """
        SELECT d.id, d.attempts, COALESCE(a.found, 0), COALESCE(a.last, 0)
        FROM storage_delivery d LEFT JOIN (
          SELECT delivery_id, COUNT(*) AS found, MIN(n) AS first, MAX(n) AS last
          FROM storage_attempt GROUP BY delivery_id
        ) AS a ON a.delivery_id = d.id
        WHERE d.attempts <> COALESCE(a.found, 0) OR d.attempts <> COALESCE(a.last, 0)
          OR a.first <> 1
        """,
    ),
    on_both(
        "attempt_of_nothing",
        "attempt {0} is of delivery {1}, which does not exist",
        """
        SELECT a.id, a.delivery_id FROM storage_attempt a
        LEFT JOIN storage_delivery d ON d.id = a.delivery_id WHERE d.id IS NULL
        """,
    ),
    on_both(
        "delivery_of_nothing",
        "delivery {0} is of lead {1}, which does not exist or is another account's",
        """
        SELECT d.id, d.lead_id FROM storage_delivery d
        LEFT JOIN storage_lead l ON l.id = d.lead_id
        WHERE l.id IS NULL OR l.account_id <> d.account_id
        """,
    ),
    on_both(
        "foreign_partner",
        "delivery {0} is to partner {1} by assignment {2}, of which one does not exist or is"
        " another account's",
        """
        SELECT d.id, d.partner_id, d.assignment_id FROM storage_delivery d
        LEFT JOIN storage_partner p ON p.id = d.partner_id AND p.account_id = d.account_id
        LEFT JOIN storage_assignment a ON a.id = d.assignment_id
          AND a.profile_id = d.profile_id AND a.account_id = d.account_id
        WHERE p.id IS NULL OR a.id IS NULL
        """,
    ),
    on_both(
        "unknown_version",
        "delivery {0} was decided by configuration version {1}, which is not there",
        """
        SELECT d.id, d.config_version FROM storage_delivery d
        LEFT JOIN storage_configversion v
          ON v.account_id = d.account_id AND v.version = d.config_version
        WHERE v.id IS NULL
        """,
    ),
)
