"""Every address of the site."""

from django.urls import include, path
from django.views.generic import RedirectView

from headgate.web.pages import (
    deliveries,
    first_run,
    handling,
    inbox,
    leads,
    replaying,
    sign_in,
    waiting,
)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="leads"), name="home"),
    path("", include("headgate.web.sign_in_urls")),
    path("account", sign_in.choose_account, name="choose-account"),
    path("set-up/<str:token>", first_run.create_owner, name="set-up"),
    path("leads", leads.list_leads, name="leads"),
    path("leads/waiting", waiting.list_waiting, name="waiting"),
    path("leads/<uuid:lead_id>/decide", waiting.decide_lead, name="decide-lead"),
    path("leads/<uuid:lead_id>/stop-waiting", waiting.stop_waiting, name="stop-waiting"),
    path("leads/<uuid:lead_id>", leads.show_lead, name="lead"),
    path("leads/<uuid:lead_id>/trace", leads.show_trace, name="lead-trace"),
    path("deliveries", deliveries.list_deliveries, name="deliveries"),
    path("deliveries/retry", replaying.replay, name="replay"),
    path("deliveries/<uuid:delivery_id>/retry", handling.retry_delivery, name="retry"),
    path("deliveries/<uuid:delivery_id>/resolve", handling.resolve_delivery, name="resolve"),
    path("deliveries/<uuid:delivery_id>/cancel", handling.cancel_delivery, name="cancel"),
    path("deliveries/<uuid:delivery_id>", deliveries.show_delivery, name="delivery"),
    path("deliveries/<uuid:delivery_id>/panel", deliveries.show_panel, name="delivery-panel"),
    path("partners", include("headgate.web.partner_urls")),
    path("inbox", inbox.list_arrivals, name="inbox"),
]

handler400 = "headgate.web.pages.refusals.show_bad_request"
handler403 = "headgate.web.pages.refusals.show_forbidden"
handler404 = "headgate.web.pages.refusals.show_not_found"
handler500 = "headgate.web.pages.refusals.show_failure"
