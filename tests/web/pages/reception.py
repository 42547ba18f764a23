"""The console over a real database, with two accounts, their owners, and leads of many fates."""

import itertools
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import async_to_sync
from django.test import Client

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import LeadId
from headgate.services import configuration
from headgate.services.delivery import Report, record_outcomes
from headgate.services.errands import claim_errands
from headgate.services.identity import fresh_id
from headgate.services.intake import receive_leads
from headgate.services.people import api_keys, membership
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.services.submissions import Receipt, Submission
from headgate.storage import accounts
from headgate.storage.keys import KeyScope
from headgate.storage.people import Role

ACME = b"""
version: 1
account: {slug: acme, name: Acme Leads, timezone: Europe/Berlin, currency: USD}
entities:
  - slug: solar
    name: Solar leads
    fields:
      - {key: first_name, label: First name, type: text}
      - {key: email, type: email}
      - {key: zip, label: ZIP code, type: postcode}
      - {key: ssn, label: Social security number, type: text, encrypted: true}
    duplicates: {match: [email], within_days: 30}
    statuses: [New, Won]
partners:
  - slug: helios
    name: Helios Homes
    caps: [{per: day, leads: 25}]
    delivery: {channel: webhook, url: "https://helios.example/", retry: none}
  - slug: sunpeak
    name: SunPeak Energy
    delivery: {channel: inbox}
  - {slug: paused, name: Paused Roofs, active: false, delivery: {channel: inbox}}
profiles:
  - slug: residential
    entity: solar
    name: Residential
    enabled: true
    price: "12.50"
    assignments:
      - {partner: helios, priority: 3}
      - {partner: sunpeak, priority: 2, rules: {all: [{field: zip, op: starts_with, value: "90"}]}}
      - {partner: paused, priority: 1}
"""
RIVAL = b"""
version: 1
account: {slug: rival, name: Rival Leads, timezone: UTC, currency: EUR}
"""
PASSWORD = "water-flows-down"
ANN, RON = "ann@acme.example", "ron@rival.example"
DELIVERED = Sent(outcome=Outcome.DELIVERED, ms=5, written=True, status=200, answer="thank you")
_addresses = itertools.count(1)


class Reception:
    """Ann owns the account acme, Ron the account rival; each visit comes from an address anew."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        for source, email in ((ACME, ANN), (RIVAL, RON)):
            applied = configuration.apply_configuration(
                source=source, account_slug=None, trusted=True, made_by="test", now=now
            )
            membership.create_user(
                account_id=applied.account.id,
                email=email,
                password=PASSWORD,
                role=Role.OWNER,
                now=now,
            )
        acme = accounts.find("acme")
        assert acme is not None
        self.account_id = acme.id
        self._key = api_keys.create_key(
            account_id=acme.id, scope=KeyScope.ADMIN, source=None, entity=None, name="", now=now
        )

    def visit(self, *, checks_csrf: bool = False) -> Client:
        number = next(_addresses)
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        return Client(enforce_csrf_checks=checks_csrf, REMOTE_ADDR=address)

    def sign_in(self, client: Client, email: str = ANN, password: str = PASSWORD) -> Any:
        return client.post("/sign-in", {"email": email, "password": password})

    def at_the_desk(self, email: str = ANN) -> Client:
        """Return a browser in which somebody is signed in."""
        client = self.visit()
        assert self.sign_in(client, email).status_code == 302
        return client

    def post_lead(
        self, *, entity: str = "solar", test: bool = False, distribute: bool = True, **fields: str
    ) -> LeadId:
        submission = Submission(
            id=LeadId(fresh_id(self.now)),
            caller=api_keys.digest_of(self._key),
            entity=entity,
            fields=fields,
            received_at=self.now,
            test=test,
            distribute=distribute,
        )
        received = receive_leads(
            submissions=[submission], rates=Rates(), leases=Leases(0), now=self.now
        )
        (receipt,) = received.answers
        assert isinstance(receipt, Receipt), receipt
        return receipt.lead.id

    def answer(self, sent: Sent = DELIVERED) -> None:
        """Have every partner with a due delivery answer so."""
        shown = {"method": "POST", "url": "https://helios.example/", "headers": {}, "body": "Ann"}
        record_outcomes(
            reports=[
                Report(
                    errand=errand,
                    at=self.now,
                    ended_at=self.now,
                    sent=sent,
                    shown=shown,  # type: ignore[arg-type]
                    body=b"Ann",
                )
                for errand in claim_errands(limit=99, busy_partners=(), now=self.now)
            ],
            leases=Leases(0),
            now=self.now,
        )


def text_of(client: Client, path: str, **query: str) -> str:
    """Return a page or a file that must be there."""
    response = client.get(f"{path}?{urlencode(query)}" if query else path)
    assert response.status_code == 200, (path, response.status_code)
    return content_of(response)


def content_of(response: Any) -> str:
    """Return what an answer says, also where it is written while it is read."""

    async def gathered() -> bytes:
        return b"".join([part async for part in response.streaming_content])

    if not response.streaming:
        return str(response.content.decode())
    whole = async_to_sync(gathered)() if response.is_async else b"".join(response)
    return whole.decode()
