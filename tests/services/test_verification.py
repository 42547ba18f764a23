from datetime import datetime, timedelta

import pytest
from small_world import AMBIGUOUS, CONFIGURATION, DELIVERED, SmallWorld, with_every_fate

from headgate.services.verification import verify

pytestmark = pytest.mark.usefixtures("database", "installation")

SHADOWED = (
    "account", "assignment", "attempt", "capcounter", "configversion", "delivery", "lead",
    "ledgerentry", "partner", "profile",
)  # fmt: skip
NO_SUCH_ID = "'00000000000000000000000000000000'"
DELIVERED_ONE = (
    "id = (SELECT id FROM storage_delivery"
    " WHERE state = 'delivered' AND NOT test ORDER BY id LIMIT 1)"
)
ONE_IN_STATE = "id = (SELECT id FROM storage_delivery WHERE state = '{}' ORDER BY id LIMIT 1)"
ONE_LEAD = "id = (SELECT id FROM storage_lead WHERE state = '{}' ORDER BY id LIMIT 1)"


def plant(*statements: str) -> None:
    """Spoil rows past every constraint, in copies that shadow the tables for this connection."""
    from django.db import connection

    usual = "public" if connection.vendor == "postgresql" else "main"
    with connection.cursor() as cursor:
        for name in SHADOWED:
            table = f"storage_{name}"
            cursor.execute(f"CREATE TEMP TABLE {table} AS SELECT * FROM {usual}.{table}")
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount, f"nothing was planted by {statement}"


def copied(table: str, where: str, **changed: str) -> str:
    """Return a statement that inserts a row again with some columns changed."""
    from django.apps import apps

    model = apps.get_model("storage", table)
    columns = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(changed.get(column, column) for column in columns)
    name = f"storage_{table}"
    return f"INSERT INTO {name} ({', '.join(columns)}) SELECT {values} FROM {name} WHERE {where}"


def found() -> set[str]:
    return {breach.check for breach in verify()}


class TestVerify:
    def test_finds_nothing_wrong_with_what_the_services_wrote(self, now: datetime) -> None:
        with_every_fate(now)

        assert list(verify()) == []

    def test_finds_nothing_wrong_with_an_empty_installation(self) -> None:
        assert list(verify()) == []

    def test_names_the_rows(self, now: datetime) -> None:
        with_every_fate(now)
        plant("UPDATE storage_capcounter SET used = 77 WHERE scope = 'partner' AND unit = 'leads'")

        (breach,) = verify()

        assert breach.check == "counter_differs"
        assert breach.message.startswith("the cap of partner ")
        assert "says 77 used, but the rows say 4" in breach.message


