"""The routes of event webhooks beyond their place in the set-up."""

from typing import Any

from headgate.services.events.standing import EventPage, EventShown
from headgate.web.api import event_webhooks
from headgate.web.api.route_kinds import acting, reading

_ONE = "/webhooks/{slug}"

EVENT_ROUTES = (
    reading(
        f"{_ONE}/events",
        event_webhooks.list_events,
        "List what a webhook is told, the newest first",
        EventPage,
        query=event_webhooks.FILTERS,
    ),
    acting(
        f"{_ONE}/events/{{event}}/resend",
        event_webhooks.send_again,
        "Send an event once more, with the same id",
        EventShown,
    ),
    acting(
        f"{_ONE}/resend-failed",
        event_webhooks.send_failed_again,
        "Send everything once more that failed",
        event_webhooks.SentAgain,
    ),
    acting(
        f"{_ONE}/test",
        event_webhooks.send_test,
        "Send a test event, even to a webhook that is disabled or halted",
        EventShown,
    ),
    acting(
        f"{_ONE}/enable",
        event_webhooks.enable_webhook,
        "Let a webhook be told again that was halted, beginning with what waits",
        dict[str, Any],
    ),
)
