"""From ledger entries to invoices: drawn up, issued, mailed, paid and credited."""
