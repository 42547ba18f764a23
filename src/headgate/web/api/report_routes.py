"""The routes of reports."""

from headgate.services.reports import forecasting, latencies, shares
from headgate.services.reports import reporting as reports
from headgate.web.api import reporting
from headgate.web.api.route_kinds import reading

REPORT_ROUTES = (
    reading(
        "/reports/summary",
        reporting.show_summary,
        "Read what came in, what became of it, and what it brought",
        reports.Report,
        query=reporting.FILTERS,
    ),
    reading(
        "/reports/shares",
        reporting.show_shares,
        "Read which share each partner had, and should have had",
        shares.Shares,
        query=reporting.OF_PARTNERS,
    ),
    reading(
        "/reports/latency",
        reporting.show_latency,
        "Read how long leads took to each partner",
        latencies.Latencies,
        query=reporting.OF_PARTNERS,
    ),
    reading(
        "/reports/forecast",
        reporting.show_forecast,
        "Read which caps fill today, if it goes on like the last days",
        forecasting.ForecastShown,
    ),
)
