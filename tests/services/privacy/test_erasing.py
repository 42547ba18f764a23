"""Erasing leaves nothing of a person: in no table, and in no file of the database."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from small_world import SmallWorld

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.dispositions import Feedback
from headgate.domain.flaws import Flawed
from headgate.domain.ids import DeliveryId, LeadId
from headgate.services import feedback, returning, verification
from headgate.services.delivery import Report, record_outcomes
from headgate.services.errands import claim_errands
from headgate.services.privacy import erasing, erasing_persons, suppressing
from headgate.services.routing import Leases
from headgate.storage import deliveries, leads, models, sqlite_copies

SET_UP = b"""
version: 1
account: {slug: acme, name: Acme, timezone: UTC, currency: USD}
entities:
  - slug: solar
    name: Solar
    fields:
      - {key: name, type: text}
      - {key: kind, type: text}
      - {key: email, type: email}
      - {key: phone, type: phone, region: US}
      - {key: ssn, type: text, encrypted: true}
      - {key: other, type: email, encrypted: true}
      - {key: home, type: address}
    statuses: [New]
    duplicates: {match: [phone], within_days: 30}
sources: [{slug: site, entity: solar, name: Site, on_duplicate: update}]
partners:
  - {slug: hook, name: Hook, delivery: {channel: webhook, url: "https://hook.example/",
     answer: {redirect: "$.to"}}}
  - {slug: mail, name: Mail, delivery: {channel: email, to: [a@mail.example], digest: hourly}}
  - {slug: late, name: Late, delivery: {channel: webhook, url: "https://late.example/",
     retry: [60]}}
  - {slug: inbox, name: Inbox, delivery: {channel: inbox}}
profiles:
  - slug: all
    entity: solar
    name: All
    enabled: true
    strategy: send_to_all
    price: "10.00"
    rules: {all: [{field: name, op: is_not_empty}]}
    assignments: [{partner: hook}, {partner: mail}, {partner: late}, {partner: inbox}]
webhooks:
  - {slug: warehouse, url: "https://warehouse.example/",
     secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAAAA,
     events: [lead.received, lead.delivered, lead.returned, lead.erased, delivery.disposition,
              delivery.delivered, delivery.refused, delivery.failed, delivery.unknown]}
"""
# One marker a place, so that what is left says where it was.
MARKERS = (
    "markername", "markermail", "markerhome", "markerextra", "markerconsent", "markernote",
    "markerexternal", "markeridempotency", "markernewname", "markerrequest", "markeranswer",
    "markererror", "markerredirect", "markerreason", "markerremark", "markerruling",
    "markersaid", "markerreference",
)  # fmt: skip
SEALED = ("markerssn", "markerother", "markerbody")


@pytest.fixture
def world(database: object, installation: None, now: datetime) -> SmallWorld:
    return SmallWorld(now, SET_UP)


def plant(world: SmallWorld) -> LeadId:
    """Take in a lead that says something about the person in every place there is."""
    lead_id = world.post(
        "",
        fields={
            "name": "Markername",
            "email": "markermail@example.com",
            "phone": "+12025550143",
            "ssn": "markerssn",
            "other": "markerother@example.com",
            "home": {"line1": "Markerhome 1"},
            "hobby": "markerextra",
        },
        loose=True,
        consent={"page": "https://example.com/markerconsent"},
    )
    row = models.Lead.objects.get(id=lead_id)
    row.note, row.external_id = "markernote", "markerexternal"
    row.idempotency_key, row.idempotency_digest = "markeridempotency", b"markeridempotency"
    row.save()
    answer(world)
    ask_back(world, lead_id)
    say(world, lead_id)
    world.post("", fields={"name": "Markernewname", "phone": "+12025550143"})
    return lead_id


def answer(world: SmallWorld) -> None:
    """Have the partners take the lead in telling words, but the one that is late."""
    late = models.Partner.objects.get(slug="late").pk
    reports = []
    for errand in claim_errands(limit=100, busy_partners=(), now=world.now):
        took = errand.delivery.partner_id != late
        sent = Sent(
            outcome=Outcome.DELIVERED if took else Outcome.AMBIGUOUS,
            ms=5,
            written=True,
            status=200 if took else None,
            answer="markeranswer",
            error=None if took else "markererror",
            redirect_url="https://example.com/markerredirect" if took else None,
        )
        reports.append(
            Report(
                errand=errand,
                at=world.now,
                ended_at=world.now,
                sent=sent,
                shown={"method": "POST", "url": "x", "headers": {}, "body": "markerrequest"},
                body=b"markerbody",
            )
        )
    record_outcomes(reports=reports, leases=Leases(0), now=world.now)


def ask_back(world: SmallWorld, lead_id: LeadId) -> None:
    """Have a partner ask for a return in its own words, and staff refuse it in theirs."""
    delivered = models.Delivery.objects.get(lead_id=lead_id, partner__slug="hook")
    request = returning.request_return(
        account_id=world.account_id,
        delivery_id=DeliveryId(delivered.pk),
        reason="markerreason",
        remark="markerremark",
        by="buyer@hook.example",
        now=world.now,
    )
    returning.refuse_return(
        account_id=world.account_id,
        request_id=request.id,
        note="markerruling",
        by="ann@acme.example",
        now=world.now,
    )


def say(world: SmallWorld, lead_id: LeadId) -> None:
    """Have a partner say what became of the lead, twice, in its own words."""
    delivered = models.Delivery.objects.get(lead_id=lead_id, partner__slug="hook")
    for disposition in ("contacted", "lost"):
        feedback.hear(
            account_id=world.account_id,
            delivery_id=DeliveryId(delivered.pk),
            feedback=Feedback(disposition, "markersaid", None, f"markerreference {disposition}"),
            by="buyer@hook.example",
            now=world.now,
        )


def erase(world: SmallWorld, lead_id: LeadId) -> None:
    erasing.erase_lead(
        account_id=world.account_id, lead_id=lead_id, leases=Leases(0), now=world.now
    )


def left_in_tables(markers: tuple[str, ...]) -> set[tuple[str, str]]:
    """Return each marker that stands in a table, with the table."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {table}")
            for row in cursor.fetchall():
                text = " ".join(map(_text, row)).casefold()
                found |= {(marker, table) for marker in markers if marker in text}
    return found


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return str(value)


