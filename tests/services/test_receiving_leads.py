"""What becomes of leads that arrive together: stored, judged, routed, in one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from msgspec.structs import replace
from small_world import CONFIGURATION, SmallWorld

from engines import Engine
from headgate.domain.ids import LeadId
from headgate.services import intake
from headgate.services.batches import Answer
from headgate.services.identity import fresh_id
from headgate.services.people import api_keys
from headgate.services.privacy import erasing
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.services.submissions import (
    KeyNotInForce,
    KeyReused,
    NotAllowed,
    Receipt,
    Submission,
    TooFast,
    UnknownEntity,
    UnknownSource,
)
from headgate.storage import deliveries, leads, models
from headgate.storage.keys import KeyScope
from headgate.storage.leads import Lead

pytestmark = pytest.mark.usefixtures("database", "installation")


def world_with(now: datetime, **replaced: str) -> SmallWorld:
    """Make a world whose source or fields differ: `old=new`, spelled as bytes of the file."""
    source = CONFIGURATION
    for name, new in replaced.items():
        old = {
            "source": b"caps: [{per: day, leads: 1000}]",
            "fields": b"{key: kind, type: text}]",
            "first": b"    name: First\n",
        }[name]
        assert old in source
        source = source.replace(old, new.encode())
    return SmallWorld(now, source)


def submission(world: SmallWorld, name: Any = "Ann", **more: Any) -> Submission:
    return Submission(
        id=LeadId(fresh_id(world.now)),
        caller=api_keys.digest_of(more.pop("key", world.key)),
        entity=more.pop("entity", "solar"),
        fields={"name": name, **more.pop("fields", {})},
        received_at=world.now,
        **more,
    )


def submitted(
    world: SmallWorld, *given: Submission, rates: Rates | None = None, free: int = 0
) -> Sequence[Answer]:
    received = intake.receive_leads(
        submissions=given, rates=rates or Rates(), leases=Leases(free), now=world.now
    )
    return received.answers


def stored(*answers: Answer) -> list[Lead]:
    """Return the rows of what was stored, in order."""
    receipts = [each for each in answers if isinstance(each, Receipt)]
    assert len(receipts) == len(answers), answers
    found = leads.find_many(each.lead.id for each in receipts)
    return [found[each.lead.id] for each in receipts]


def states(*answers: Answer) -> list[str]:
    return [str(each.state) for each in stored(*answers)]


class TestABatch:
    def test_answers_in_order_whatever_each_comes_to(self, now: datetime) -> None:
        world = SmallWorld(now)

        answers = submitted(
            world,
            submission(world, "Ann"),
            submission(world, entity="gas"),
            submission(world, key="hg_nobody"),
            submission(world, source="elsewhere"),
            submission(world, "Bob"),
        )

        kinds = [Receipt, UnknownEntity, KeyNotInForce, NotAllowed, Receipt]
        assert [type(each) for each in answers] == kinds

    def test_sees_the_places_of_those_before(self, now: datetime) -> None:
        world = world_with(now, first="    name: First\n    active: true\n")
        many = [submission(world, str(n)) for n in range(60)]

        submitted(world, *many)

        # Fifty an hour fit the first seat; the next in line gets the others.
        by_partner = list(
            models.Delivery.objects.order_by("id").values_list("partner__slug", flat=True)
        )
        assert by_partner == ["first"] * 50 + ["second"] * 10

    def test_leaves_first_sends_leased_as_far_as_there_is_room(self, now: datetime) -> None:
        world = SmallWorld(now)

        received = intake.receive_leads(
            submissions=[submission(world, str(n)) for n in range(3)],
            rates=Rates(),
            leases=Leases(2),
            now=now,
        )

        rows = models.Delivery.objects.order_by("id").values_list("state", "lease")
        assert list(rows) == [("sending", 1), ("sending", 1), ("pending", 0)]
        assert len(received.errands) == 2

    def test_is_judged_anew_when_the_version_moved(self, now: datetime) -> None:
        from headgate.services import configuration, setups

        world = SmallWorld(now)
        setups.in_force(world.account_id)
        configuration.apply_configuration(
            source=CONFIGURATION.replace(
                b"slug: solar, name: Solar", b"slug: wind, name: Wind"
            ).replace(b"entity: solar", b"entity: wind"),
            account_slug=None,
            trusted=True,
            made_by="test",
            now=now,
        )

        (answer,) = submitted(world, submission(world))

        assert isinstance(answer, UnknownEntity)

    def test_takes_keys_only_while_they_are_in_force(self, now: datetime) -> None:
        world = SmallWorld(now)
        submitted(world, submission(world))
        models.ApiKey.objects.update(revoked_at=now)

        (answer,) = submitted(world, submission(world))

        assert isinstance(answer, KeyNotInForce)


class TestAnIdempotencyKey:
    def test_answers_with_the_first_lead(self, now: datetime) -> None:
        world = SmallWorld(now)
        bound = {"idempotency_key": "k", "body_digest": b"same"}

        (first,) = submitted(world, submission(world, **bound))
        (second,) = submitted(world, submission(world, **bound))

        assert isinstance(first, Receipt)
        assert isinstance(second, Receipt)
        assert (second.lead.id, second.replayed) == (first.lead.id, True)
        assert models.Lead.objects.count() == 1

    def test_answers_with_the_first_lead_of_the_same_batch(self, now: datetime) -> None:
        world = SmallWorld(now)
        bound = {"idempotency_key": "k", "body_digest": b"same"}

        first, second = submitted(world, submission(world, **bound), submission(world, **bound))

        assert len({row.id for row in stored(first, second)}) == 1
        assert models.Lead.objects.count() == 1

    def test_refuses_another_body(self, now: datetime) -> None:
        world = SmallWorld(now)
        submitted(world, submission(world, idempotency_key="k", body_digest=b"one"))

        (answer,) = submitted(world, submission(world, idempotency_key="k", body_digest=b"two"))

        assert isinstance(answer, KeyReused)

    def test_is_free_again_after_seven_days(self, now: datetime) -> None:
        world = SmallWorld(now)
        submitted(world, submission(world, idempotency_key="k", body_digest=b"one"))
        world.now = now + timedelta(days=7, seconds=1)

        (answer,) = submitted(
            world, submission(world, "Bob", idempotency_key="k", body_digest=b"two")
        )

        assert isinstance(answer, Receipt)
        assert not answer.replayed
        assert models.Lead.objects.count() == 2

    @pytest.mark.parametrize(("body", "is_answered"), [(b"one", True), (b"two", False)])
    def test_still_stands_for_a_lead_that_was_erased(
        self, now: datetime, body: bytes, is_answered: bool
    ) -> None:
        world = SmallWorld(now)
        (first,) = submitted(world, submission(world, idempotency_key="k", body_digest=b"one"))
        assert isinstance(first, Receipt)
        erasing.erase_lead(
            account_id=world.account_id, lead_id=first.lead.id, leases=Leases(0), now=now
        )

        (late,) = submitted(world, submission(world, idempotency_key="k", body_digest=body))

        assert models.Lead.objects.count() == 1
        assert isinstance(late, Receipt if is_answered else KeyReused)

    def test_is_bound_by_stored_leads_only(self, now: datetime) -> None:
        world = SmallWorld(now)
        submitted(world, submission(world, 5, idempotency_key="k", body_digest=b"bad"))

        (answer,) = submitted(world, submission(world, idempotency_key="k", body_digest=b"good"))

        assert isinstance(answer, Receipt)


class TestADuplicate:
    def test_is_stored_and_sent_to_nobody(self, now: datetime) -> None:
        world = SmallWorld(now)

        first, second = submitted(world, submission(world), submission(world))

        earlier, duplicate = stored(first, second)
        assert (duplicate.state, duplicate.duplicate_of) == ("duplicate", earlier.id)
        assert not duplicate.accepted
        assert deliveries.of_leads([duplicate.id])[duplicate.id] == []

    def test_is_recognised_after_its_batch(self, now: datetime) -> None:
        world = SmallWorld(now)
        submitted(world, submission(world))
        world.now = now + timedelta(days=30)

        (in_time,) = submitted(world, submission(world, " ANN "))
        world.now = now + timedelta(days=30, seconds=1)
        (too_late,) = submitted(world, submission(world))

        assert states(in_time, too_late) == ["duplicate", "in_delivery"]

    def test_is_distributed_with_a_link_where_it_is_flagged(self, now: datetime) -> None:
        world = world_with(now, source="on_duplicate: flag")

        first, second = submitted(world, submission(world), submission(world))

        earlier, flagged = stored(first, second)
        assert (flagged.state, flagged.duplicate_of) == ("in_delivery", earlier.id)

    def test_is_not_looked_for_where_it_is_allowed(self, now: datetime) -> None:
        world = world_with(now, source="on_duplicate: allow")

        first, second = submitted(world, submission(world), submission(world))

        assert [each.duplicate_of for each in stored(first, second)] == [None, None]

    @pytest.mark.parametrize("in_one_batch", [True, False])
    def test_gives_its_values_to_the_earlier_lead(self, now: datetime, in_one_batch: bool) -> None:
        world = world_with(now, source="on_duplicate: update")
        older = submission(world, fields={"kind": "house"})
        newer = submission(world, fields={"kind": "condo"})

        if in_one_batch:
            answers = list(submitted(world, older, newer))
        else:
            answers = [*submitted(world, older), *submitted(world, newer)]

        earlier, duplicate = stored(*answers)
        assert earlier.fields == '{"name":"Ann","kind":"condo"}'
        assert duplicate.state == "duplicate"
        assert '"kind":["house","condo"]' in (earlier.history or "")

    def test_is_no_earlier_lead_itself(self, now: datetime) -> None:
        world = SmallWorld(now)
        first, *_ = submitted(world, submission(world), submission(world))

        (third,) = submitted(world, submission(world))

        assert stored(third)[0].duplicate_of == stored(first)[0].id


class TestASource:
    def test_quarantines_what_is_over_its_cap(self, now: datetime) -> None:
        world = world_with(now, source="caps: [{per: day, leads: 2}]")

        answers = submitted(world, *[submission(world, str(n)) for n in range(3)])

        rows = stored(*answers)
        assert [row.accepted for row in rows] == [True, True, False]
        assert (rows[2].state, rows[2].reason) == ("quarantined", "source_cap")

    def test_quarantines_invalid_leads_where_it_says_so(self, now: datetime) -> None:
        world = world_with(now, source="on_invalid: quarantine")

        (answer,) = submitted(world, submission(world, 5))

        (row,) = stored(answer)
        assert (row.state, row.reason) == ("quarantined", "invalid_fields")
        assert row.extra == '{"name":5}'

    def test_is_slowed_down(self, now: datetime) -> None:
        world = world_with(now, source="rate: {per_minute: 2}")
        rates = Rates()

        answers = submitted(world, *[submission(world, str(n)) for n in range(3)], rates=rates)

        assert [type(each) for each in answers] == [Receipt, Receipt, TooFast]
        world.now = now + timedelta(seconds=30)
        (later,) = submitted(world, submission(world, "later"), rates=rates)
        assert isinstance(later, Receipt)

    def test_is_the_keys_own(self, now: datetime) -> None:
        world = SmallWorld(now)
        admin = api_keys.create_key(
            account_id=world.account_id,
            scope=KeyScope.ADMIN,
            source=None,
            entity=None,
            name="",
            now=now,
        )
        read = api_keys.create_key(
            account_id=world.account_id,
            scope=KeyScope.READ,
            source=None,
            entity=None,
            name="",
            now=now,
        )

        answers = submitted(
            world,
            submission(world, source="api"),
            submission(world, key=read),
            submission(world, key=admin, source="nowhere"),
            submission(world, key=admin, source="site"),
        )

        assert [type(each) for each in answers] == [NotAllowed, NotAllowed, UnknownSource, Receipt]


class TestAHeldLead:
    def test_is_stored_and_counted_but_not_decided(self, now: datetime) -> None:
        world = SmallWorld(now)

        (answer,) = submitted(world, submission(world, distribute=False))

        (row,) = stored(answer)
        assert (row.state, row.accepted, row.rounds) == ("held", True, "[]")


class TestATestLead:
    def test_takes_no_place_and_moves_no_turn(self, now: datetime) -> None:
        world = SmallWorld(now)

        (answer,) = submitted(world, submission(world, test=True))

        (row,) = stored(answer)
        (delivery,) = deliveries.of_leads([row.id])[row.id]
        assert (delivery.channel, delivery.holds_place) == ("inbox", False)
        assert set(models.CapCounter.objects.values_list("used", flat=True)) == {0}
        assert models.Turn.objects.get().standing == "{}"

    def test_is_no_earlier_lead(self, now: datetime) -> None:
        world = SmallWorld(now)

        answers = submitted(world, submission(world, test=True), submission(world))

        assert states(*answers) == ["in_delivery", "in_delivery"]


class TestEncryptedFields:
    def test_are_in_clear_nowhere_at_rest(self, now: datetime, database: Engine) -> None:
        world = world_with(
            now, fields="{key: ssn, type: text, encrypted: true}, {key: kind, type: text}]"
        )
        (answer,) = submitted(world, submission(world, fields={"ssn": "078-05-1120"}))

        (row,) = stored(answer)
        assert row.fields == '{"name":"Ann"}'
        assert row.sealed is not None
        assert b"078-05-1120" not in everything_stored(database)

    def test_are_opened_for_the_partner(self, now: datetime) -> None:
        from headgate.services.errands import claim_errands

        world = world_with(
            now, fields="{key: ssn, type: text, encrypted: true}, {key: kind, type: text}]"
        )
        submitted(world, submission(world, fields={"ssn": "078-05-1120"}))

        (errand,) = claim_errands(limit=1, busy_partners=(), now=now)

        assert errand.facts().values["ssn"] == "078-05-1120"


def everything_stored(database: Engine) -> bytes:
    """Return the raw file of the database, log included, or all its rows as text."""
    if database.name == "sqlite":
        from headgate.storage import sqlite_copies

        file = sqlite_copies.path()
        log = file.with_name(file.name + "-wal")
        return file.read_bytes() + (log.read_bytes() if log.exists() else b"")
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        texts = []
        for table in tables:
            cursor.execute(f"SELECT {table}::text FROM {table}")
            texts += [row[0] for row in cursor.fetchall()]
    return "\n".join(texts).encode()


class TestReceipts:
    def test_are_found_for_what_was_stored(self, now: datetime) -> None:
        world = SmallWorld(now)
        known, unknown = submission(world), submission(world, "Bob")
        submitted(world, known)

        found = intake.find_receipts([known, unknown])

        assert list(found) == [known.id]
        assert len(found[known.id].deliveries) == 1

    def test_name_the_first_sends_that_nobody_made(self, now: datetime) -> None:
        world = SmallWorld(now)
        leased, pending = submission(world), submission(world, "Bob")
        submitted(world, leased, free=1)
        submitted(world, pending)

        errands = intake.first_sends(intake.find_receipts([leased, pending]).values())

        assert [each.lead.id for each in errands] == [leased.id]


class TestAPersonWhoWaited:
    def test_is_not_sold_again_by_the_lead_behind(self, now: datetime) -> None:
        source = CONFIGURATION.replace(
            b"    name: First\n", b"    name: First\n    duplicate_days: 90\n"
        ).replace(b"caps: [{per: hour, leads: 50}]", b"caps: [{per: hour, leads: 1}], at_cap: wait")
        source = source.replace(b"      - {partner: second, priority: 1}\n", b"")
        source = source.replace(b"caps: [{per: day, leads: 1000}]", b"on_duplicate: flag")
        world = SmallWorld(now, source.replace(b"{per: day, leads: 100}, ", b""))
        submitted(world, submission(world, "takes the place"))
        (waiting,) = submitted(world, submission(world, "Ann"))
        assert states(waiting) == ["waiting"]
        world.now = now + timedelta(hours=1)
        models.CapCounter.objects.all().delete()
        source_now = replace(submission(world, "Ann"), received_at=world.now)

        (again,) = submitted(world, source_now)

        assert states(waiting) == ["in_delivery"]
        (round_,) = intake_rounds(again)
        assert "already_has_person" in round_


def intake_rounds(answer: Answer) -> list[str]:
    """Return the results of each assignment in each round, in words."""
    from headgate.services.tracking import explain_lead

    assert isinstance(answer, Receipt)
    explanation = explain_lead(account_id=answer.lead.account_id, lead_id=answer.lead.id)
    return [str(explanation)]
