"""The states of an invoice, and what happens to one after it was issued."""

from enum import StrEnum


class InvoiceState(StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"
    OVERDUE = "overdue"  # not paid on the day it was due, as the account's calendar has it
    PAID = "paid"
    CREDITED = "credited"  # credit notes took all of it back


class EventKind(StrEnum):
    """What an event says; a stored value never changes its meaning."""

    PAID = "paid"
    REOPENED = "reopened"  # it was no payment after all
    MAILED = "mailed"
