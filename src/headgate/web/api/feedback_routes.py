"""The routes by which it is said, and read, what became of leads."""

from headgate.services import feedback_showing, showing
from headgate.web.api import feedback
from headgate.web.api.route_kinds import acting, reading, signed

FEEDBACK_ROUTES = (
    acting(
        "/deliveries/{delivery}/dispositions",
        feedback.tell,
        "Say what became of a delivered lead, for its partner",
        showing.DeliveryShown,
        body=feedback.Told,
    ),
    reading(
        "/dispositions",
        feedback.list_dispositions,
        "List what partners said became of their leads, the newest first",
        feedback_showing.DispositionPage,
        query=feedback.FILTERS,
    ),
    signed(
        "/postbacks/{account}/{partner}",
        feedback.take_signed,
        "Say what became of a delivered lead, as its partner, signed by Standard Webhooks",
        feedback.Taken,
        body=feedback.SignedTold,
    ),
)
