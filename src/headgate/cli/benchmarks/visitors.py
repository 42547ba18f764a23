"""Who looks at the pages of the brokerage: its owner and a partner, and what there is to open."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from msgspec import Struct

from headgate.cli.benchmarks.brokerage import ENTITIES
from headgate.domain.ids import AccountId, DeliveryId
from headgate.services import setups
from headgate.services.invoices import drawing_up, invoicing
from headgate.services.people import members, membership, portal_access
from headgate.services.people.members import Actor, Seat
from headgate.services.privacy import suppressing
from headgate.storage import invitations, keys, people, walks
from headgate.storage.lists import DeliveryFilter, LeadFilter
from headgate.storage.people import Role
from headgate.web.pages.leads.lead_columns import offered

OWNER, BUYER, GUEST = "owner@brokerage.example", "buyer@partner.example", "new@brokerage.example"
PARTNER, OF_PORTAL = "partner-0", "partner-1"
_FILE = b"first_name,last_name,email\nAda,Example,ada@example.com\nBo,Sample,nobody\n"


class Visit(Struct, frozen=True):
    """A browser in which somebody is signed in, and what the parts of addresses name for them."""

    client: Client
    names: Mapping[str, object]
    in_portal: bool = False

    def slug_at(self, route: str) -> str:
        """Return which thing an address of a room shows."""
        rooms = {
            "distribution": f"{ENTITIES[0]}-0",
            "forms": f"ask-{ENTITIES[0]}",
            "sources": f"website-{ENTITIES[0]}",
            "settings/entities": ENTITIES[0],
            "settings/suppressions": "objections",
        }
        return next((slug for room, slug in rooms.items() if route.startswith(room)), PARTNER)


def arrive(account_id: AccountId, *, now: datetime) -> Iterator[Visit]:
    """Sign both in, when there is one of everything that they may look at."""
    password = secrets.token_urlsafe(12)
    membership.create_user(
        account_id=account_id, email=OWNER, password=password, role=Role.OWNER, now=now
    )
    owner = Client()
    owner.post("/sign-in", {"email": OWNER, "password": password})
    yield Visit(owner, _things(account_id, owner, now))
    _, token = portal_access.invite(
        account_id=account_id, partner=OF_PORTAL, email=BUYER, by=OWNER, now=now
    )
    buyer = Client()
    buyer.post(f"/portal/password/{token}", {"password": password})
    had = walks.page_of_deliveries(
        account_id, DeliveryFilter(partner=OF_PORTAL), before=None, limit=1
    )
    yield Visit(buyer, {"delivery_id": had.rows[0].id}, in_portal=True)


def _things(account_id: AccountId, owner: Client, now: datetime) -> dict[str, object]:
    """Name one of everything in the console's addresses, and make what is not there."""
    members.invite(
        account_id=account_id,
        email=GUEST,
        seat=Seat(Role.MEMBER),
        by=Actor(OWNER, Role.OWNER),
        now=now,
    )
    suppressing.create_list(
        account_id=account_id,
        slug="objections",
        name="Objections",
        partner=None,
        made_by=OWNER,
        now=now,
    )
    entities = setups.in_force(account_id).configuration.entities
    owner.post("/leads/columns", {"column": [each.name for each in offered(entities)]})
    lead = walks.page_of_leads(account_id, LeadFilter(), before=None, limit=1).rows[0]
    return {
        "lead_id": lead.id,
        "delivery_id": _rejected(account_id),
        "entity": ENTITIES[0],
        "user_id": people.find_user(OWNER),
        "invitation_id": invitations.list_all(account_id)[0].id,
        "key_id": keys.list_all(account_id)[0].id,
        "version": 1,
        "number": _imported(owner),
        "sweep_id": _swept(owner, str(lead.id)),
        "invoice_id": _issued(account_id, now),
    }


def _rejected(account_id: AccountId) -> DeliveryId:
    wanted = DeliveryFilter(state="rejected")
    return walks.page_of_deliveries(account_id, wanted, before=None, limit=1).rows[0].id


def _imported(owner: Client) -> str:
    file = SimpleUploadedFile("leads.csv", _FILE)
    taken = owner.post("/imports/new", {"entity": ENTITIES[0], "file": file})
    columns = {f"column-{place}": name for place, name in enumerate(("first_name", "last_name"))}
    begun = owner.post(taken["Location"], {"do": "import", "column-2": "email", **columns})
    return str(begun["Location"]).rpartition("/")[2]


def _swept(owner: Client, lead: str) -> str:
    begun = owner.post("/leads/sweeps", {"act": "distribute", "lead": lead})
    return str(begun["Location"]).rpartition("/")[2]


def _issued(account_id: AccountId, now: datetime) -> object:
    """Invoice what the partner of the last sold lead got this month."""
    sold = DeliveryFilter(state="delivered")
    last = walks.page_of_deliveries(account_id, sold, before=None, limit=1).rows[0]
    partner = setups.in_force(account_id).partner_slugs[last.partner_id]
    period = drawing_up.Period(date(now.year, now.month, 1), now.date() + timedelta(days=1))
    draft = invoicing.make_draft(
        account_id=account_id, partner=partner, period=period, by=OWNER, now=now
    )
    return invoicing.issue_invoice(account_id=account_id, id=draft, by=OWNER, now=now).id
