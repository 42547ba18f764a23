"""The columns of the list of leads: which there are, which somebody chose, what stands in them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from headgate.domain.deliveries import State
from headgate.domain.entities import Entity
from headgate.domain.fields import Field
from headgate.domain.leads import LeadState
from headgate.services.showing import LeadShown
from headgate.web.pages.frame import Names
from headgate.web.wording import evidence_rows, value_in_words

FIELD = "field."
_COOKIE = "headgate_lead_columns"
_PLACING = {1: "", 2: "second", 3: "third"}
_KEPT_SECONDS = 365 * 24 * 3600


class Column(Struct, frozen=True):
    """`importance` says on how narrow a screen it still stands: 1 on all."""

    name: str
    label: Promise | str
    importance: int = 2
    is_number: bool = False
    field: Field | None = None

    @property
    def classes(self) -> str:
        """Return what its cells are styled by."""
        return f"{_PLACING[self.importance]}{' number' if self.is_number else ''}".strip()


OWN = (
    Column("state", _("State"), 1),
    Column("status", _("Status")),
    Column("assignee", _("Assignee"), 3),
    Column("partners", _("Partners")),
    Column("price", _("Price"), 3, is_number=True),
    Column("source", _("Source"), 3),
    Column("entity", _("Entity"), 3),
    Column("external_id", _("External id"), 3),
    Column("reason", _("Kept back because"), 3),
    Column("consent", _("Consent"), 3),
    Column("received", _("Received"), is_number=True),
)
_DEFAULT = ("state", "status", "partners", "source", "received")


def offered(entities: Sequence[Entity]) -> list[Column]:
    """Return every column; encrypted fields stand in none."""
    fields = {field.key: field for entity in entities for field in entity.fields}
    return [
        *OWN,
        *(
            Column(f"{FIELD}{key}", field.label, 3, field=field)
            for key, field in fields.items()
            if not field.encrypted
        ),
    ]


def chosen(request: HttpRequest, columns: Sequence[Column]) -> list[Column]:
    kept = request.COOKIES.get(_COOKIE)
    wanted = set(_DEFAULT) if kept is None else set(kept.split(":"))
    return [column for column in columns if column.name in wanted]


def keep(response: HttpResponse, names: Sequence[str], *, secure: bool) -> None:
    """Have the browser remember the choice for a year."""
    response.set_cookie(
        _COOKIE,
        ":".join(names),
        max_age=_KEPT_SECONDS,
        path="/leads",
        secure=secure,
        httponly=True,
        samesite="Lax",
    )


def text_in(column: Column, lead: LeadShown, names: Names) -> str:
    """Return what stands in a column, in words; moments and states are for the page to say."""
    if column.field is not None:
        value = lead.fields.get(column.field.key)
        return "" if value is None else value_in_words(value, column.field)
    texts: dict[str, Any] = {
        "state": lead.state,
        "status": lead.status,
        "assignee": lead.assignee or "",
        "partners": ", ".join(names.partner(each.partner) for each in lead.deliveries),
        "price": price_of(lead),
        "source": names.source(lead.entity, lead.source),
        "entity": names.entity(lead.entity),
        "external_id": lead.external_id or "",
        "reason": _reason(lead),
        "consent": "; ".join(f"{label}: {said}" for label, said in evidence_rows(lead.consent)),
        "received": lead.received_at,
    }
    return str(texts[column.name])


def _reason(lead: LeadShown) -> str:
    reason = lead.outcome.reason if lead.state == LeadState.QUARANTINED else None
    return reason.replace("_", " ") if reason else ""


def price_of(lead: LeadShown) -> str:
    """Return for how much the lead is sold, an empty text while it is not."""
    sold = [Decimal(each.price) for each in lead.deliveries if each.state == State.DELIVERED]
    return f"{sum(sold):f}" if sold else ""
