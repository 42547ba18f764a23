"""An earlier version of the configuration is shown and put in force again."""

from datetime import datetime

import pytest
from small_world import CONFIGURATION, DELIVERED, SmallWorld

from headgate.domain.audit import Action
from headgate.domain.flaws import Flawed
from headgate.services import audit as audit_service
from headgate.services import configuration, drafting, versions
from headgate.storage import audit, setup
from headgate.storage.audit import Filters

SMTP = b"email: {smtp: {host: mail.example, port: 25, sender: a@b.example, password: %s}}\n"


@pytest.fixture
def world(database: object, installation: None, now: datetime) -> SmallWorld:
    return SmallWorld(now, CONFIGURATION + SMTP % b"first")


def apply(world: SmallWorld, source: bytes) -> int:
    return configuration.apply_configuration(
        source=source, account_slug="acme", trusted=True, made_by="ann", now=world.now
    ).version


def roll_back(world: SmallWorld, to: int) -> configuration.Applied:
    return versions.roll_back(
        account_id=world.account_id, to=to, made_by="ann@acme.example", now=world.now
    )


class TestRollingBack:
    def test_makes_a_new_version_of_the_old_document(self, world: SmallWorld) -> None:
        before = drafting.load(world.account_id, 1)
        apply(world, CONFIGURATION.replace(b"name: Second", b"name: Third") + SMTP % b"first")

        applied = roll_back(world, 1)

        assert applied.version == 3
        assert drafting.load(world.account_id, 3) == before
        assert any("Second" in change for change in applied.changes)

    def test_keeps_todays_secrets(self, world: SmallWorld) -> None:
        changed = CONFIGURATION.replace(b"name: Second", b"name: Third")
        apply(world, changed + SMTP % b"second")

        roll_back(world, 1)

        kept = drafting.load(world.account_id, 3).email.smtp
        todays = drafting.load(world.account_id, 2).email.smtp
        assert kept == todays

    def test_changes_nothing_where_nothing_is_different(self, world: SmallWorld) -> None:
        assert roll_back(world, 1).version == 1

    def test_is_noted(self, world: SmallWorld) -> None:
        apply(world, CONFIGURATION.replace(b"name: Second", b"name: Third") + SMTP % b"first")
        roll_back(world, 1)

        [entry, *_] = audit.list_page(world.account_id, Filters(), before=None, limit=1)

        assert entry.action == Action.ROLLED_BACK
        assert entry.actor == "ann@acme.example"
        assert "Second" in (entry.after or "")
        assert list(audit_service.breaches()) == []


class TestAVersion:
    def test_is_written_without_its_secrets(self, world: SmallWorld) -> None:
        written = versions.version_yaml(account_id=world.account_id, version=1)

        assert "based_on: 1" in written
        assert "first" not in written.partition("entities:")[0]

    def test_that_is_not_there_is_an_error(self, world: SmallWorld) -> None:
        with pytest.raises(setup.VersionNotFound):
            versions.version_yaml(account_id=world.account_id, version=9)


class TestTheCurrency:
    def test_may_change_while_nothing_was_charged(self, world: SmallWorld) -> None:
        assert apply(world, CONFIGURATION.replace(b"USD", b"EUR")) == 2

    def test_may_not_change_once_there_is_a_ledger(self, world: SmallWorld) -> None:
        world.post("Ann")
        world.answer(DELIVERED)

        with pytest.raises(Flawed, match="currency cannot change"):
            apply(world, CONFIGURATION.replace(b"USD", b"EUR"))
