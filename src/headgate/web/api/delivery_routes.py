"""The routes by which deliveries are read and handled."""

from headgate.services import showing, tracking
from headgate.web.api import deliveries, replaying
from headgate.web.api.route_kinds import acting, reading

_DELIVERY = "/deliveries/{delivery}"
DELIVERY_ROUTES = (
    reading(
        "/deliveries",
        deliveries.list_deliveries,
        "List deliveries, the newest first",
        tracking.DeliveryPage,
        query=deliveries.FILTERS,
    ),
    reading(
        _DELIVERY,
        deliveries.show_delivery,
        "Read a delivery and its attempts",
        showing.DeliveryShown,
    ),
    acting(
        "/deliveries/retry",
        replaying.retry_deliveries,
        "Try many failed or unknown deliveries afresh, or send many delivered ones again",
        replaying.Replay,
        query=replaying.DRY_RUN,
        body=replaying.Wanted,
    ),
    acting(
        f"{_DELIVERY}/retry",
        deliveries.retry_delivery,
        "Try an unknown or failed delivery afresh, or send a delivered one again",
        showing.DeliveryShown,
    ),
    acting(
        f"{_DELIVERY}/resolve",
        deliveries.resolve_delivery,
        "Say what became of an unknown delivery",
        showing.DeliveryShown,
        body=deliveries.Resolution,
    ),
    acting(
        f"{_DELIVERY}/cancel",
        deliveries.cancel_delivery,
        "End a pending or unknown delivery",
        showing.DeliveryShown,
    ),
    acting(
        f"{_DELIVERY}/accept",
        deliveries.accept_delivery,
        "Take a lead of the portal, for its partner",
        showing.DeliveryShown,
    ),
    acting(
        f"{_DELIVERY}/reject",
        deliveries.reject_delivery,
        "Refuse a lead of the portal, for its partner",
        showing.DeliveryShown,
        body=deliveries.Rejection,
    ),
)
