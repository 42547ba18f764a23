"""Who may ask what: every route, by every kind of key, for own and foreign things."""

import zlib
from typing import Any

import pytest
from desk import Answer, Desk

from headgate import clock
from headgate.domain.deliveries import Outcome
from headgate.services.people import api_keys
from headgate.storage import accounts, keys
from headgate.storage.keys import KeyScope
from headgate.web.api.route import Route
from headgate.web.api.routes import ROUTES

# Which key may do what does not depend on the engine.
pytestmark = pytest.mark.only_on("sqlite")
KEYED = [route for route in ROUTES if route.scopes]
REFUSED = (401, 403, 404, 500)
SCOPES = {
    "read": KeyScope.READ,
    "intake": KeyScope.INTAKE,
}
# What acme's answers hold and nobody else may learn.
SECRETS = ("Ann", "ann@example.com", "SunPeak", "sunpeak", "helios", "078-05")
UNKNOWN = f"hg_{'A' * 40}{zlib.crc32(b'A' * 40):08x}"
BODIES: dict[str, object] = {
    "/api/v1/leads": {"entity": "solar", "fields": {"first_name": "Bo"}},
    "/api/v1/leads/bulk": {"entity": "solar", "leads": [{"first_name": "Bo"}]},
    "/api/v1/intake/{entity}": {"first_name": "Bo"},
    "/api/v1/leads/{lead}": {"note": "Call after six"},
    "/api/v1/simulate": {"entity": "solar", "fields": {"first_name": "Bo"}},
    "/api/v1/deliveries/retry": {"state": "failed"},
    "/api/v1/deliveries/{delivery}/resolve": {"outcome": "delivered"},
    "/api/v1/deliveries/{delivery}/reject": {"reason": "no"},
    "/api/v1/deliveries/{delivery}/return": {"reason": "no answer"},
    "/api/v1/deliveries/{delivery}/request-return": {"reason": "no answer"},
    "/api/v1/deliveries/{delivery}/dispositions": {"disposition": "sold"},
    "/api/v1/returns/{return}/grant": {"note": "granted"},
    "/api/v1/returns/{return}/refuse": {"note": "too late"},
    "/api/v1/partners/{partner}/top-up": {"amount": "5.00"},
    "/api/v1/partners/{partner}/adjust": {"amount": "5.00", "reason": "a mistake"},
    **{
        f"/api/v1/{kind}/{{slug}}": {"name": "Other"}
        for kind in ("entities", "sources", "partners", "profiles", "forms")
    },
    "/api/v1/webhooks/{slug}": {
        "url": "https://warehouse.example/",
        "secret": {"stored": True},
        "events": ["lead.delivered"],
    },
    "/api/v1/profiles/{profile}/assignments": {"partner": "helios", "slug": "again"},
    "/api/v1/profiles/{profile}/assignments/{assignment}": {"partner": "helios"},
    "/api/v1/suppressions": {"slug": "objections"},
    "/api/v1/suppressions/{slug}/add": {"values": ["ann@example.com"]},
    "/api/v1/suppressions/{slug}/remove": {"values": ["ann@example.com"]},
    "/api/v1/erase": {"email": "somebody@example.com"},
    "/api/v1/suppressed": {"value": "ann@example.com"},
    "/api/v1/config/plan": {"version": 1, "account": {"slug": "acme"}},
    "/api/v1/config/apply": {"version": 1, "account": {"slug": "acme"}},
}


WEBHOOK = {
    "slug": "dnc",
    "url": "https://warehouse.example/",
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAA",
    "events": ["lead.received"],
}


def ask(desk: Desk, route: Route, key: str | None, lead: Any) -> Answer:
    """Ask for things of acme, whoever the key belongs to."""
    if route.path.startswith("/api/v1/suppressions/"):
        desk.call("POST", "/api/v1/suppressions", {"slug": "dnc"})
    if route.path.startswith("/api/v1/webhooks/"):
        desk.call("POST", "/api/v1/webhooks", WEBHOOK)
    slugs = {
        "/api/v1/entities/{slug}": "solar",
        "/api/v1/sources/{slug}": "site",
        "/api/v1/partners/{slug}": "sunpeak",
        "/api/v1/partners/{slug}/test-delivery": "sunpeak",
        "/api/v1/profiles/{slug}": "residential",
        "/api/v1/forms/{slug}": "quote",
    }
    path = route.path.format(
        lead=lead["id"],
        delivery=lead["deliveries"][0]["id"],
        entity="solar",
        profile="residential",
        assignment="sunpeak",
        slug=slugs.get(route.path, "dnc"),
        invoice=invoice_of(desk) if "{invoice}" in route.path else "",
        partner="sunpeak",
        **{
            "import": import_of(desk),
            "return": return_of(desk, lead) if "{return}" in route.path else "",
            "event": event_of(desk) if "{event}" in route.path else "",
        },
    )
    if (route.method, route.path) == ("POST", "/api/v1/imports"):
        return desk.upload(b"first_name\nBo\n", key=key)
    return desk.call(route.method, path, BODIES.get(route.path), key=key)


