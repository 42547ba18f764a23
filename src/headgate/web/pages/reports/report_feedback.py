"""What partners said became of their leads, as a part of reports and of other pages."""

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from headgate import clock
from headgate.domain.reports import By
from headgate.services.reports import reporting
from headgate.services.reports.reporting import Figures
from headgate.storage.reports import ReportFilter
from headgate.web import periods
from headgate.web.pages.queries import address_of
from headgate.web.visits import ENTITY, Visitor
from headgate.web.wording import figure_in_words

# The figures with rows to show, and the word by which the list of deliveries shows them.
_LISTED: Mapping[str, str] = {
    "feedback": "any",
    "contacted": "reached",
    "converted": "sold",
    "bad_contact": "bad_contact",
}
COLUMNS: Mapping[str, Promise] = {
    "feedback": _("With feedback"),
    "contacted": _("Contacted"),
    "contact_rate": _("Contact rate"),
    "converted": _("Sold"),
    "conversion_rate": _("Sale rate"),
    "bad_contact": _("Bad contact"),
    "sale_value": _("Sold for"),
}
Narrowed = Mapping[str, str | None]


class FeedbackCell(Struct, frozen=True):
    """`figure` and `address` of the rows behind it; `before` is of no other period."""

    figure: str
    address: str | None
    before: None = None


class FeedbackRow(Struct, frozen=True):
    name: str
    cells: list[FeedbackCell]


class FeedbackTable(Struct, frozen=True):
    columns: list[Promise]
    rows: list[FeedbackRow]
    total: list[FeedbackCell]


def shown_feedback(
    visitor: Visitor,
    lines: Iterable[tuple[str, Figures, Narrowed | None]],
    total: tuple[Figures, Narrowed],
) -> FeedbackTable | None:
    """Return the table of what was said; None where nothing was."""
    if not total[0].feedback:
        return None
    rows = [
        FeedbackRow(name, _cells(visitor, figures, narrowed))
        for name, figures, narrowed in lines
        if figures.delivered or figures.returned
    ]
    return FeedbackTable(list(COLUMNS.values()), rows, _cells(visitor, *total))


def last_days(
    visitor: Visitor, *, partner: str | None = None, source: str | None = None, entity: str | None
) -> list[tuple[Promise, FeedbackCell]]:
    """Return what was said of the leads of the last thirty days; nothing where nothing was."""
    now = clock.now()
    period = periods.of_length("30", ZoneInfo(visitor.timezone), now=now)
    report = reporting.report(
        account_id=visitor.account_id,
        by=By.SOURCE if source else By.PARTNER,
        wanted=ReportFilter(
            since=period.since,
            until=period.until,
            partner=partner,
            source=source,
            entity=entity,
            entities=visitor.seen,
        ),
        now=now,
    )
    if not report.total.feedback:
        return []
    narrowed = {**period.query, "partner": partner, "source": source, ENTITY: entity}
    cells = _cells(visitor, report.total, narrowed)
    return list(zip(COLUMNS.values(), cells, strict=True))


def _cells(visitor: Visitor, figures: Figures, narrowed: Narrowed | None) -> list[FeedbackCell]:
    return [_cell(visitor, figures, name, narrowed) for name in COLUMNS]


def _cell(visitor: Visitor, figures: Figures, name: str, narrowed: Narrowed | None) -> FeedbackCell:
    value = getattr(figures, name)
    if isinstance(value, float) or value is None:
        return FeedbackCell("–" if value is None else f"{value:.0%}", None)
    address = None
    if narrowed is not None and name in _LISTED:
        query = {ENTITY: visitor.entity, **narrowed, "disposition": _LISTED[name]}
        address = address_of(reverse("deliveries"), query)
    return FeedbackCell(figure_in_words(value), address)
