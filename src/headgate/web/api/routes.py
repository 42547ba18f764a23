"""The one table of routes: it lets in, it routes, and the OpenAPI document is made from it."""

from typing import Any

from headgate.domain.explanation import Explanation
from headgate.services import billing, receipts, showing, simulation, tracking
from headgate.web.api import (
    catalogue,
    configuration,
    deliveries,
    health,
    lead_reading,
    leads,
    ledger,
    metrics,
    reference,
    simulating,
)
from headgate.web.api.route import (
    ADMIN,
    ANYBODY,
    EVERYBODY,
    READERS,
    SENDERS,
    Handler,
    Parameter,
    Route,
)

V1 = "/api/v1"
_FORM = ("application/json", "application/x-www-form-urlencoded")
_WAIT = (Parameter("wait", "answer once nothing is open any more, after this at most", "number"),)
_STORED = (receipts.StaffAnswer, receipts.SourceAnswer)
_SENT = (400, 404, 413, 415, 422, 429, 503)


def _post(path: str, handler: Handler, summary: str, **said: Any) -> Route:
    """A route by which leads come in."""
    return Route(
        method="POST",
        path=V1 + path,
        handler=handler,
        summary=summary,
        scopes=SENDERS,
        keyed_in_batch=True,
        refusals=_SENT,
        **said,
    )


def _get(path: str, handler: Handler, summary: str, *answers: Any, **said: Any) -> Route:
    found = (404,) if "{" in path else ()
    return Route(
        method="GET",
        path=V1 + path,
        handler=handler,
        summary=summary,
        answers=answers,
        **{"scopes": READERS, "refusals": (*found, 422), **said},
    )


def _act(path: str, handler: Handler, summary: str, *answers: Any, **said: Any) -> Route:
    """A route by which a person or a program changes what is stored."""
    return Route(
        **{"method": "POST", "refusals": (400, 404, 409, 413, 422, 503), **said},
        path=V1 + path,
        handler=handler,
        summary=summary,
        scopes=ADMIN,
        answers=answers,
    )


_LEADS = (
    _post(
        "/leads",
        leads.post_lead,
        "Store and distribute a lead",
        query=_WAIT,
        body=leads.PostedLead,
        answers=_STORED,
        status=201,
    ),
    _post(
        "/intake/{entity}",
        leads.post_flat,
        "Store and distribute a lead whose names are matched to fields",
        query=_WAIT,
        body=dict[str, Any],
        body_media=_FORM,
        answers=_STORED,
        status=201,
    ),
    _post(
        "/leads/bulk",
        leads.post_bulk,
        "Store and distribute up to 1,000 leads",
        body=leads.PostedLeads,
        answers=(leads.BulkAnswer,),
    ),
    _get(
        "/leads",
        lead_reading.list_leads,
        "List leads, the newest first",
        tracking.LeadPage,
        query=lead_reading.FILTERS,
    ),
    _get(
        "/leads/{lead}",
        lead_reading.show_lead,
        "Read a lead, its deliveries and their attempts",
        showing.LeadShown,
        receipts.SourceAnswer,
        scopes=EVERYBODY,
    ),
    _act(
        "/leads/{lead}",
        lead_reading.erase_lead,
        "Erase a lead's personal data",
        showing.LeadShown,
        method="DELETE",
    ),
    _get(
        "/leads/{lead}/decision",
        lead_reading.explain_lead,
        "Read every verdict on a lead",
        Explanation,
    ),
    _act(
        "/leads/{lead}/distribute",
        lead_reading.distribute_lead,
        "Distribute a lead that nobody has",
        showing.LeadShown,
    ),
    _act(
        "/simulate",
        simulating.simulate_lead,
        "See who would get a lead, without any effect",
        simulation.Simulation,
        body=simulating.SimulatedLead,
    ),
)

