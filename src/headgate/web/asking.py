"""A page has something sent that is no delivery, by the process that sends."""

from asgiref.sync import async_to_sync
from django.http import HttpRequest

from headgate.channels.contract import Sent
from headgate.web.doors import Doors

DOORS = "headgate.doors"  # where the front leaves the doors for a page


def ask(request: HttpRequest, channel: str, rendered: object) -> Sent:
    """Wait for how it ends; no transaction may be open meanwhile."""
    doors: Doors = request.scope[DOORS]  # type: ignore[attr-defined]
    return async_to_sync(doors.ask)(channel, rendered)
