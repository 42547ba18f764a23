"""The latest leads, as choices of what is to be tried or tested with one."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime

from headgate.services import tracking
from headgate.storage.lists import LeadFilter
from headgate.web.visits import Visitor
from headgate.web.wording import lead_name

_MOST = 20


def latest_leads(visitor: Visitor, entity: str | None) -> list[tuple[str, str]]:
    """Return their ids and words, newest first; None stands for every entity."""
    found = tracking.list_leads(
        account_id=visitor.account_id,
        wanted=LeadFilter(entity=entity, entities=visitor.seen),
        before=None,
        limit=_MOST,
        in_clear=False,
    )
    return [
        (each.id, f"{lead_name(each.fields)}, {_when(each.received_at)}") for each in found.items
    ]


def _when(received_at: str) -> str:
    return date_format(localtime(datetime.fromisoformat(received_at)), "j M, H:i")
