"""Deliver each lead as a message by Apprise."""
