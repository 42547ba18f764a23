"""What the operator's tools ask."""

from collections.abc import Iterator
from typing import Any

import pytest
from desk import Desk

from headgate.domain.deliveries import Outcome
from headgate.web.api import health


@pytest.fixture(autouse=True)
def _forgotten_health() -> Iterator[None]:
    health.forget()
    yield
    health.forget()


class TestHealth:
    def test_is_alive_without_a_key(self, desk: Desk) -> None:
        assert desk.call("GET", "/healthz", key=None).json["status"] == "alive"

    def test_is_ready_when_every_check_passes(self, desk: Desk) -> None:
        ready = desk.call("GET", "/readyz", key=None)

        assert ready.status == 200
        assert set(ready.json["checks"].values()) == {"ok"}

    def test_names_a_database_that_takes_nothing(self, desk: Desk) -> None:
        desk.takes_no_writes = True

        unready = desk.call("GET", "/readyz", key=None)

        assert unready.status == 503
        assert unready.json["checks"]["database"] == "cannot be written"

    @pytest.mark.parametrize(("ago", "status"), [(3.0, 503), (31.0, 200)])
    def test_names_a_database_that_lately_refused_a_lead(
        self, desk: Desk, ago: float, status: int
    ) -> None:
        desk.lead_refused_seconds_ago = ago

        told = desk.call("GET", "/readyz", key=None)

        assert told.status == status
        assert ("did not take a lead 3 s ago" in str(told.json)) is (status == 503)

    def test_names_a_dispatcher_that_no_longer_looks(self, desk: Desk) -> None:
        desk.dispatcher_looked_seconds_ago = 99

        unready = desk.call("GET", "/readyz", key=None)

        assert unready.status == 503
        assert unready.json["checks"]["dispatcher"] == "has not looked for work for 99 s"


class TestMetrics:
    def test_count_what_passes(self, desk: Desk) -> None:
        desk.post_lead()
        desk.end_tries(Outcome.DELIVERED)

        text = desk.call("GET", "/metrics", key=None).body.decode()

        assert 'headgate_requests_total{method="POST",route="/api/v1/leads",status="201"}' in text
        assert 'headgate_queue{queue="leads"} 1.0' in text
        assert "headgate_oldest_untried_seconds 0.0" in text

    @pytest.mark.parametrize("headers", [{"x-forwarded-for": "1.2.3.4"}, {"forwarded": "for=x"}])
    def test_answer_nobody_through_a_proxy(self, desk: Desk, headers: dict[str, str]) -> None:
        assert desk.call("GET", "/metrics", key=None, headers=headers).status == 403

    def test_answer_this_machine_only(self, desk: Desk) -> None:
        assert desk.call("GET", "/metrics", key=None, client="192.0.2.1").status == 403

    def test_answer_anywhere_to_the_token(self, desk: Desk, settings: Any) -> None:
        settings.METRICS_TOKEN = "s3cr3t"

        allowed = desk.call("GET", "/metrics", key="s3cr3t", client="192.0.2.1")
        refused = desk.call("GET", "/metrics", key="other", client="127.0.0.1")

        assert (allowed.status, refused.status) == (200, 401)
