"""Invoices and the ledger behind them."""
