"""A report as a letter: the figures that matter as a small table, all of them as a file."""

import csv
import io
from collections.abc import Callable
from datetime import date
from html import escape

from msgspec import Struct

from headgate.channels.email.letter import Enclosure
from headgate.domain.csv_files.cells import harmless
from headgate.domain.reports import Days
from headgate.services.reports import reporting
from headgate.services.reports.reporting import Figures, Report

MOST_LINES = 50
_BOM = "\ufeff"  # without it a spreadsheet misreads what is not ASCII
_COLUMNS: dict[str, Callable[[Figures], object]] = {
    "Received": lambda each: each.received,
    "Sold": lambda each: each.sold,
    "Unmatched": lambda each: each.unmatched,
    "Delivered": lambda each: each.delivered,
    "Refused": lambda each: each.refused,
    "Failed": lambda each: each.failed,
    "Returned": lambda each: each.returned,
    "Acceptance": lambda each: None if each.acceptance is None else f"{each.acceptance:.0%}",
    "Revenue": lambda each: each.revenue,
    "Margin": lambda each: each.margin,
}
_OF_LEADS = ("Received", "Sold", "Unmatched", "Margin")
_LETTERS = "font-family: system-ui, sans-serif; color: #1c1b18"
_CELL = "padding: 4px 12px 4px 0; border-bottom: 1px solid #dddbd4"


class Written(Struct, frozen=True):
    subject: str
    text: str
    html: str
    enclosure: Enclosure


def write_letter(report: Report, days: Days, *, account: str) -> Written:
    """Write what came in on these days, and what became of it until now."""
    title = f"{account}: report by {report.by}, {_span(days)}"
    table = _table(report)
    remarks = _remarks(report)
    name = f"report-by-{report.by}-{days.first.isoformat()}.csv"
    return Written(
        subject=title,
        text="\n\n".join([title, _as_text(table), *remarks]) + "\n",
        html=_as_html(title, table, remarks),
        enclosure=Enclosure(name, "text/csv", _as_csv(report)),
    )


def _span(days: Days) -> str:
    if days.first == days.last:
        return _day(days.first)
    return f"{_day(days.first)} to {_day(days.last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _table(report: Report) -> list[list[str]]:
    """Return the header, the first lines and the total."""
    columns = [
        (word, read)
        for word, read in _COLUMNS.items()
        if report.total.received is not None or word not in _OF_LEADS
    ]
    lines = [(line.name, line.figures) for line in report.lines[:MOST_LINES]]
    return [
        [str(report.by).capitalize(), *(word for word, _ in columns)],
        *(
            [name, *(_said(read(figures)) for _, read in columns)]
            for name, figures in [*lines, ("Total", report.total)]
        ),
    ]


def _said(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _remarks(report: Report) -> list[str]:
    remarks = [
        f"Money in {report.currency}. Leads that came in on these days, with what has become of "
        "them until now; all figures are in the attached file."
    ]
    if not report.lines:
        remarks.insert(0, "Nothing came in.")
    if len(report.lines) > MOST_LINES:
        remarks.insert(0, f"{len(report.lines) - MOST_LINES} more lines are in the attached file.")
    if not report.complete:
        remarks.append("Older hours were still being counted; the figures will rise.")
    return remarks


def _as_text(table: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = []
    for first, *others in table:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]))
    return "\n".join(lines)


def _as_html(title: str, table: list[list[str]], remarks: list[str]) -> str:
    header, *rows = table
    head = _row("th", header, weight="600")
    body = "".join(_row("td", row, weight="400") for row in rows[:-1])
    total = _row("td", rows[-1], weight="600")
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in remarks)
    return (
        f'<!doctype html><html><body style="{_LETTERS}"><p><strong>{escape(title)}</strong></p>'
        f'<table style="border-collapse: collapse">{head}{body}{total}</table>'
        f"{paragraphs}</body></html>\n"
    )


def _row(tag: str, row: list[str], *, weight: str) -> str:
    first, *others = row
    style = f"{_CELL}; font-weight: {weight}"
    cells = [f'<{tag} style="{style}; text-align: start" dir="auto">{escape(first)}</{tag}>']
    cells += [
        f'<{tag} style="{style}; text-align: right">{escape(each)}</{tag}>' for each in others
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _as_csv(report: Report) -> str:
    header, rows = reporting.as_table(report)
    out = io.StringIO()
    csv.writer(out).writerows([harmless(cell) for cell in row] for row in [header, *rows])
    return _BOM + out.getvalue()
