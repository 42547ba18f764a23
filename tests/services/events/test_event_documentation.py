"""Every event that is documented looks like the one that is sent, and each is documented."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from event_world import AFFILIATE, WAREHOUSE, told
from invoiced_world import CONFIGURATION, InvoicedWorld
from small_world import AMBIGUOUS, DELIVERED, REFUSED

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.events import EventType
from headgate.services import csv_reading
from headgate.services.events import noting, standing
from headgate.services.imports import importing
from headgate.services.imports.import_plans import Wanted
from headgate.services.invoices import paying
from headgate.services.privacy import erasing
from headgate.services.routing import Leases
from headgate.storage import deliveries

pytestmark = pytest.mark.usefixtures("database", "installation")

DOCUMENT = Path(__file__).parents[3] / "docs" / "events.md"
NOT_SENT = Sent(outcome=Outcome.NOT_SENT, ms=5, written=False, error="unreachable")
BY_WEBHOOK = CONFIGURATION.replace(
    b"{channel: inbox}", b'{channel: webhook, url: "https://first.example/", retry: none}'
)


def documented() -> Iterator[dict[str, Any]]:
    for block in re.findall(r"```json\n(.*?)```", DOCUMENT.read_text("utf-8"), re.S):
        decoder, rest = json.JSONDecoder(), block.strip()
        while rest:
            event, end = decoder.raw_decode(rest)
            yield event
            rest = rest[end:].strip()


def shape(said: Any) -> Any:
    """Return which keys stand where, without what they say."""
    return {key: shape(value) for key, value in said.items()} if isinstance(said, dict) else None


def with_every_event(now: datetime, folder: Path) -> InvoicedWorld:
    webhooks = f"webhooks:{WAREHOUSE}{AFFILIATE}".encode()
    rules = b"    rules: {all: [{field: kind, op: not_equals, value: nobody}]}\n    assignments"
    source = BY_WEBHOOK.replace(b"    assignments", rules) + webhooks
    world = InvoicedWorld(now, source)
    account_id = world.account_id
    sold, given_back = world.sell(2)
    (delivery,) = deliveries.of_leads([sold])[sold]
    noting.note_disposition(
        account_id=account_id, delivery=delivery, disposition="sold", value="9.00", now=now
    )
    world.take_back(given_back)
    for name, sent in (("Bo", REFUSED), ("Cy", AMBIGUOUS), ("Di", NOT_SENT), ("Ed", DELIVERED)):
        world.post(name)
        world.answer(sent)
    nobodys = world.post("Nobody's", kind="nobody")
    erasing.erase_lead(account_id=account_id, lead_id=nobodys, leases=Leases(0), now=now)
    world.post("Nobody's as well", kind="nobody")
    invoice = world.issue()
    paying.mark_paid(account_id=account_id, id=invoice.id, paid_on=now.date(), by="ann", now=now)
    _import_one(world, folder)
    standing.send_test(account_id=account_id, slug="warehouse", now=now)
    return world


def _import_one(world: InvoicedWorld, folder: Path) -> None:
    path = folder / "leads.csv"
    path.write_text("Name,kind\nAnn,nobody\n", encoding="utf-8")
    file = csv_reading.survey(path)
    begun = importing.begin_import(
        account_id=world.account_id, file=file, wanted=Wanted("solar"), force=False, now=world.now
    )
    for records in importing.batches(begun, file):
        importing.take_rows(begun=begun, records=records, now=world.now)


class TestTheDocument:
    def test_shows_one_of_each_as_it_is_sent(self, now: datetime, tmp_path: Path) -> None:
        world = with_every_event(now, tmp_path)

        sent = {each["type"]: shape(each) for each in told(world)}
        to_source = {each["type"]: shape(each) for each in told(world, "affiliate")}

        assert set(sent) == set(EventType)
        shown = list(documented())
        assert {each["type"] for each in shown} == set(EventType)
        for each in shown:
            assert shape(each) in (sent[each["type"]], to_source.get(each["type"])), each["type"]
