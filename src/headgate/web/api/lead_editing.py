"""A lead is changed: its values, its status, who looks after it, and what was noted."""

from decimal import Decimal
from functools import partial
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from headgate import clock
from headgate.services import editing
from headgate.services.editing import Edit
from headgate.web.api import decoding, lead_reading
from headgate.web.api.http import LEAD_LIMIT, Request, Response
from headgate.web.doors import Doors


class PatchedLead(Struct, forbid_unknown_fields=True):
    """What is to change; what is left out stays. A field that is null is taken away.

    `based_on` is the `revision` that was read: if the lead has moved on since, nothing changes.
    """

    fields: dict[str, Any] = {}
    status: str | UnsetType = UNSET
    assignee: str | UnsetType | None = UNSET
    note: str | None = None
    based_on: int | None = None


_patched = msgspec.json.Decoder(PatchedLead, float_hook=Decimal)


async def patch_lead(request: Request, doors: Doors) -> Response:
    request.query()
    said = decoding.decode(await request.body(LEAD_LIMIT), _patched)
    edit = partial(
        editing.edit_lead,
        account_id=request.key.account_id,
        lead_id=lead_reading.lead_id_of(request),
        edit=Edit(
            fields=said.fields,
            status=said.status,
            assignee=said.assignee,
            note=said.note,
            based_on=said.based_on,
        ),
        by=f"API key {request.key.id}",
        leases=doors.leases(),
        now=clock.now(),
    )
    edited = await doors.write(edit)
    doors.send(edited.errands)
    if edited.decided:
        doors.look_now()
    return await lead_reading.shown(request, doors)
