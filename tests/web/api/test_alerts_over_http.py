"""Alerts as programs read them."""

from datetime import timedelta

from desk import Desk

from headgate import clock
from headgate.domain.alerts import AlertKind, Finding
from headgate.services import alerts
from headgate.services.alerts import Change
from headgate.storage import accounts
from headgate.storage import alerts as stored


def furnish(count: int) -> None:
    account = accounts.find("acme")
    assert account is not None
    for number in range(count):
        finding = Finding(AlertKind.CAP_NEAR, f"cap {number}", f"The cap {number} is 90 % used.")
        change = Change(account.id, [finding], [])
        alerts.write_changes(changes=[change], now=clock.now() + timedelta(seconds=number))
    ended = [each.id for each in stored.list_open(account.id) if each.subject == "cap 0"]
    stored.end(ended, now=clock.now())


class TestAlerts:
    def test_are_listed_newest_first_in_pages(self, desk: Desk) -> None:
        desk.run(lambda: furnish(3))

        first = desk.call("GET", "/api/v1/alerts?limit=2").json
        rest = desk.call("GET", f"/api/v1/alerts?limit=2&cursor={first['next']}").json

        subjects = [each["subject"] for each in first["items"] + rest["items"]]
        assert subjects == ["cap 2", "cap 1", "cap 0"]
        assert rest["next"] is None

    def test_are_narrowed_to_those_that_are_open(self, desk: Desk) -> None:
        desk.run(lambda: furnish(2))

        found = desk.call("GET", "/api/v1/alerts?state=open").json["items"]

        assert [each["subject"] for each in found] == ["cap 1"]

    def test_are_counted_for_prometheus(self, desk: Desk) -> None:
        desk.run(lambda: furnish(2))

        text = desk.call("GET", "/metrics", key=None).body.decode()

        assert 'headgate_alerts{kind="cap_near"} 1.0' in text
        assert 'headgate_alerts{kind="channel_open"} 0.0' in text
