"""What a partner sees of a lead in its portal, by the settings that it is delivered by."""

from datetime import datetime
from typing import Any

import pytest
from small_world import DELIVERED, SmallWorld

from headgate.domain.ids import LeadId
from headgate.services import portal_leads, setups
from headgate.services.portal_leads import PortalLead
from headgate.services.privacy import erasing
from headgate.services.routing import Leases
from headgate.storage.portal_leads import PortalFilter

pytestmark = pytest.mark.only_on("sqlite")
SOURCE = """
version: 1
account: {slug: acme, name: Acme, timezone: UTC, currency: USD}
entities:
  - {slug: solar, name: Solar, fields: [{key: name, type: text}, {key: kind, type: text},
     {key: home, type: address}, {key: ssn, type: text, encrypted: true}], statuses: [New]}
sources:
  - {slug: site, entity: solar, name: Site}
partners:
  - {slug: first, name: First, DELIVERY}
profiles:
  - {slug: one, entity: solar, enabled: true, strategy: first_match,
     assignments: [{partner: first}]}
"""
HOOK = 'channel: webhook, url: "https://first.example/"'
VALUES = {"ssn": "078-05-1120", "home": {"line1": "Elm St 1", "city": "Salem"}}


def sold(now: datetime, delivery: str, **more: Any) -> tuple[SmallWorld, LeadId]:
    source = SOURCE.replace("DELIVERY", f"delivery: {{{delivery}}}")
    world = SmallWorld(now, source.encode())
    lead_id = world.post("Ann", fields=VALUES, **more)
    world.answer(DELIVERED)
    return world, lead_id


def leads_of(world: SmallWorld) -> list[PortalLead]:
    partner_id = setups.in_force(world.account_id).plan.identities.partners["first"]
    wanted = PortalFilter(account_id=world.account_id, partner_id=partner_id)
    return portal_leads.list_leads(wanted=wanted, before=None, limit=9).items


@pytest.mark.usefixtures("database", "installation")
class TestAPartner:
    @pytest.mark.parametrize(
        ("delivery", "keys"),
        [
            ("channel: portal", ["name", "kind", "home", "ssn"]),
            (HOOK, ["name", "kind", "home", "ssn"]),
            (f"{HOOK}, fields: {{who: name, where: home.city}}", ["name", "home.city"]),
            (f"{HOOK}, fields: {{id: lead_id, from: source, profile: profile}}", []),
            (f"{HOOK}, template: '{{{{ lead.kind }}}} {{{{ lead.source }}}}'", ["kind"]),
            ("channel: inbox", ["name", "kind", "home"]),
        ],
    )
    def test_sees_what_it_was_told(self, now: datetime, delivery: str, keys: list[str]) -> None:
        world, _ = sold(now, delivery)

        (lead,) = leads_of(world)

        assert [each.key for each in lead.fields] == keys
        assert lead.withheld == ()

    def test_sees_no_test_lead_that_went_to_the_inbox(self, now: datetime) -> None:
        world, _ = sold(now, HOOK, test=True)

        assert leads_of(world) == []

    def test_sees_nothing_of_a_person_who_was_erased(self, now: datetime) -> None:
        world, lead_id = sold(now, HOOK)

        erasing.erase_lead(account_id=world.account_id, lead_id=lead_id, leases=Leases(0), now=now)

        (lead,) = leads_of(world)
        assert lead.erased
        assert [each.value for each in lead.fields] == [None] * 4

    def test_sees_a_lead_once_it_may_answer(self, now: datetime) -> None:
        world, _ = sold(now, "channel: portal, accept: required")

        (lead,) = leads_of(world)

        assert [each.key for each in lead.fields] == ["name", "kind"]
        assert lead.withheld == ("Home", "Ssn")
