"""Deliver by email."""