def invoice_of(desk: Desk) -> str:
    wanted = {"partner": "sunpeak", "from": "2026-01-01", "to": "2027-01-01"}
    return str(desk.call("POST", "/api/v1/invoices", wanted).json["id"])


def return_of(desk: Desk, lead: Any) -> str:
    desk.end_tries(Outcome.DELIVERED)
    delivery = lead["deliveries"][0]["id"]
    desk.call("POST", f"/api/v1/deliveries/{delivery}/request-return", {"reason": "no answer"})
    return str(desk.call("GET", "/api/v1/returns").json["items"][0]["id"])


def event_of(desk: Desk) -> str:
    return str(desk.call("POST", "/api/v1/webhooks/dnc/test").json["id"])


def import_of(desk: Desk) -> int:
    return int(desk.upload(b"first_name\nAnn\n,\n", key="admin").json["id"])


class TestEveryRoute:
    def test_wants_a_key_in_force(self, desk: Desk, subtests: pytest.Subtests) -> None:
        desk.run(revoke_all)
        for route in KEYED:
            with subtests.test(f"{route.method} {route.path}"):
                answers = [
                    desk.call(route.method, route.path, BODIES.get(route.path), key=key)
                    for key in (None, "", "hg_nonsense", UNKNOWN, "admin")
                ]

                assert {answer.status for answer in answers} == {401}
                assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}

    @pytest.mark.parametrize("key", ["read", "intake"])
    def test_refuses_scopes_that_are_not_its_own(
        self, desk: Desk, key: str, subtests: pytest.Subtests
    ) -> None:
        lead = desk.post_lead(source="site")
        for route in KEYED:
            if SCOPES[key] not in route.scopes:
                with subtests.test(f"{route.method} {route.path}"):
                    assert ask(desk, route, key, lead).status == 403

    @pytest.mark.parametrize("key", ["read", "intake"])
    def test_lets_in_scopes_that_only_read_or_send(
        self, desk: Desk, key: str, subtests: pytest.Subtests
    ) -> None:
        lead = desk.post_lead(source="site")
        for route in KEYED:
            if SCOPES[key] in route.scopes:
                with subtests.test(f"{route.method} {route.path}"):
                    assert ask(desk, route, key, lead).status not in REFUSED

    @pytest.mark.parametrize(
        "route", [pytest.param(each, id=f"{each.method} {each.path}") for each in KEYED]
    )
    def test_lets_in_the_accounts_own_admin_alone(self, desk: Desk, route: Route) -> None:
        lead = desk.post_lead(source="site")

        foreign = ask(desk, route, "rival admin", lead)
        own = ask(desk, route, "admin", lead)

        assert foreign.status < 500
        learnt = foreign.body.decode().replace("'sunpeak'", "")  # its own word, quoted back
        assert not [secret for secret in SECRETS if secret in learnt]
        assert "{" not in route.path or foreign.status == 404
        assert KeyScope.ADMIN not in route.scopes or own.status not in REFUSED


def revoke_all() -> None:
    account = accounts.find("acme")
    assert account is not None
    for key in keys.list_all(account.id):
        api_keys.revoke_key(account_id=account.id, key_id=key.id, now=clock.now())


class TestASource:
    def test_sees_its_own_lead_without_partner_or_price(self, desk: Desk) -> None:
        lead = desk.post_lead(key="intake")

        seen = desk.call("GET", f"/api/v1/leads/{lead['id']}", key="intake").json

        assert seen.keys() == {"id", "entity", "state", "received_at", "outcome"}
        assert "sunpeak" not in str(seen)

    def test_does_not_see_another_sources_lead(self, desk: Desk) -> None:
        lead = desk.post_lead(key="intake")

        answer = desk.call("GET", f"/api/v1/leads/{lead['id']}", key="other source")

        assert answer.status == 404
