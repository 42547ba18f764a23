"""Ledger entries and deliveries that contradict each other."""

from headgate.storage.contradictions.contradiction import on_both

MONEY = (
    on_both(
        "not_charged",
        "delivery {0} is {1} without a charge",
        """
        SELECT d.id, d.state FROM storage_delivery d
        LEFT JOIN storage_ledgerentry e ON e.delivery_id = d.id AND e.kind = 'charge'
        WHERE d.state IN ('delivered', 'returned') AND NOT d.test AND e.id IS NULL
        """,
    ),
    on_both(
        "charged_undelivered",
        "charge {0} is for delivery {1}, which is {2}",
        """
        SELECT e.id, e.delivery_id,
          CASE WHEN d.id IS NULL THEN 'missing' WHEN d.test THEN 'a test' ELSE d.state END
        FROM storage_ledgerentry e LEFT JOIN storage_delivery d ON d.id = e.delivery_id
        WHERE e.kind = 'charge'
        AND (d.id IS NULL OR d.test OR d.state NOT IN ('delivered', 'returned'))
        """,
    ),
    on_both(
        "charged_twice",
        "delivery {0} has {1} charges",
        """
        SELECT delivery_id, COUNT(*) FROM storage_ledgerentry
        WHERE kind = 'charge' AND delivery_id IS NOT NULL
        GROUP BY delivery_id HAVING COUNT(*) > 1
        """,
    ),
    on_both(
        "charge_differs",
        "charge {0} is {1} {2} (minor units), but its delivery {3} costs {4} {5},"
        " or is another partner's",
        """
        SELECT e.id, e.amount_minor, e.currency, d.id, d.price_minor, d.currency
        FROM storage_ledgerentry e JOIN storage_delivery d ON d.id = e.delivery_id
        WHERE e.kind = 'charge' AND (e.amount_minor <> d.price_minor OR e.currency <> d.currency
          OR e.partner_id <> d.partner_id OR e.account_id <> d.account_id)
        """,
    ),
    on_both(
        "credited_unreturned",
        "credit {0} is for delivery {1}, which is {2}, or of another amount than was charged",
        """
        SELECT e.id, e.delivery_id, COALESCE(d.state, 'missing')
        FROM storage_ledgerentry e LEFT JOIN storage_delivery d ON d.id = e.delivery_id
        WHERE e.kind = 'credit' AND e.delivery_id IS NOT NULL
        AND (d.id IS NULL OR d.state <> 'returned' OR e.amount_minor > d.price_minor
          OR (e.amount_minor < d.price_minor AND NOT EXISTS (
            SELECT 1 FROM storage_ledgerentry c JOIN storage_invoicedentry b ON b.entry_id = c.id
            JOIN storage_invoice n ON n.corrects_id = b.invoice_id
            WHERE c.delivery_id = e.delivery_id AND c.kind = 'charge')))
        """,
    ),
    on_both(
        "credited_twice",
        "delivery {0} was credited {1} (minor units), and its charge by credit note {2} as well",
        """
        SELECT e.delivery_id, e.amount_minor, n.number FROM storage_creditedcharge t
        JOIN storage_invoice n ON n.id = t.note_id
        JOIN storage_ledgerentry c ON c.id = t.entry_id
        JOIN storage_ledgerentry e ON e.delivery_id = c.delivery_id AND e.kind = 'credit'
        WHERE e.amount_minor > 0
        """,
    ),
    on_both(
        "credited_another",
        "credit note {0} says that it took back entry {1}, which is no charge of its invoice",
        """
        SELECT n.number, t.entry_id FROM storage_creditedcharge t
        LEFT JOIN storage_invoice n ON n.id = t.note_id
        LEFT JOIN storage_ledgerentry c ON c.id = t.entry_id
        LEFT JOIN storage_invoicedentry b ON b.entry_id = t.entry_id
        WHERE n.corrects_id IS NULL OR c.kind IS NULL OR c.kind <> 'charge'
          OR b.invoice_id IS NULL OR b.invoice_id <> n.corrects_id
        """,
    ),
    on_both(
        "credited_beyond",
        "credit notes and returns took {1} (minor units) back of invoice {0}, which bills {2}",
        """
        SELECT i.number, f.taken, f.billed FROM storage_invoice i JOIN (
          SELECT noted.invoice_id, noted.taken + COALESCE(SUM(CASE
              WHEN e.kind = 'charge' AND k.id IS NOT NULL AND (kb.invoice_id IS NULL
                OR kb.invoice_id <> noted.invoice_id) THEN k.amount_minor ELSE 0 END), 0) AS taken,
            COALESCE(SUM(CASE
              WHEN e.kind = 'charge' THEN e.amount_minor
              WHEN e.kind = 'credit' AND (cb.invoice_id IS NULL
                OR cb.invoice_id <> noted.invoice_id) THEN 0
              ELSE -e.amount_minor END), 0) AS billed
          FROM (SELECT corrects_id AS invoice_id, -SUM(net_minor) AS taken FROM storage_invoice
            WHERE corrects_id IS NOT NULL GROUP BY corrects_id) AS noted
          JOIN storage_invoicedentry b ON b.invoice_id = noted.invoice_id
          JOIN storage_ledgerentry e ON e.id = b.entry_id
          LEFT JOIN storage_ledgerentry k ON k.delivery_id = e.delivery_id AND k.kind = 'credit'
          LEFT JOIN storage_invoicedentry kb ON kb.entry_id = k.id
          LEFT JOIN storage_ledgerentry c ON c.delivery_id = e.delivery_id AND c.kind = 'charge'
          LEFT JOIN storage_invoicedentry cb ON cb.entry_id = c.id
          GROUP BY noted.invoice_id, noted.taken
        ) AS f ON f.invoice_id = i.id WHERE f.taken > f.billed
        """,
    ),
    on_both(
        "entry_without_ground",
        "ledger entry {0} is a {1} of {2} (minor units) that nothing explains",
        """
        SELECT id, kind, amount_minor FROM storage_ledgerentry
        WHERE (kind IN ('charge', 'credit')
            AND (delivery_id IS NULL OR amount_minor < 0))
          OR (kind = 'top_up' AND (amount_minor <= 0 OR delivery_id IS NOT NULL
            OR made_by IS NULL))
          OR (kind = 'adjustment' AND (amount_minor = 0 OR reason IS NULL OR made_by IS NULL))
        """,
    ),
    on_both(
        "unknown_entry",
        "ledger entry {0} is a {1} of {2} {3} (minor units): no such kind, or not the"
        " account's currency",
        """
        SELECT e.id, e.kind, e.amount_minor, e.currency FROM storage_ledgerentry e
        JOIN storage_account a ON a.id = e.account_id
        WHERE e.kind NOT IN ('charge', 'credit', 'adjustment', 'top_up')
        OR (e.currency <> a.currency AND NOT EXISTS (
          SELECT 1 FROM storage_delivery d WHERE d.id = e.delivery_id
          AND d.currency = e.currency))
        """,
    ),
)
