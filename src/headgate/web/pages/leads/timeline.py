"""The timeline: everything that happened to a lead, in the order in which it happened."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from headgate.domain.deliveries import OPEN, State
from headgate.domain.entities import Entity
from headgate.domain.fields import Field
from headgate.services.showing import AttemptShown, DeliveryShown, LeadShown
from headgate.web.pages.frame import Names
from headgate.web.pages.leads.tracing import Trace
from headgate.web.wording import (
    BAD,
    BUSY,
    DISPOSITIONS,
    GOOD,
    OUTCOMES,
    QUIET,
    SUSPICIONS,
    WARN,
    money_in_words,
    value_in_words,
)

_ENDS: dict[str, tuple[str, Promise]] = {
    State.FAILED: (BAD, gettext_lazy("%s: given up")),
    State.UNKNOWN: (WARN, gettext_lazy("%s: nobody knows whether they have it")),
    State.CANCELLED: (QUIET, gettext_lazy("%s: cancelled")),
    State.RETURNED: (WARN, gettext_lazy("%s: given back")),
}
_DELIVERED, _REJECTED = gettext_lazy("%s: delivered"), gettext_lazy("%s: refused")


class Change(Struct, frozen=True):
    """What a value was and became; both are None where only the change may be told."""

    label: str
    before: str | None
    after: str | None


class Event(Struct, frozen=True, kw_only=True):
    """`tone` is that of a state; `note` is what a person wrote, as they wrote it."""

    at: str
    tone: str = QUIET
    title: str
    text: str = ""
    by: str = ""
    note: str = ""
    changes: tuple[Change, ...] = ()
    delivery: str = ""
    lead: str = ""


def timeline_of(lead: LeadShown, trace: Trace, entity: Entity, names: Names) -> list[Event]:
    """Return the events, the earliest first; what came at one instant keeps its natural order."""
    events = [
        *_arrival(lead, names),
        *_decisions(trace),
        *(event for each in lead.deliveries for event in _ways(each, names)),
        *(event for line in lead.history if (event := change_of(line, entity)) is not None),
        *(event for each in lead.deliveries for event in _feedback(each, names)),
        *_ends(lead),
    ]
    return sorted(events, key=lambda event: event.at)


def _arrival(lead: LeadShown, names: Names) -> Iterator[Event]:
    added = next((line for line in lead.history if line["because"] == "added"), None)
    source = names.source(lead.entity, lead.source)
    yield Event(
        at=lead.received_at,
        tone=BUSY,
        title=_("Added by hand") if added else _("Received"),
        text=_("Source: %s") % source,
        by=added["by"] if added else "",
        note=lead.note or "",
    )
    if lead.duplicate_of is not None:
        stopped = lead.state == "duplicate"
        yield Event(
            at=lead.received_at,
            tone=WARN,
            title=_("The same person asked before"),
            text=_("So no profile was asked") if stopped else "",
            lead=lead.duplicate_of,
        )
    reasons = {
        "invalid_fields": _("Kept back: some of its values are not valid"),
        "source_cap": _("Kept back: its source’s cap was reached"),
        **{reason: _("Kept back: %s") % said for reason, said in SUSPICIONS.items()},
    }
    if lead.outcome.reason in reasons:
        yield Event(at=lead.received_at, tone=WARN, title=reasons[lead.outcome.reason])
    if lead.state == "held":
        yield Event(at=lead.received_at, title=_("Held until somebody distributes it"))


def _decisions(trace: Trace) -> Iterator[Event]:
    for decided in trace.rounds:
        yield Event(
            at=decided.at,
            tone=BUSY,
            title=_("Decided %s") % decided.because,
            text=decided.sentence.partition("; ")[0],
        )


def _ways(delivery: DeliveryShown, names: Names) -> Iterator[Event]:
    """Tell of a delivery's attempts, and of its end where no attempt tells it."""
    partner = names.partner(delivery.partner)
    attempts = delivery.attempts or []
    for attempt in attempts:
        yield _attempt(attempt, partner, delivery)
    last = attempts[-1].outcome if attempts else None
    said = {"delivered": State.DELIVERED, "refused": State.REJECTED}.get(str(last))
    if State(delivery.state) in OPEN or delivery.ended_at is None or said == delivery.state:
        return
    tone, title = _ENDS.get(
        delivery.state,
        (GOOD, _DELIVERED) if delivery.state == State.DELIVERED else (BAD, _REJECTED),
    )
    yield Event(
        at=delivery.ended_at,
        tone=tone,
        title=str(title) % partner,
        text=(delivery.error or "") if delivery.state == State.RETURNED else _price(delivery),
        delivery=delivery.id,
    )