def left_in_files(markers: tuple[str, ...]) -> set[tuple[str, str]]:
    """Return each marker that stands in a file beside the database, with the file."""
    folder = sqlite_copies.path().parent
    return {
        (marker, path.name)
        for path in folder.iterdir()
        if path.is_file()
        for marker in markers
        if marker.encode() in path.read_bytes().lower()
    }


class TestAnErasedLead:
    def test_was_in_the_tables_before(self, world: SmallWorld) -> None:
        plant(world)

        found = left_in_tables(MARKERS + SEALED)

        assert {marker for marker, _ in found} == set(MARKERS)

    def test_is_in_no_table(self, world: SmallWorld) -> None:
        lead_id = plant(world)
        (again,) = models.Lead.objects.exclude(id=lead_id).values_list("id", flat=True)

        erase(world, lead_id)
        erase(world, LeadId(again))

        assert left_in_tables(MARKERS) == set()
        assert list(models.MatchKey.objects.all()) == []
        assert {lead.sealed for lead in leads.find_many([lead_id]).values()} == {None}

    @pytest.mark.only_on("sqlite")
    def test_is_in_no_file(self, world: SmallWorld) -> None:
        lead_id = plant(world)
        (again,) = models.Lead.objects.exclude(id=lead_id).values_list("id", flat=True)
        before = left_in_files(MARKERS)
        erase(world, lead_id)
        erase(world, LeadId(again))

        done = erasing.leave_no_trace()

        assert {marker for marker, _ in before} == set(MARKERS)
        assert done is True
        assert left_in_files(MARKERS) == set()

    def test_leaves_the_books_as_they_were(self, world: SmallWorld) -> None:
        lead_id = plant(world)

        erase(world, lead_id)

        assert list(verification.verify()) == []
        states = {each.state for each in deliveries.of_leads([lead_id])[lead_id]}
        assert states == {"delivered", "cancelled"}
        assert models.LedgerEntry.objects.count() == 2


def details(**said: str) -> Any:
    return erasing_persons.read_details(
        email=said.get("email"), phone=said.get("phone"), region=said.get("region")
    )


class TestFindingAPerson:
    @pytest.mark.parametrize(
        "said",
        [
            {"email": "MarkerMail@example.com"},
            {"email": "markerother@example.com"},
            {"phone": "(202) 555-0143", "region": "US"},
            {"email": "nobody@example.com", "phone": "12025550143"},
        ],
    )
    def test_looks_into_every_field(self, world: SmallWorld, said: dict[str, str]) -> None:
        lead_id = plant(world)

        found = erasing_persons.find_leads(account_id=world.account_id, details=details(**said))

        assert str(lead_id) in {each.id for each in found}

    def test_names_the_partners_that_have_the_lead(self, world: SmallWorld) -> None:
        plant(world)

        (found,) = erasing_persons.find_leads(
            account_id=world.account_id, details=details(email="markermail@example.com")
        )

        assert found.partners == ["hook", "inbox"]

    def test_takes_nobody_whose_address_only_ends_alike(self, world: SmallWorld) -> None:
        plant(world)

        found = erasing_persons.find_leads(
            account_id=world.account_id, details=details(email="mail@example.com")
        )

        assert found == []

    @pytest.mark.parametrize(
        ("said", "wrong"),
        [
            ({}, "email: give an email address"),
            ({"email": "12025550143"}, "email: this is no email address"),
            ({"phone": "ann@example.com"}, "phone: this is no phone number"),
            ({"phone": "555"}, "phone: this is no phone number"),
        ],
    )
    def test_says_what_it_cannot_read(self, said: dict[str, str], wrong: str) -> None:
        with pytest.raises(Flawed, match=wrong):
            details(**said)


class TestLeftovers:
    def test_go_where_they_mention_the_person(self, world: SmallWorld) -> None:
        vault = suppressing.open_vault(world.account_id)
        source_id = models.Source.objects.get(slug="site").pk
        for text in ("Ann,markermail@example.com,1", "Bob,amarkermail@example.com,1"):
            models.RefusedRequest.objects.create(
                account_id=world.account_id,
                source_id=source_id,
                at=world.now,
                status=422,
                sealed=vault.seal(text.encode()),
            )

        gone = erasing_persons.forget_leftovers(
            account_id=world.account_id, details=details(email="markermail@example.com")
        )

        assert gone == 1
        assert models.RefusedRequest.objects.count() == 1


class TestSuppressingAPerson:
    def test_makes_the_list_of_objections(self, world: SmallWorld) -> None:
        said = details(email="markerlisted@example.com", phone="+12025550143")

        for _ in range(2):
            erasing_persons.suppress(
                account_id=world.account_id,
                details=said,
                slug=suppressing.OBJECTIONS,
                made_by="test",
                now=world.now,
            )

        (shown,) = suppressing.show_lists(account_id=world.account_id)
        assert (shown.name, shown.entries) == ("Objections", 2)
        assert left_in_tables(("markerlisted", "2025550143")) == set()
