"""Figures for Prometheus, to whoever is on this machine or knows the token."""

import hmac
import ipaddress
from functools import partial

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest

from headgate import clock
from headgate.services import alerts, health
from headgate.web.api.http import Request, Response
from headgate.web.doors import Doors
from headgate.web.errors import Problem

_waiting = Gauge("headgate_queue", "What waits to be written.", labelnames=("queue",))
_sending = Gauge("headgate_sending", "Deliveries that are being sent.")
_oldest = Gauge(
    "headgate_oldest_untried_seconds", "How long the longest waiting due delivery has been due."
)
_alerts = Gauge("headgate_alerts", "Open alerts.", labelnames=("kind",))


async def show_metrics(request: Request, doors: Doors) -> Response:
    _let_in(request)
    pulse = doors.pulse()
    _waiting.labels("leads").set(pulse.leads_waiting)
    _waiting.labels("outcomes").set(pulse.outcomes_waiting)
    _waiting.labels("calls").set(pulse.calls_waiting)
    _sending.set(pulse.sending)
    now = clock.now()
    backlog = await doors.read(partial(health.look_at_backlog, now=now))
    due_at = backlog.oldest_due_at
    _oldest.set(0 if due_at is None else max(0.0, (now - due_at).total_seconds()))
    for kind, count in (await doors.read(alerts.count_open)).items():
        _alerts.labels(kind).set(count)
    return Response(200, generate_latest(), content_type=CONTENT_TYPE_LATEST.encode())


def _let_in(request: Request) -> None:
    """:raises Problem: neither on this machine nor with the token."""
    if settings.METRICS_TOKEN:
        scheme, _, token = (request.header(b"authorization") or "").partition(" ")
        known = settings.METRICS_TOKEN.encode()
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), known):
            raise Problem(401, "unauthorized", "send the token: Authorization: Bearer …")
    elif not _is_local(request):
        detail = "without HEADGATE_METRICS_TOKEN, /metrics answers this machine only"
        raise Problem(403, "forbidden", detail)


def _is_local(request: Request) -> bool:
    # Behind a proxy on this machine, everybody seems to be on it.
    if b"x-forwarded-for" in request.headers or b"forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client).is_loopback
    except ValueError:
        return False
