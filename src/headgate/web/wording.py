"""How states and values are said to people: a word, and a tone that never stands alone."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headgate.domain.fields import ADDRESS_PARTS, Field, FieldType

GOOD, BUSY, WARN, BAD, QUIET = "good", "busy", "warn", "bad", "quiet"

Said = tuple[str, Promise | str]

LEAD_STATES: dict[str, Said] = {
    "received": (BUSY, gettext_lazy("Received")),
    "in_delivery": (BUSY, gettext_lazy("In delivery")),
    "delivered": (GOOD, gettext_lazy("Delivered")),
    "waiting": (BUSY, gettext_lazy("Waiting")),
    "unknown": (WARN, gettext_lazy("Unknown")),
    "undelivered": (BAD, gettext_lazy("Undelivered")),
    "unmatched": (BAD, gettext_lazy("Unmatched")),
    "held": (QUIET, gettext_lazy("Held")),
    "quarantined": (WARN, gettext_lazy("Quarantined")),
    "duplicate": (QUIET, gettext_lazy("Duplicate")),
    "erased": (QUIET, gettext_lazy("Erased")),
}
DELIVERY_STATES: dict[str, Said] = {
    "pending": (BUSY, gettext_lazy("Pending")),
    "sending": (BUSY, gettext_lazy("Sending")),
    "delivered": (GOOD, gettext_lazy("Delivered")),
    "rejected": (BAD, gettext_lazy("Rejected")),
    "failed": (BAD, gettext_lazy("Failed")),
    "unknown": (WARN, gettext_lazy("Unknown")),
    "cancelled": (QUIET, gettext_lazy("Cancelled")),
    "returned": (WARN, gettext_lazy("Returned")),
}
PARTNER_STATES: dict[str, Said] = {
    "active": (GOOD, gettext_lazy("Active")),
    "paused": (QUIET, gettext_lazy("Paused")),
    "holding": (QUIET, gettext_lazy("Holding")),
}
REACHES: dict[str, Said] = {
    "healthy": (GOOD, gettext_lazy("Healthy")),
    "no_mail": (WARN, gettext_lazy("No mail")),
    "failing": (WARN, gettext_lazy("Failing")),
    "paused": (BAD, gettext_lazy("Down")),
    "stopped": (BAD, gettext_lazy("Stopped")),
}
OUTCOMES: dict[str, Said] = {
    "delivered": (GOOD, gettext_lazy("Delivered")),
    "refused": (BAD, gettext_lazy("Refused")),
    "not_sent": (BAD, gettext_lazy("Not sent")),
    "ambiguous": (WARN, gettext_lazy("Ambiguous")),
}
IMPORT_STATES: dict[str, Said] = {
    "running": (BUSY, gettext_lazy("Running")),
    "done": (GOOD, gettext_lazy("Done")),
    "cancelled": (WARN, gettext_lazy("Cancelled")),
    "undoing": (BUSY, gettext_lazy("Being undone")),
    "undone": (QUIET, gettext_lazy("Undone")),
}
EVENT_STATES: dict[str, Said] = {
    "pending": (BUSY, gettext_lazy("Pending")),
    "sent": (GOOD, gettext_lazy("Taken")),
    "failed": (BAD, gettext_lazy("Failed")),
}
RETURN_STATES: dict[str, Said] = {
    "pending": (WARN, gettext_lazy("To decide")),
    "granted": (GOOD, gettext_lazy("Granted")),
    "refused": (QUIET, gettext_lazy("Refused")),
}
DISPOSITIONS: dict[str, Said] = {
    "contacted": (BUSY, gettext_lazy("Contacted")),
    "not_reached": (QUIET, gettext_lazy("Not reached")),
    "appointment": (BUSY, gettext_lazy("Appointment")),
    "quoted": (BUSY, gettext_lazy("Quoted")),
    "sold": (GOOD, gettext_lazy("Sold")),
    "lost": (QUIET, gettext_lazy("Lost")),
    "bad_contact": (BAD, gettext_lazy("Bad contact")),
    "duplicate": (WARN, gettext_lazy("Duplicate")),
    "other": (QUIET, gettext_lazy("Other")),
}
# What a partner reads of a delivery of its own.
PORTAL_STATES: dict[str, Said] = {
    "pending": (WARN, gettext_lazy("To answer")),
    "delivered": (GOOD, gettext_lazy("Yours")),
    "returned": (QUIET, gettext_lazy("Given back")),
}
OWED_INVOICES: dict[str, Said] = {
    "issued": (BUSY, gettext_lazy("To pay")),
    "overdue": (BAD, gettext_lazy("Overdue")),
    "paid": (GOOD, gettext_lazy("Paid")),
    "credited": (QUIET, gettext_lazy("Taken back")),
}
ASKED_RETURNS: dict[str, Said] = {
    "pending": (BUSY, gettext_lazy("Return asked for")),
    "granted": (QUIET, gettext_lazy("Return granted")),
    "refused": (BAD, gettext_lazy("Return refused")),
}
ENTRIES: dict[str, Promise | str] = {
    "charge": gettext_lazy("Charge"),
    "credit": gettext_lazy("Credit"),
    "adjustment": gettext_lazy("Adjustment"),
    "top_up": gettext_lazy("Top-up"),
}
INVOICE_STATES: dict[str, Said] = {
    "draft": (QUIET, gettext_lazy("Draft")),
    "issued": (BUSY, gettext_lazy("Issued")),
    "overdue": (BAD, gettext_lazy("Overdue")),
    "paid": (GOOD, gettext_lazy("Paid")),
    "credited": (QUIET, gettext_lazy("Credited")),
}
RESULTS: dict[str, Said] = {
    "selected": (GOOD, gettext_lazy("Selected")),
    "next_in_line": (BUSY, gettext_lazy("Next in line")),
    "refused": (BAD, gettext_lazy("Refused")),
    "failed": (BAD, gettext_lazy("Failed")),
    "rules_not_met": (QUIET, gettext_lazy("Rules not met")),
    "assignment_disabled": (QUIET, gettext_lazy("Assignment disabled")),
    "partner_inactive": (QUIET, gettext_lazy("Partner inactive")),
    "suppressed": (QUIET, gettext_lazy("Suppressed")),
    "already_has_lead": (QUIET, gettext_lazy("Already has the lead")),
    "already_has_person": (QUIET, gettext_lazy("Already has this person")),
    "taken": (QUIET, gettext_lazy("Taken")),
    "closed": (QUIET, gettext_lazy("Closed")),
    "cap_reached": (WARN, gettext_lazy("Cap reached")),
    "no_balance": (WARN, gettext_lazy("No balance")),
    "channel_down": (WARN, gettext_lazy("Channel down")),
}
CHANNELS: dict[str, Promise | str] = {
    "webhook": gettext_lazy("Webhook"),
    "email": gettext_lazy("Email"),
    "portal": gettext_lazy("Portal"),
    "inbox": gettext_lazy("Test inbox"),
    "slack": "Slack",
    "teams": "Microsoft Teams",
    "discord": "Discord",
    "telegram": "Telegram",
    "twilio": gettext_lazy("SMS by Twilio"),
}
CAP_SPANS: dict[str, Promise | str] = {
    "hour": gettext_lazy("hour"),
    "day": gettext_lazy("day"),
    "week": gettext_lazy("week, from Monday"),
    "month": gettext_lazy("month"),
    "total": gettext_lazy("all time"),
}
SUSPICIONS: dict[str, Promise | str] = {
    "honeypot": gettext_lazy("a field that people do not see was filled in"),
    "no_token": gettext_lazy("it came from no page that was shown"),
    "too_fast": gettext_lazy("it was sent sooner than anybody can type"),
    "no_proof": gettext_lazy("the browser did not do the work that the form asks for"),
}
EVIDENCE: dict[str, Promise | str] = {
    "text": gettext_lazy("Text shown"),
    "ticked": gettext_lazy("Ticked"),
    "at": gettext_lazy("Sent at (UTC)"),
    "form": gettext_lazy("Form"),
    "form_version": gettext_lazy("Version shown"),
    "page_url": gettext_lazy("Page"),
    "referrer": gettext_lazy("Came from"),
    "ip": gettext_lazy("IP address"),
    "user_agent": gettext_lazy("Browser"),
    "trustedform_url": gettext_lazy("TrustedForm certificate"),
    "jornaya_leadid": gettext_lazy("Jornaya LeadiD"),
}
DAY_NAMES: dict[str, Promise | str] = {
    "mon": gettext_lazy("Monday"),
    "tue": gettext_lazy("Tuesday"),
    "wed": gettext_lazy("Wednesday"),
    "thu": gettext_lazy("Thursday"),
    "fri": gettext_lazy("Friday"),
    "sat": gettext_lazy("Saturday"),
    "sun": gettext_lazy("Sunday"),
}


def value_in_words(value: Any, field: Field | None = None) -> str:
    """Write a lead's value as a person would; a moment as the clocks of the page's zone say it."""
    options = (field.options if field else None) or {}
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        parts = [value[part] for part in ADDRESS_PARTS if value.get(part)]
        return ", ".join(parts or map(str, value.values()))
    if isinstance(value, list | tuple):
        return ", ".join(options.get(str(item), str(item)) for item in value)
    if field is not None and field.type is FieldType.DATETIME:
        return _moment_in_words(str(value))
    return options.get(str(value), str(value))


def _moment_in_words(written: str) -> str:
    try:
        moment = datetime.fromisoformat(written.replace("Z", "+00:00"))
    except ValueError:
        return written
    return date_format(timezone.localtime(moment), "j M Y, H:i") if moment.tzinfo else written


def money_in_words(amount: str) -> str:
    """Write `-1234.50` so that it can be read: `−1,234.50`."""
    whole, point, part = amount.removeprefix("-").partition(".")
    return f"{'−' if amount.startswith('-') else ''}{int(whole):,}{point}{part}"


def figure_in_words(figure: int | str) -> str:
    """Write a count, or an amount of money."""
    return f"{figure:,}" if isinstance(figure, int) else money_in_words(figure)


def evidence_rows(consent: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what proves a lead's consent, what Headgate's forms keep of it first."""
    known = [key for key in EVIDENCE if key in consent]
    rest = [key for key in consent if key not in EVIDENCE]
    return [(str(EVIDENCE.get(key, key)), value_in_words(consent[key])) for key in known + rest]


def lead_name(fields: Mapping[str, Any]) -> str:
    """Return what a lead is called in a list: the person's name, else how to reach them."""
    full = " ".join(str(fields[key]) for key in ("first_name", "last_name") if fields.get(key))
    for key in ("name", "full_name"):
        full = full or str(fields.get(key) or "")
    return full or str(fields.get("email") or fields.get("phone") or _("Lead without a name"))
