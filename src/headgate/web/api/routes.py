"""The one table of routes: it lets in, it routes, and the OpenAPI document is made from it."""

from typing import Any

from headgate.domain.explanation import Explanation
from headgate.services import alerts as found_alerts
from headgate.services import receipts, showing, simulation, tracking
from headgate.web.api import (
    alerts,
    health,
    lead_editing,
    lead_reading,
    leads,
    metrics,
    reference,
    simulating,
    waiting,
)
from headgate.web.api.delivery_routes import DELIVERY_ROUTES
from headgate.web.api.event_routes import EVENT_ROUTES
from headgate.web.api.feedback_routes import FEEDBACK_ROUTES
from headgate.web.api.import_routes import IMPORT_ROUTES
from headgate.web.api.invoice_routes import INVOICE_ROUTES
from headgate.web.api.money_routes import MONEY_ROUTES
from headgate.web.api.objection_routes import OBJECTION_ROUTES
from headgate.web.api.report_routes import REPORT_ROUTES
from headgate.web.api.route import EVERYBODY, Parameter, Route
from headgate.web.api.route_kinds import V1, acting, open_to_all, reading, taking
from headgate.web.api.set_up_routes import SET_UP_ROUTES

_STORED = (receipts.StaffAnswer, receipts.SourceAnswer)
_FORM = ("application/json", "application/x-www-form-urlencoded")
_WAIT = (Parameter("wait", "answer once nothing is open any more, after this at most", "number"),)

_LEADS = (
    taking(
        "/leads",
        leads.post_lead,
        "Store and distribute a lead",
        query=_WAIT,
        body=leads.PostedLead,
        answers=_STORED,
        status=201,
    ),
    taking(
        "/intake/{entity}",
        leads.post_flat,
        "Store and distribute a lead whose names are matched to fields",
        query=_WAIT,
        body=dict[str, Any],
        body_media=_FORM,
        answers=_STORED,
        status=201,
    ),
    taking(
        "/leads/bulk",
        leads.post_bulk,
        "Store and distribute up to 1,000 leads",
        body=leads.PostedLeads,
        answers=(leads.BulkAnswer,),
    ),
    reading(
        "/leads",
        lead_reading.list_leads,
        "List leads, the newest first",
        tracking.LeadPage,
        query=lead_reading.FILTERS,
    ),
    reading(
        "/leads/{lead}",
        lead_reading.show_lead,
        "Read a lead, its deliveries and their attempts",
        showing.LeadShown,
        receipts.SourceAnswer,
        scopes=EVERYBODY,
    ),
    acting(
        "/leads/{lead}",
        lead_editing.patch_lead,
        "Change a lead's values, status or assignee, or add a note",
        showing.LeadShown,
        method="PATCH",
        body=lead_editing.PatchedLead,
    ),
    acting(
        "/leads/{lead}",
        lead_reading.erase_lead,
        "Erase a lead's personal data",
        showing.LeadShown,
        method="DELETE",
    ),
    reading(
        "/leads/{lead}/decision",
        lead_reading.explain_lead,
        "Read every verdict on a lead",
        Explanation,
    ),
    acting(
        "/leads/{lead}/distribute",
        lead_reading.distribute_lead,
        "Distribute a lead that nobody has",
        showing.LeadShown,
    ),
    acting(
        "/leads/{lead}/decide",
        waiting.decide_lead,
        "Decide a waiting lead now",
        showing.LeadShown,
    ),
    acting(
        "/leads/{lead}/stop-waiting",
        waiting.stop_waiting,
        "End a lead's wait",
        showing.LeadShown,
    ),
    acting(
        "/simulate",
        simulating.simulate_lead,
        "See who would get a lead, without any effect",
        simulation.Simulation,
        body=simulating.SimulatedLead,
    ),
)

_OPERATION = (
    reading(
        "/alerts",
        alerts.list_alerts,
        "List what somebody should look at, the newest first",
        found_alerts.AlertPage,
        query=alerts.FILTERS,
    ),
    open_to_all("/healthz", health.show_alive, "Whether it is alive", answers=(health.Health,)),
    open_to_all(
        "/readyz",
        health.show_ready,
        "Whether it is ready, and which check fails",
        answers=(health.Health,),
        refusals=(503,),
    ),
    open_to_all(
        "/metrics",
        metrics.show_metrics,
        "Figures for Prometheus",
        media=("text/plain",),
        refusals=(401, 403),
    ),
)

_DESCRIBED = (
    *_LEADS,
    *DELIVERY_ROUTES,
    *FEEDBACK_ROUTES,
    *MONEY_ROUTES,
    *INVOICE_ROUTES,
    *IMPORT_ROUTES,
    *OBJECTION_ROUTES,
    *SET_UP_ROUTES,
    *EVENT_ROUTES,
    *REPORT_ROUTES,
    *_OPERATION,
)
_REFERENCE = reference.Reference(_DESCRIBED)

ROUTES: tuple[Route, ...] = (
    *_DESCRIBED,
    open_to_all(f"{V1}/openapi.json", _REFERENCE.show_document, "The OpenAPI document"),
    open_to_all(
        f"{V1}/docs", _REFERENCE.show_page, "The document for people", media=("text/html",)
    ),
)
