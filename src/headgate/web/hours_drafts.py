"""Opening hours as a form shows them: for each day the spans in which it is open."""

from typing import Any

from headgate.domain.configuration.editing import Document
from headgate.domain.hours import DAYS

WEEKLY = "week"
_MIDNIGHT_AT_LAST, _MIDNIGHT = "24:00", "00:00"


def opened(hours: object) -> Document:
    """Return what a form shows; it is always open where the document says nothing."""
    if not isinstance(hours, dict):
        return {}
    form: Document = {"when": WEEKLY}
    for day in DAYS:
        if isinstance(hours.get(day), str):
            form[day] = [_opened_span(span) for span in hours[day].split(",")]
    if hours.get("closed_on"):
        form["closed_on"] = list(hours["closed_on"])
    return form


def closed(form: Document) -> Document | None:
    """Return what the document says, None for hours that are always open."""
    if form.get("when") != WEEKLY:
        return None
    said: Document = {}
    for day in DAYS:
        spans = [_closed_span(span) for span in form.get(day, ()) if span]
        if spans:
            said[day] = ",".join(spans)
    if form.get("closed_on"):
        said["closed_on"] = form["closed_on"]
    return said


def copied_to_workdays(form: Document) -> None:
    """Open Tuesday to Friday as Monday is."""
    for day in DAYS[1:5]:
        form[day] = [dict(span) for span in form.get("mon", ())]


def _opened_span(span: str) -> dict[str, Any]:
    begins, _, ends = (part.strip() for part in span.partition("-"))
    # A browser's time of day ends at 23:59; the midnight at which a day ends is its 00:00.
    return {
        "from": begins.zfill(5),
        "to": _MIDNIGHT if ends == _MIDNIGHT_AT_LAST else ends.zfill(5),
    }


def _closed_span(span: Document) -> str:
    ends = span.get("to", "")
    return f"{span.get('from', '')}-{_MIDNIGHT_AT_LAST if ends == _MIDNIGHT else ends}"
