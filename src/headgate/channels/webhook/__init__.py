"""Deliver by signed HTTP request."""