def _attempt(attempt: AttemptShown, partner: str, delivery: DeliveryShown) -> Event:
    tone, word = OUTCOMES.get(attempt.outcome, (QUIET, attempt.outcome))
    facts = [str(attempt.status) if attempt.status else "", attempt.error or ""]
    if attempt.outcome == "delivered":
        facts.append(_price(delivery))
    if attempt.ms is not None:
        facts.append(f"{attempt.ms} ms")
    said = {"partner": partner, "outcome": str(word).lower(), "n": attempt.n}
    title = (
        _("%(partner)s: %(outcome)s")
        if attempt.n == 1
        else _("%(partner)s: %(outcome)s, attempt %(n)s")
    )
    return Event(
        at=attempt.at,
        tone=tone,
        title=title % said,
        text=" · ".join(filter(None, facts)),
        delivery=delivery.id,
    )


def _feedback(delivery: DeliveryShown, names: Names) -> Iterator[Event]:
    partner = names.partner(delivery.partner)
    for told in delivery.dispositions or ():
        tone, word = DISPOSITIONS[told.disposition]
        value = f" ({told.currency} {money_in_words(told.value)})" if told.value else ""
        yield Event(
            at=told.at,
            tone=tone,
            title=f"{partner}: {str(word).lower()}{value}",
            by=told.by,
            note=told.note or "",
            delivery=delivery.id,
        )


def _price(delivery: DeliveryShown) -> str:
    return f"{delivery.price} {delivery.currency}" if delivery.state == State.DELIVERED else ""


def change_of(line: Mapping[str, Any], entity: Entity) -> Event | None:
    if line["because"] == "added":
        return None
    changes = (*_field_changes(line, entity), *_own_changes(line))
    return Event(
        at=line["at"],
        title=_title(line, changes),
        by=line.get("by", ""),
        note=line.get("note", ""),
        changes=changes,
    )


def _title(line: Mapping[str, Any], changes: tuple[Change, ...]) -> str:
    if line["because"] == "duplicate":
        return _("The same person asked again, with other values")
    if not changes:
        return _("Note")
    if line.keys() & {"changes"}:
        return _("Edited")
    return _("Status changed") if "status" in line else _("Assigned")


def _field_changes(line: Mapping[str, Any], entity: Entity) -> Iterator[Change]:
    fields = {field.key: field for field in entity.fields}
    for key, pair in line.get("changes", {}).items():
        field = fields.get(key)
        label = field.label if field else key
        if isinstance(pair, list):
            before, after = (_in_words(value, field) for value in pair)
            yield Change(label, before, after)
        else:
            yield Change(label, None, None)


def _own_changes(line: Mapping[str, Any]) -> Iterator[Change]:
    for key, label in (("status", _("Status")), ("assignee", _("Assignee"))):
        if key in line:
            before, after = line[key]
            yield Change(label, before or _("nobody"), after or _("nobody"))


def _in_words(value: Any, field: Field | None) -> str:
    return _("no value") if value is None else value_in_words(value, field)


def _ends(lead: LeadShown) -> Iterator[Event]:
    if lead.waiting is not None:
        yield Event(
            at=lead.waiting.since,
            tone=BUSY,
            title=_("Waits for room in a cap, or for opening hours"),
        )
    if lead.erased_at is not None:
        yield Event(at=lead.erased_at, title=_("Personal data erased"))
