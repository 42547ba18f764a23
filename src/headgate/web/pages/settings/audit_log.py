"""The audit log: who changed what, when, and what it was before."""

import json
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate.domain.audit import Entry
from headgate.domain.instants import rfc3339
from headgate.services import setups
from headgate.storage import audit
from headgate.storage.audit import Filters
from headgate.web.naming import Naming
from headgate.web.pages import csv_answers, queries
from headgate.web.pages.frame import show
from headgate.web.pages.settings.audit_words import said_of
from headgate.web.visits import Visitor, for_owners_and_admins

_FILTERS = ("actor", "kind", "subject", "from", "to")
_COLUMNS = ("number", "at", "actor", "action", "subject", "before", "after")
KINDS: list[tuple[str, Promise]] = [
    ("configuration", _("Configuration")),
    ("sign_in", _("Sign-ins")),
    ("member", _("Members")),
    ("key", _("API keys")),
    ("lead", _("Leads")),
    ("delivery", _("Deliveries")),
    ("import", _("Imports")),
    ("channel", _("Channels")),
    ("suppression", _("Suppression lists")),
    ("mail", _("Mail")),
    ("portal", _("Portal")),
    ("partner", _("Notes about partners")),
    ("ledger", _("Ledger")),
    ("return", _("Returns")),
    ("invoice", _("Invoices")),
    ("setting", _("Settings")),
]


_OF_SLUGS = {"entities": "entity", "partners": "partner"}


class Line(Struct, frozen=True):
    """An entry as people read it; the parts are labelled values of before and after."""

    entry: Entry
    words: str
    subject: str
    before: list[tuple[str, str]]
    after: list[tuple[str, str]]


@require_safe
@for_owners_and_admins
def list_entries(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    chosen = {name: queries.chosen(request, name) for name in _FILTERS}
    filters = _filters(chosen, visitor)
    before = request.GET.get("before", "")
    found = audit.list_page(
        visitor.account_id,
        filters,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None,
        limit=queries.PAGE + 1,
    )
    page = found[: queries.PAGE]
    naming = Naming(setups.in_force(visitor.account_id).configuration)
    older = {**chosen, "before": str(page[-1].number)} if len(found) > len(page) else None
    context = {
        "lines": [_line(entry, naming) for entry in page],
        "count": f"{audit.count(visitor.account_id, filters):,}",
        "chosen": chosen,
        "from": chosen["from"],
        "kinds": KINDS,
        "is_narrowed": any(chosen.values()),
        "is_later_page": bool(before),
        "older": older and queries.address_of(request.path, older),
        "newest": queries.address_of(request.path, chosen),
        "csv": queries.address_of(reverse("audit-log-csv"), chosen),
    }
    return show(request, visitor, "audit_log/list.html", page="audit-log", context=context)


@require_safe
@for_owners_and_admins
def export_entries(request: HttpRequest, visitor: Visitor) -> StreamingHttpResponse:
    filters = _filters({name: queries.chosen(request, name) for name in _FILTERS}, visitor)

    def part(before: int | None) -> tuple[list[list[str]], int | None]:
        found = audit.list_page(
            visitor.account_id, filters, before=before, limit=csv_answers.AT_ONCE
        )
        is_full = len(found) == csv_answers.AT_ONCE
        return [_cells(entry) for entry in found], found[-1].number if is_full else None

    return csv_answers.csv_answer("audit-log", _COLUMNS, part)


def _filters(chosen: dict[str, str | None], visitor: Visitor) -> Filters:
    zone = ZoneInfo(visitor.timezone)
    until = _day(chosen["to"], zone)
    return Filters(
        actor=chosen["actor"] or "",
        kind=chosen["kind"] or "",
        subject=chosen["subject"] or "",
        since=_day(chosen["from"], zone),
        until=until + timedelta(days=1) if until else None,
    )


def _day(said: str | None, zone: ZoneInfo) -> datetime | None:
    """Return when the day begins; what is no day narrows nothing."""
    try:
        day = parse_date(said or "")
    except ValueError:
        return None
    return datetime.combine(day, time(), zone) if day else None


def _line(entry: Entry, naming: Naming) -> Line:
    return Line(
        entry,
        said_of(entry.action),
        naming.in_line(entry.subject),
        _parts(entry.before, naming),
        _parts(entry.after, naming),
    )


def _parts(written: str | None, naming: Naming) -> list[tuple[str, str]]:
    said: dict[str, Any] = json.loads(written) if written else {}
    return [(key.replace("_", " "), _in_words(key, value, naming)) for key, value in said.items()]


def _in_words(key: str, value: object, naming: Naming) -> str:
    if isinstance(value, list):
        kind = _OF_SLUGS.get(key)
        lines = map(str, value)
        return "\n".join(naming.name(kind, s) if kind else naming.in_line(s) for s in lines)
    return "–" if value in (None, "") else naming.name(key, str(value))


def _cells(entry: Entry) -> list[str]:
    at, before, after = rfc3339(entry.at), entry.before or "", entry.after or ""
    return [str(entry.number), at, entry.actor, entry.action, entry.subject, before, after]
