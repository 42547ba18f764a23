"""Invoices whose numbers or entries contradict each other."""

from headgate.storage.contradictions.contradiction import on_both

INVOICES = (
    on_both(
        "number_missing",
        "the series {0!r} of account {1} has {2} invoices up to number {3}, and counted to {4}",
        """
        SELECT s.series, s.account_id, COUNT(i.id), COALESCE(MAX(i.sequence), 0), s.last
        FROM storage_invoiceseries s LEFT JOIN storage_invoice i
          ON i.account_id = s.account_id AND i.series = s.series
        GROUP BY s.id, s.series, s.account_id, s.last
        HAVING COUNT(i.id) <> s.last OR COALESCE(MAX(i.sequence), 0) <> s.last
        """,
    ),
    on_both(
        "number_uncounted",
        "invoice {0} has number {1} in a series that was never counted",
        """
        SELECT i.id, i.number FROM storage_invoice i
        LEFT JOIN storage_invoiceseries s ON s.account_id = i.account_id AND s.series = i.series
        WHERE s.id IS NULL
        """,
    ),
    on_both(
        "invoiced_twice",
        "ledger entry {0} stands in {1} invoices",
        """
        SELECT entry_id, COUNT(*) FROM storage_invoicedentry
        GROUP BY entry_id HAVING COUNT(*) > 1
        """,
    ),
    on_both(
        "invoiced_another",
        "ledger entry {0}, a {1}, stands in invoice {2}, which is another partner's,"
        " or cannot stand in any",
        """
        SELECT e.id, e.kind, i.number FROM storage_invoicedentry b
        JOIN storage_ledgerentry e ON e.id = b.entry_id
        JOIN storage_invoice i ON i.id = b.invoice_id
        WHERE e.partner_id <> i.partner_id OR e.account_id <> i.account_id
        OR e.currency <> i.currency OR e.kind = 'top_up'
        """,
    ),
)
