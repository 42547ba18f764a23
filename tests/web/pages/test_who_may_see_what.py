"""Every address of the site, for every role, with what is one's own and what is not."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from reception import ACME, ANN, PASSWORD, RON, Reception, content_of

from headgate.domain.ids import LeadId
from headgate.services import configuration, tracking
from headgate.services.invoices import drawing_up, invoicing
from headgate.services.people import api_keys, members, membership
from headgate.services.people.members import Actor
from headgate.storage import accounts, audit, invitations, keys, people, walks
from headgate.storage.audit import Filters
from headgate.storage.keys import KeyScope
from headgate.storage.lists import LeadFilter
from headgate.storage.people import Role

BEA, MAX, SOL = "bea@acme.example", "max@acme.example", "sol@acme.example"
SECRETS = ("Roofie", "roofie@example.com", "Roof profile", "Roof form")
ROOFS = b"""
  - slug: roofing
    name: Roofing leads
    fields: [{key: first_name, type: text}, {key: email, type: email}]
    statuses: [New]
"""
MORE = b"""
  - {slug: roofs, entity: roofing, name: Roof profile, enabled: true, strategy: first_match,
     assignments: [{partner: sunpeak}]}
sources:
  - {slug: site, entity: solar, name: Site}
  - {slug: roofsite, entity: roofing, name: Roof site}
forms:
  - {slug: quote, entity: solar, source: site, title: Quote, fields: [first_name]}
  - {slug: roof, entity: roofing, source: roofsite, title: Roof form, fields: [first_name]}
