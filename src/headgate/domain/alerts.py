"""What somebody should look at: the kinds of alerts, and from which figures on."""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

CAP_NEAR_PER_CENT = 90
UNMATCHED_PER_CENT = 50
UNMATCHED_WITHIN = timedelta(hours=1)
UNMATCHED_LEAST_LEADS = 20
UNMATCHED_MOST_LEADS = 1_000
UNTRIED_AFTER = timedelta(seconds=60)
LOST_WITHIN = timedelta(minutes=10)
BOUNCED_WITHIN = timedelta(days=1)
UNMAILED_WITHIN = timedelta(days=30)


class AlertKind(StrEnum):
    CHANNEL_OPEN = "channel_open"  # a partner's breaker is open
    CHANNEL_HALTED = "channel_halted"  # a partner gets nothing more until a person enables it
    CAP_NEAR = "cap_near"
    CAP_REACHED = "cap_reached"
    MAIL_PAUSED = "mail_paused"  # the account's mail server refuses its login
    UNMATCHED_HIGH = "unmatched_high"
    DELIVERIES_LATE = "deliveries_late"  # the oldest untried delivery waits too long
    WORKER_LOST = "worker_lost"  # a process died while it was sending
    SENDER_LOST = "sender_lost"  # the process that sends died and was replaced
    DELIVERY_POISONED = "delivery_poisoned"
    INVOICE_OVERDUE = "invoice_overdue"
    INVOICE_NOT_MAILED = "invoice_not_mailed"  # its mail was refused, or given up after a day
    LOW_BALANCE = "low_balance"  # a partner that pays ahead has less left than its threshold
    WEBHOOK_FAILING = "webhook_failing"  # an event webhook takes nothing
    WEBHOOK_HALTED = "webhook_halted"  # it is sent nothing until a person enables it
    MAIL_BOUNCED = "mail_bounced"  # a mail that was delivered came back


class AlertState(StrEnum):
    OPEN = "open"
    ENDED = "ended"


class Finding(Struct, frozen=True):
    """One thing to look at; `subject` tells those of one kind apart, `text` is for people."""

    kind: AlertKind
    subject: str
    text: str


def cap_finding(subject: str, owner: str, cap: str, *, used: int, limit: int) -> Finding | None:
    """Say that a cap is near its limit, or at it; a limit of 0 is meant to be reached."""
    if limit <= 0 or used * 100 < limit * CAP_NEAR_PER_CENT:
        return None
    if used >= limit:
        return Finding(AlertKind.CAP_REACHED, subject, f"{owner} has reached its cap of {cap}.")
    share = used * 100 // limit
    text = f"{owner} has used {share} % of its cap of {cap}."
    return Finding(AlertKind.CAP_NEAR, subject, text)


def unmatched_finding(*, decided: int, unmatched: int) -> Finding | None:
    """Say that too many of the latest leads found nobody."""
    if decided < UNMATCHED_LEAST_LEADS or unmatched * 100 < decided * UNMATCHED_PER_CENT:
        return None
    text = f"{unmatched} of the latest {decided} leads found no partner."
    return Finding(AlertKind.UNMATCHED_HIGH, "", text)
