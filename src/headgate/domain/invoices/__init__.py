"""What an invoice says: its parties, its lines from ledger entries, its tax, its number."""
