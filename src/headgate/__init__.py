"""Headgate: lead distribution that can prove and replay every decision."""

__version__ = "0.1.0"