_DELIVERY = "/deliveries/{delivery}"
_DELIVERIES = (
    _get(
        "/deliveries",
        deliveries.list_deliveries,
        "List deliveries, the newest first",
        tracking.DeliveryPage,
        query=deliveries.FILTERS,
    ),
    _get(
        _DELIVERY,
        deliveries.show_delivery,
        "Read a delivery and its attempts",
        showing.DeliveryShown,
    ),
    _act(
        f"{_DELIVERY}/retry",
        deliveries.retry_delivery,
        "Try an unknown or failed delivery afresh, or send a delivered one again",
        showing.DeliveryShown,
    ),
    _act(
        f"{_DELIVERY}/resolve",
        deliveries.resolve_delivery,
        "Say what became of an unknown delivery",
        showing.DeliveryShown,
        body=deliveries.Resolution,
    ),
    _act(
        f"{_DELIVERY}/cancel",
        deliveries.cancel_delivery,
        "End a pending or unknown delivery",
        showing.DeliveryShown,
    ),
    _act(
        f"{_DELIVERY}/accept",
        deliveries.accept_delivery,
        "Take a lead of the portal, for its partner",
        showing.DeliveryShown,
    ),
    _act(
        f"{_DELIVERY}/reject",
        deliveries.reject_delivery,
        "Refuse a lead of the portal, for its partner",
        showing.DeliveryShown,
        body=deliveries.Rejection,
    ),
    _get(
        "/ledger",
        ledger.list_ledger,
        "List charges and credits, the newest first",
        billing.LedgerPage,
        query=ledger.FILTERS,
    ),
)

_ASSIGNMENT = "/profiles/{profile}/assignments/{assignment}"
_CONFIGURATION = (
    _get(
        "/config",
        configuration.show_configuration,
        "Export the configuration",
        dict[str, Any],
        media=configuration.MEDIA,
    ),
    _act(
        "/config/plan",
        configuration.plan_configuration,
        "See in words what a configuration would change",
        configuration.ChangesShown,
        query=configuration.FORCE,
        body=dict[str, Any],
        body_media=configuration.MEDIA,
        refusals=(409, 413, 415, 422),
    ),
    _act(
        "/config/apply",
        configuration.apply_configuration,
        "Put a configuration in force",
        configuration.ChangesShown,
        query=configuration.FORCE,
        body=dict[str, Any],
        body_media=configuration.MEDIA,
        refusals=(409, 413, 415, 422, 503),
    ),
    *(
        route
        for kind, one, of in (
            ("entities", "an entity", ()),
            ("sources", "a source", catalogue.OF_ENTITY),
            ("partners", "a partner", ()),
            ("profiles", "a profile", ()),
        )
        for route in (
            _get(
                f"/{kind}",
                catalogue.list_things,
                f"List the {kind} of the configuration in force, and the archived ones",
                catalogue.ThingPage,
                query=(*of, *catalogue.PAGING),
            ),
            _get(
                f"/{kind}/{{slug}}", catalogue.show_thing, f"Read {one}", dict[str, Any], query=of
            ),
        )
    ),
    _get(_ASSIGNMENT, catalogue.show_assignment, "Read an assignment", dict[str, Any]),
    _act(
        f"{_ASSIGNMENT}/enable-channel",
        catalogue.enable_channel,
        "Let delivery settings get leads again that a partner's 410 had halted",
        dict[str, Any],
    ),
)


def _open(path: str, handler: Handler, summary: str, **said: Any) -> Route:
    return Route(method="GET", path=path, handler=handler, summary=summary, scopes=ANYBODY, **said)


_OPERATION = (
    _open("/healthz", health.show_alive, "Whether it is alive", answers=(health.Health,)),
    _open(
        "/readyz",
        health.show_ready,
        "Whether it is ready, and which check fails",
        answers=(health.Health,),
        refusals=(503,),
    ),
    _open(
        "/metrics",
        metrics.show_metrics,
        "Figures for Prometheus",
        media=("text/plain",),
        refusals=(401, 403),
    ),
)

_DESCRIBED = (*_LEADS, *_DELIVERIES, *_CONFIGURATION, *_OPERATION)
_REFERENCE = reference.Reference(_DESCRIBED)

ROUTES: tuple[Route, ...] = (
    *_DESCRIBED,
    _open(f"{V1}/openapi.json", _REFERENCE.show_document, "The OpenAPI document"),
    _open(f"{V1}/docs", _REFERENCE.show_page, "The document for people", media=("text/html",)),
)
