"""Cleaning: a raw payload in, clean values and flaws out, one room for each family of types."""

from headgate.domain.cleaning.cleaner import Cleaned, Cleaner, compile_cleaner
from headgate.domain.cleaning.values import Value

__all__ = ["Cleaned", "Cleaner", "Value", "compile_cleaner"]
