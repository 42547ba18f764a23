"""A configuration file put in force: versions, identities, secrets and counts that outlive it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from small_world import CONFIGURATION, DELIVERED, SmallWorld

from headgate.domain.flaws import Flawed
from headgate.services import configuration, setups
from headgate.services.configuration import Applied
from headgate.services.drafting import BasedOnAnother
from headgate.storage import accounts, leads, models, setup

pytestmark = pytest.mark.usefixtures("database", "installation")
SECRET = CONFIGURATION.replace(
    b"retry: none,", b"retry: none, auth: {type: bearer, token: s3cr3t},"
)
FROM_ENVIRONMENT = CONFIGURATION.replace(
    b"retry: none,", b"retry: none, auth: {type: bearer, token: {env: BUYER_TOKEN}},"
)


def applied(source: bytes, now: datetime, *, trusted: bool = True, force: bool = False) -> Applied:
    return configuration.apply_configuration(
        source=source, account_slug=None, trusted=trusted, force=force, made_by="test", now=now
    )


def used(scope: str) -> dict[str, int]:
    rows = models.CapCounter.objects.filter(scope=scope, unit="leads")
    return dict(rows.values_list("per", "used"))


class TestApply:
    def test_makes_the_account_at_version_one(self, now: datetime) -> None:
        done = applied(CONFIGURATION, now)

        assert (done.account.slug, done.version) == ("acme", 1)
        assert accounts.version_in_force(done.account.id) == 1

    def test_keeps_the_version_when_nothing_changes(self, now: datetime) -> None:
        applied(CONFIGURATION, now)

        again = applied(CONFIGURATION, now)

        assert (again.version, again.changes) == (1, ())

    @pytest.mark.parametrize("source", [CONFIGURATION, SECRET, FROM_ENVIRONMENT])
    def test_changes_nothing_by_what_was_exported(self, now: datetime, source: bytes) -> None:
        done = applied(source, now)
        exported = configuration.export_yaml(account_id=done.account.id)

        again = applied(exported.encode(), now, trusted=False)

        assert (again.version, again.changes) == (1, ())

    def test_applies_nothing_of_a_flawed_file(self, now: datetime) -> None:
        done = applied(CONFIGURATION, now)

        with pytest.raises(Flawed):
            applied(CONFIGURATION.replace(b"first_match", b"by_magic"), now)

        assert accounts.version_in_force(done.account.id) == 1

    def test_refuses_what_is_based_on_another_version(self, now: datetime) -> None:
        done = applied(CONFIGURATION, now)
        exported = configuration.export_yaml(account_id=done.account.id).encode()
        applied(CONFIGURATION.replace(b"name: Second", b"name: Other"), now)
        mine = exported.replace(b"name: First", b"name: Mine")

        with pytest.raises(BasedOnAnother) as refusal:
            applied(mine, now)

        assert (refusal.value.based_on, refusal.value.version) == (1, 2)
        assert refusal.value.changes
        assert applied(mine, now, force=True).version == 3

    def test_changes_no_account_but_the_callers(self, now: datetime) -> None:
        applied(CONFIGURATION, now)
        applied(CONFIGURATION.replace(b"slug: acme", b"slug: other"), now)

        with pytest.raises(Flawed):
            configuration.apply_configuration(
                source=CONFIGURATION,
                account_slug="other",
                trusted=True,
                made_by="test",
                now=now,
            )

    def test_decides_everything_after_it(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("before")
        applied(CONFIGURATION.replace(b"priority: 2", b"priority: 0"), now)

        world.post("after")

        by_name = models.Delivery.objects.order_by("id").values_list(
            "partner__slug", "config_version"
        )
        assert list(by_name) == [("first", 1), ("second", 2)]

    def test_makes_one_version_of_each_when_two_come_at_once(
        self, now: datetime, at_once: Callable[..., list[Any]]
    ) -> None:
        done = applied(CONFIGURATION, now)
        names = [b"One", b"Two", b"Three"]
        sources = [CONFIGURATION.replace(b"Second", name) for name in names]

        at_once(*[lambda source=source: applied(source, now) for source in sources])

        assert accounts.version_in_force(done.account.id) == 4
        assert models.ConfigVersion.objects.count() == 4


class TestPlan:
    def test_writes_nothing(self, now: datetime) -> None:
        done = applied(CONFIGURATION, now)

        planned = configuration.plan_configuration(
            source=CONFIGURATION.replace(b"Second", b"Other"), account_slug=None, trusted=True
        )

        assert planned.changes
        assert accounts.version_in_force(done.account.id) == 1

    def test_of_a_new_account_makes_none(self) -> None:
        configuration.plan_configuration(source=CONFIGURATION, account_slug=None, trusted=True)

        assert accounts.list_all() == []


class TestSecrets:
    def test_are_stored_sealed(self, now: datetime) -> None:
        done = applied(SECRET, now)

        assert b"s3cr3t" not in setup.get_document(done.account.id, 1)

    def test_are_exported_without_being_told(self, now: datetime) -> None:
        done = applied(SECRET, now)

        exported = configuration.export_yaml(account_id=done.account.id)

        assert "s3cr3t" not in exported
        assert "stored: true" in exported

    def test_are_kept_and_opened_when_used(self, now: datetime) -> None:
        done = applied(SECRET, now)
        exported = configuration.export_yaml(account_id=done.account.id).encode()
        applied(exported.replace(b"name: First", b"name: Renamed"), now)

        in_force = setups.in_force(done.account.id)

        (seat, *_) = in_force.plan.entities["solar"].lines[0].seats
        assert in_force.version == 2
        assert in_force.secret(seat.ways[0].settings.auth.token) == "s3cr3t"  # type: ignore[union-attr]

    def test_from_new_variables_need_the_command_line(self, now: datetime) -> None:
        applied(CONFIGURATION, now)

        with pytest.raises(Flawed, match="BUYER_TOKEN"):
            applied(FROM_ENVIRONMENT, now, trusted=False)

        assert applied(FROM_ENVIRONMENT, now).version == 2

    def test_from_known_variables_do_not(self, now: datetime) -> None:
        applied(FROM_ENVIRONMENT, now)

        changed = applied(FROM_ENVIRONMENT.replace(b"Second", b"Other"), now, trusted=False)

        assert changed.version == 2

    def test_that_the_environment_lacks_are_missing(
        self, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("BUYER_TOKEN", raising=False)
        in_force = setups.in_force(applied(FROM_ENVIRONMENT, now).account.id)
        (seat, *_) = in_force.plan.entities["solar"].lines[0].seats

        with pytest.raises(setups.MissingSecret, match="BUYER_TOKEN"):
            in_force.secret(seat.ways[0].settings.auth.token)  # type: ignore[union-attr]


WITHOUT_FIRST = CONFIGURATION.replace(
    b"      - {partner: first, priority: 2, caps: [{per: hour, leads: 50}]}\n", b""
)


class TestCounts:
    def test_outlive_an_archived_assignment(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        applied(WITHOUT_FIRST, now)
        world.post("Bob")
        applied(CONFIGURATION, now)

        world.post("Cleo")

        assert used("assignment") == {"hour": 2}

    def test_of_a_new_cap_begin_with_what_the_rows_say(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")
        world.answer(DELIVERED)

        applied(CONFIGURATION.replace(b"{per: hour, leads: 50}", b"{per: week, leads: 2}"), now)
        world.post("Bob")
        world.post("Cleo")

        assert used("assignment") == {"week": 2}
        assert models.Delivery.objects.filter(partner__slug="second").count() == 1

    def test_survive_a_changed_limit(self, now: datetime) -> None:
        world = SmallWorld(now)
        world.post("Ann")

        applied(CONFIGURATION.replace(b"{per: hour, leads: 50}", b"{per: hour, leads: 1}"), now)
        world.post("Bob")

        assert used("assignment") == {"hour": 1}

    def test_follow_the_partners_zone(self, now: datetime) -> None:
        world = SmallWorld(now)  # 10:00 UTC, which is 3:00 in Denver
        world.now = now.replace(hour=6, minute=30)
        world.post("Ann")  # still yesterday there
        world.now = now
        world.post("Bob")

        applied(
            CONFIGURATION.replace(
                b"    name: First\n", b"    name: First\n    timezone: America/Denver\n"
            ),
            now,
        )
        world.post("Cleo")

        assert used("partner") == {"day": 2}


class TestWaitingLeads:
    def test_are_decided_again_by_a_raised_cap(self, now: datetime) -> None:
        full = CONFIGURATION.replace(
            b"{per: hour, leads: 50}]", b"{per: hour, leads: 0}], at_cap: wait"
        ).replace(b"      - {partner: second, priority: 1}\n", b"")
        world = SmallWorld(now, full)
        lead_id = world.post("Ann")
        assert models.Lead.objects.get(id=lead_id).state == "waiting"

        applied(full.replace(b"leads: 0", b"leads: 1"), now)

        assert leads.due_waiting(world.account_id, now=now, limit=9) == [lead_id]