"""


def routes() -> Iterator[tuple[str, str, list[str]]]:
    """Give the name, the route and the parameters of every address."""

    def walk(patterns: Any, before: str) -> Iterator[tuple[str, str, list[str]]]:
        for each in patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, route)
            elif isinstance(each, URLPattern):
                yield str(each.name), route, list(each.pattern.converters)

    return walk(get_resolver().url_patterns, "")


ROUTES = list(routes())
# Nobody has to be signed in for these; each looks after itself.
OPEN = {
    *("home", "sign-in", "account_login", "sign-out", "account_logout", "set-up", "join"),
    *("mfa_authenticate", "mfa_login_webauthn", "account_reset_password"),
    *("account_reset_password_done", "account_reset_password_from_key"),
    *("account_reset_password_from_key_done", "public-specification"),
    # The portal is no part of the console; its own test looks at it.
    *(name for name, route, _ in ROUTES if route.startswith("portal")),
}
# Every user has these, of whatever role.
OWN_SIGN_IN = {
    *("your-sign-in", "mfa_index", "mfa_list_webauthn", "end-sessions", "choose-account"),
    *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    *("account_change_password", "mfa_activate_totp", "mfa_deactivate_totp"),
    *("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_add_webauthn"),
    "mfa_remove_webauthn",
}
# What a member's role covers; every other address is for owners and admins.
FOR_MEMBERS = {
    *("dashboard", "send-test-lead", "reports", "export-report", "inbox"),
    *("leads", "lead-columns", "export-leads", "add-lead", "waiting", "ask-sweep", "begin-sweep"),
    *("sweep", "cancel-sweep", "lead", "lead-trace", "edit-lead", "set-status", "assign-lead"),
    *("add-note", "distribute", "decide-lead", "stop-waiting"),
    *("deliveries", "export-deliveries", "delivery", "delivery-panel"),
    *("forms", "new-form", "form", "test-form", "archive-form"),
    *("partners", "partner", "export-partners"),
    *("distribution", "new-profile", "profile", "switch-profile", "copy-profile", "profile-up"),
    *("profile-down", "archive-profile", "test-lead"),
    *("imports", "new-import", "prepare-import", "import", "import-progress", "failed-rows"),
    *("cancel-import", "go-on-import", "undo-import"),
    *("sources", "source", "specification", "specification-file"),
}
NOTHING = "nothing"  # a slug of what this world has none of
REFUSED = {400, 403, 404, 405}


GUARDED = [each for each in ROUTES if each[0] not in OPEN | OWN_SIGN_IN]


class World:
    """Acme with two entities and every kind of thing, and its rival with nothing."""

    def __init__(self, reception: Reception) -> None:
        self.reception, self.account_id = reception, reception.account_id
        source = ACME.replace(b"partners:\n", ROOFS.lstrip(b"\n") + b"partners:\n") + MORE.lstrip(
            b"\n"
        )
        configuration.apply_configuration(
            source=source, account_slug="acme", trusted=True, made_by="test", now=reception.now
        )
        for email, role in ((BEA, Role.ADMIN), (MAX, Role.MEMBER), (SOL, Role.MEMBER)):
            membership.create_user(
                account_id=self.account_id,
                email=email,
                password=PASSWORD,
                role=role,
                now=reception.now,
            )
        sol = people.find_user(SOL)
        assert sol is not None
        people.change_member(self.account_id, sol, role=Role.MEMBER, entities=("solar",))
        self.solar = reception.post_lead(first_name="Sunny", email="sunny@example.com")
        self.roofing = reception.post_lead(
            entity="roofing", first_name="Roofie", email="roofie@example.com"
        )
        reception.answer()
        members.invite(
            account_id=self.account_id,
            email="eve@acme.example",
            seat=members.Seat(Role.MEMBER),
            by=Actor(ANN, Role.OWNER),
            now=reception.now,
        )
        api_keys.create_key(
            account_id=self.account_id,
            scope=KeyScope.INTAKE,
            source="site",
            entity="solar",
            name="",
            now=reception.now,
        )

        self.draft = invoicing.make_draft(
            account_id=self.account_id,
            partner="helios",
            period=drawing_up.Period(date(2026, 11, 1), date(2026, 12, 1)),
            by=ANN,
            now=reception.now,
        )

    def address(self, name: str, route: str, parameters: list[str], entity: str = "solar") -> str:
        lead_id = self.solar if entity == "solar" else self.roofing
        key = next(each.id for each in keys.list_all(self.account_id) if each.source == "site")
        slugs = {
            "distribution/": "residential" if entity == "solar" else "roofs",
            "forms": "quote" if entity == "solar" else "roof",
            "partners": "helios",
            "settings/entities": entity,
            "sources": "site" if entity == "solar" else "roofsite",
        }
        of = {
            "lead_id": lead_id,
            "delivery_id": self.delivery(lead_id),
            "entity": entity,
            "slug": next(
                (slug for begin, slug in slugs.items() if route.startswith(begin)), NOTHING
            ),
            "user_id": people.find_user(ANN),
            "portal_user_id": 1,
            "note_id": 1,
            "invitation_id": invitations.list_all(self.account_id)[0].id,
            "key_id": key,
            "version": 2,
            "number": key if route.startswith("sources") else 1,
            "sweep_id": 1,
            "upload_id": lead_id,
            "request_id": lead_id,
            "invoice_id": self.draft,
            "pk": 1,
        }
        unknown = set(parameters) - set(of)
        assert not unknown, f"{name}: say in this test what {unknown} names"
        return reverse(name, kwargs={each: of[each] for each in parameters})

    def delivery(self, lead_id: LeadId) -> UUID:
        lead = tracking.show_lead(account_id=self.account_id, lead_id=lead_id, in_clear=False)
        return UUID(lead.deliveries[0].id)

    def state(self) -> object:
        """Return what a write to the account would change, sign-ins apart."""
        log = audit.list_page(self.account_id, Filters(), before=None, limit=500)
        return (
            accounts.version_in_force(self.account_id),
            walks.count_leads(self.account_id, LeadFilter()),
            walks.count_leads(self.account_id, LeadFilter(test=True)),
            [each.number for each in log if not each.action.startswith("sign_in.")],
            people.list_members(self.account_id),
            keys.list_all(self.account_id),
        )


@pytest.fixture
def world(reception: Reception) -> World:
    return World(reception)


def ask(client: Client, address: str) -> tuple[int, int]:
    """Return the answers to a look and to a post."""
    client.raise_request_exception = False
    return client.get(address).status_code, client.post(address).status_code


class TestEveryAddress:
    def test_sends_strangers_to_the_sign_in(self, world: World) -> None:
        before, client = world.state(), world.reception.visit()

        told = {
            name: answers
            for name, route, parameters in ROUTES
            if name not in OPEN
            and not set(answers := ask(client, world.address(name, route, parameters)))
            <= {302, 405}
        }

        assert told == {}
        assert world.state() == before

    def test_finds_nothing_of_another_account(self, world: World) -> None:
        before, client = world.state(), world.reception.at_the_desk(RON)
        found = {
            name: answers
            for name, route, parameters in GUARDED
            if parameters
            and not set(answers := ask(client, world.address(name, route, parameters))) <= REFUSED
            # Whose number it is in the other account, nobody learns: nothing happens.
            and name not in {"member", "remove-member", "withdraw", "version", "version-yaml"}
            and name != "prepare-import"  # goes back to where one begins
        }

        assert found == {}
        assert world.state() == before

    def test_shows_nothing_of_another_account(self, world: World) -> None:
        client = world.reception.at_the_desk(RON)
        told = [
            (name, secret)
            for name, route, parameters in GUARDED
            if not parameters
            for shown in [content_of(client.get(world.address(name, route, parameters)))]
            for secret in (ANN, "Sunny", "Helios", *SECRETS)
            if secret in shown
        ]

        assert told == []

    def test_refuses_members_what_is_for_owners_and_admins(self, world: World) -> None:
        before, client = world.state(), world.reception.at_the_desk(MAX)
        opened = {
            name: answers
            for name, route, parameters in GUARDED
            if name not in FOR_MEMBERS
            and not set(answers := ask(client, world.address(name, route, parameters))) <= REFUSED
        }

        assert opened == {}
        assert world.state() == before

    @pytest.mark.parametrize("email", [ANN, BEA, MAX])
    def test_opens_for_whom_it_is(self, world: World, email: str) -> None:
        client = world.reception.at_the_desk(email)
        client.raise_request_exception = False
        refused = {
            name: status
            for name, route, parameters in GUARDED
            if (email != MAX or name in FOR_MEMBERS)
            and (email == ANN or name != "new-account")
            and not {"sweep_id", "upload_id", "pk"} & set(parameters)
            and not route.startswith("imports/")
            for address in [world.address(name, route, parameters)]
            if NOTHING not in address
            for status in [client.get(address).status_code]
            if status in {403, 404} or status >= 500
        }

        assert refused == {}


class TestAMemberOfSomeEntities:
    def test_finds_nothing_of_another_entity(self, world: World) -> None:
        before, client = world.state(), world.reception.at_the_desk(SOL)
        own = {"lead_id", "delivery_id", "entity"}
        found = {
            name: answers
            for name, route, parameters in GUARDED
            if own & set(parameters) or route.startswith(("distribution/profiles", "forms/of"))
            for answers in [ask(client, world.address(name, route, parameters, "roofing"))]
            if not set(answers) <= REFUSED
        }

        assert found == {}
        assert world.state() == before

    def test_is_shown_nothing_of_another_entity(self, world: World) -> None:
        client = world.reception.at_the_desk(SOL)
        told = [
            (name, secret)
            for name, route, parameters in GUARDED
            if name in FOR_MEMBERS and not ({"sweep_id", "upload_id"} & set(parameters))
            for query in ("", "?entity=roofing", "?q=Roof")
            for shown in [content_of(client.get(world.address(name, route, parameters) + query))]
            for secret in SECRETS
            if secret in shown
        ]

        assert told == []

    @pytest.mark.parametrize("name", ["add-lead", "new-profile", "new-form", "test-lead"])
    def test_adds_nothing_to_another_entity(self, world: World, name: str) -> None:
        before, client = world.state(), world.reception.at_the_desk(SOL)

        response = client.post(reverse(name), {"entity": "roofing"})

        assert response.status_code == 404
        assert world.state() == before
