"""Deliveries: the log, what staff do to them, replays and returns."""