PLANTED = {
    "a partner's counter lost a place": (
        "counter_differs",
        "UPDATE storage_capcounter SET used = used - 1 WHERE scope = 'partner' AND unit = 'leads'",
    ),
    "a partner's money is not what its places hold": (
        "counter_differs",
        "UPDATE storage_capcounter SET used = used + 1 WHERE unit = 'spend'",
    ),
    "a profile's total is too high": (
        "counter_differs",
        "UPDATE storage_capcounter SET used = used + 1 WHERE scope = 'profile'",
    ),
    "an assignment's hour is too high": (
        "counter_differs",
        "UPDATE storage_capcounter SET used = used + 1 WHERE scope = 'assignment'",
    ),
    "a source's counter is too high": (
        "counter_differs",
        "UPDATE storage_capcounter SET used = used + 1 WHERE scope = 'source'",
    ),
    "a counter of nobody": (
        "counter_of_nobody",
        "UPDATE storage_capcounter SET owner_id = 99999 WHERE scope = 'source'",
    ),
    "a place beyond the limit": (
        "place_over_limit",
        "UPDATE storage_delivery SET places = '[[1,1,101,100,false]]' WHERE "
        + ONE_IN_STATE.format("pending"),
    ),
    "a place in somebody else's cap": (
        "foreign_place",
        "UPDATE storage_delivery SET places = '[[' ||"
        " (SELECT id FROM storage_capcounter WHERE scope = 'partner' AND unit = 'leads')"
        " || ',1,1,100,false]]' WHERE partner_id ="
        " (SELECT id FROM storage_partner WHERE slug = 'second')",
    ),
    "a rejected delivery holds its place": (
        "place_not_given_back",
        "UPDATE storage_delivery SET holds_place = (1 = 1) WHERE "
        + ONE_IN_STATE.format("rejected"),
    ),
    "a test holds a place": (
        "place_not_given_back",
        "UPDATE storage_delivery SET holds_place = (1 = 1) WHERE test",
    ),
    "an unknown delivery lost its place": (
        "place_lost",
        "UPDATE storage_delivery SET holds_place = (1 = 0) WHERE " + ONE_IN_STATE.format("unknown"),
    ),
    "a delivered lead is not charged": (
        "not_charged",
        "DELETE FROM storage_ledgerentry WHERE delivery_id ="
        f" (SELECT id FROM storage_delivery WHERE {DELIVERED_ONE})",
    ),
    "a refused lead is charged": (
        "charged_undelivered",
        "UPDATE storage_ledgerentry SET delivery_id ="
        " (SELECT id FROM storage_delivery WHERE state = 'rejected' ORDER BY id LIMIT 1)"
        f" WHERE delivery_id = (SELECT id FROM storage_delivery WHERE {DELIVERED_ONE})",
    ),
    "a charge of no delivery": (
        "charged_undelivered",
        "UPDATE storage_ledgerentry SET delivery_id = NULL WHERE delivery_id ="
        f" (SELECT id FROM storage_delivery WHERE {DELIVERED_ONE})",
    ),
    "a lead is charged twice": (
        "charged_twice",
        copied("ledgerentry", "amount_minor = 2500", id=NO_SUCH_ID),
    ),
    "a credit for what nobody returned": (
        "credited_unreturned",
        copied("ledgerentry", "amount_minor = 2500", id=NO_SUCH_ID, kind="'credit'"),
    ),
    "a charge is not the delivery's price": (
        "charge_differs",
        "UPDATE storage_ledgerentry SET amount_minor = 1 WHERE amount_minor = 2500",
    ),
    "a charge is in another currency": (
        "charge_differs",
        "UPDATE storage_ledgerentry SET currency = 'EUR' WHERE amount_minor = 2500",
    ),
    "an adjustment is in another currency": (
        "unknown_entry",
        copied(
            "ledgerentry", "amount_minor = 2500",
            id=NO_SUCH_ID, kind="'adjustment'", currency="'EUR'", delivery_id="NULL",
        ),
    ),
    "an entry is of no known kind": (
        "unknown_entry",
        copied("ledgerentry", "amount_minor = 2500", id=NO_SUCH_ID, kind="'gift'"),
    ),
    "a partner got a lead twice": (
        "partner_twice",
        copied("delivery", ONE_IN_STATE.format("pending"), id=NO_SUCH_ID),
    ),
    "an exclusive lead stands with two partners": (
        "exclusive_twice",
        "UPDATE storage_delivery SET state = 'delivered' WHERE state = 'rejected'",
    ),
    "a sold lead says that it is undelivered": (
        "wrong_state",
        "UPDATE storage_lead SET state = 'undelivered' WHERE state = 'delivered'",
    ),
    "a sold lead says that it is held": (
        "wrong_state",
        "UPDATE storage_lead SET state = 'held' WHERE state = 'delivered'",
    ),
    "an unmatched lead says that it waits": (
        "wrong_state",
        "UPDATE storage_lead SET state = 'waiting' WHERE state = 'unmatched'",
    ),
    "an open delivery is never looked at": (
        "open_without_end",
        "UPDATE storage_delivery SET due_at = NULL WHERE " + ONE_IN_STATE.format("pending"),
    ),
    "an ended delivery is due": (
        "ended_and_due",
        "UPDATE storage_delivery SET due_at = created_at WHERE " + ONE_IN_STATE.format("rejected"),
    ),
    "an ended delivery is parked": (
        "parked_but_not_pending",
        "UPDATE storage_delivery SET parked_at = created_at WHERE " + DELIVERED_ONE,
    ),
    "an attempt is missing": (
        "attempts_differ",
        "DELETE FROM storage_attempt WHERE id = (SELECT MIN(id) FROM storage_attempt)",
    ),
    "attempts are misnumbered": (
        "attempts_differ",
        "UPDATE storage_attempt SET n = 7 WHERE id = (SELECT MIN(id) FROM storage_attempt)",
    ),
    "an attempt of no delivery": (
        "attempt_of_nothing",
        copied("attempt", "id = 1", id="99999", delivery_id=NO_SUCH_ID),
    ),
    "a delivery of no lead": (
        "delivery_of_nothing",
        "DELETE FROM storage_lead WHERE " + ONE_LEAD.format("in_delivery"),
    ),
    "a delivery to nobody": ("foreign_partner", "UPDATE storage_delivery SET partner_id = 99999"),
    "a delivery by a version that is gone": (
        "unknown_version",
        "UPDATE storage_delivery SET config_version = 9 WHERE " + DELIVERED_ONE,
    ),
    "a selection without its delivery": (
        "selection_without_delivery",
        "DELETE FROM storage_delivery WHERE " + ONE_IN_STATE.format("pending"),
    ),
    "an idempotency key stands for two leads": (
        "key_bound_twice",
        "UPDATE storage_lead SET idempotency_key = 'one' WHERE idempotency_key = 'two'",
    ),
    "a lead waits for ever": (
        "wait_without_end",
        "UPDATE storage_lead SET look_at = received_at WHERE state = 'unmatched'",
    ),
    "an import has leads of rows that it did not reach": (
        "row_not_reached",
        "UPDATE storage_lead SET import_id = 7, import_row = 1 WHERE state = 'unmatched'",
    ),
    "the version in force is gone": (
        "nothing_in_force",
        "UPDATE storage_account SET config_version = 9",
    ),
}  # fmt: skip


class TestPlantedBreach:
    @pytest.mark.parametrize("case", PLANTED)
    def test_is_found(self, case: str, now: datetime) -> None:
        expected, *statements = PLANTED[case]
        with_every_fate(now)
        plant(*statements)

        assert expected in found()


class TestExclusiveLead:
    def test_may_go_on_beside_an_unknown_delivery_where_the_operator_said_so(
        self, now: datetime
    ) -> None:
        world = SmallWorld(
            now, CONFIGURATION.replace(b"priority: 2,", b"priority: 2, on_ambiguous: next,")
        )
        world.post("Ann")
        world.answer(AMBIGUOUS, DELIVERED)

        assert found() == set()


class TestSourceCap:
    def test_counts_a_lead_that_waited_past_midnight_in_one_window_only(
        self, now: datetime
    ) -> None:
        world = SmallWorld(now)
        world.now = (now + timedelta(days=1)).replace(hour=0)
        world.post("Ann", received_at=world.now - timedelta(seconds=1))

        assert found() == set()
