"""Ledger entries: what each kind means for what a partner owes, and for its prepaid balance."""

from enum import StrEnum


class Kind(StrEnum):
    """What an entry is; its amount is positive, except that an adjustment may be either."""

    CHARGE = "charge"  # a delivered lead's price
    CREDIT = "credit"  # the reversal of a charge
    ADJUSTMENT = "adjustment"  # by a person: above zero for the partner, below against it
    TOP_UP = "top_up"  # money that the partner paid ahead


def effect(kind: Kind, amount_minor: int) -> int:
    """Return what an entry adds to the partner's balance, which is below zero while it owes."""
    return -amount_minor if kind is Kind.CHARGE else amount_minor
