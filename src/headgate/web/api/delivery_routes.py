"""The routes by which deliveries and the ledger are read, and deliveries handled or returned."""

from headgate.services import billing, return_lists, showing, tracking
from headgate.web.api import deliveries, ledger, replaying, returning
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
    acting(
        f"{_DELIVERY}/return",
        returning.return_delivery,
        "Take a delivered lead back at once: its charge is credited",
        showing.DeliveryShown,
        body=returning.Return,
    ),
    acting(
        f"{_DELIVERY}/request-return",
        returning.request_return,
        "Ask to give a lead back, for its partner; within the account's limits",
        return_lists.ReturnShown,
        body=returning.Wish,
    ),
    reading(
        "/returns",
        returning.list_returns,
        "List what partners asked to return, the newest first",
        return_lists.ReturnPage,
        query=returning.FILTERS,
    ),
    acting(
        "/returns/{return}/grant",
        returning.grant_return,
        "Grant a return: its charge is credited",
        return_lists.ReturnShown,
        body=returning.Ruling,
    ),
    acting(
        "/returns/{return}/refuse",
        returning.refuse_return,
        "Refuse a return: the lead and its charge stay",
        return_lists.ReturnShown,
        body=returning.Ruling,
    ),
    reading(
        "/ledger",
        ledger.list_ledger,
        "List charges and credits, the newest first",
        billing.LedgerPage,
        query=ledger.FILTERS,
    ),
)
