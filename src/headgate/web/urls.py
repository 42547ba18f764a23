"""Every address of the site."""

from django.urls import include, path
from django.views.generic import RedirectView

from headgate.web.pages import dashboard, inbox
from headgate.web.pages.deliveries import deliveries, handling, replaying, returns, telling
from headgate.web.pages.reports import report_mails, reports
from headgate.web.pages.sign_in import first_run, sign_in
from headgate.web.pages.sources import specification

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="dashboard"), name="home"),
    path("dashboard", dashboard.show_dashboard, name="dashboard"),
    path("dashboard/ahead", dashboard.look_ahead, name="look-ahead"),
    path("dashboard/test-lead", dashboard.send_test_lead, name="send-test-lead"),
    path("", include("headgate.web.sign_in_urls")),
    path("settings/entities", include("headgate.web.entity_urls")),
    path("settings/", include("headgate.web.settings_urls")),
    path("account", sign_in.choose_account, name="choose-account"),
    path("set-up/<str:token>", first_run.create_owner, name="set-up"),
    path("", include("headgate.web.lead_urls")),
    path("deliveries", deliveries.list_deliveries, name="deliveries"),
    path("deliveries.csv", deliveries.export_deliveries, name="export-deliveries"),
    path("deliveries/retry", replaying.replay, name="replay"),
    path("deliveries/<uuid:delivery_id>/retry", handling.retry_delivery, name="retry"),
    path("deliveries/<uuid:delivery_id>/resolve", handling.resolve_delivery, name="resolve"),
    path("deliveries/<uuid:delivery_id>/cancel", handling.cancel_delivery, name="cancel"),
    path("deliveries/<uuid:delivery_id>/disposition", telling.tell, name="tell"),
    path("deliveries/<uuid:delivery_id>/return", returns.return_delivery, name="return-delivery"),
    path("deliveries/<uuid:delivery_id>", deliveries.show_delivery, name="delivery"),
    path("deliveries/<uuid:delivery_id>/panel", deliveries.show_panel, name="delivery-panel"),
    path("returns", returns.list_returns, name="returns"),
    path("returns/<uuid:request_id>/grant", returns.grant_return, name="grant-return"),
    path("returns/<uuid:request_id>/refuse", returns.refuse_return, name="refuse-return"),
    path("forms", include("headgate.web.form_urls")),
    path("partners", include("headgate.web.partner_urls")),
    path("portal", include("headgate.web.portal.urls")),
    path("distribution", include("headgate.web.distribution_urls")),
    path("imports", include("headgate.web.import_urls")),
    path("invoices", include("headgate.web.invoice_urls")),
    path("sources", include("headgate.web.source_urls")),
    path("posting/<str:token>", specification.show_public, name="public-specification"),
    path("reports", reports.show_report, name="reports"),
    path("reports/by-mail", report_mails.edit_report_mails, name="report-mails"),
    path("reports.csv", reports.export_report, name="export-report"),
    path("inbox", inbox.list_arrivals, name="inbox"),
]

handler400 = "headgate.web.refusals.show_bad_request"
handler403 = "headgate.web.refusals.show_forbidden"
handler404 = "headgate.web.refusals.show_not_found"
handler429 = "headgate.web.refusals.show_too_many"  # looked for by allauth
handler500 = "headgate.web.refusals.show_failure"
