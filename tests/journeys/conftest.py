"""A served house, partners on loopback, and accounts of one's own in it."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from house import Account, House, OpenAccount
from partners import Partners
from set_ups import configuration

from engines import Engine

_numbers = count(1)


@pytest.fixture(scope="module")
def house(shared_database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all the tests of a module."""
    served = House(tmp_path_factory.mktemp("house"))
    served.start()
    try:
        yield served
        assert served.stop() == 0
    finally:
        served.leave_nothing()


@pytest.fixture(scope="module")
def partners() -> Iterator[Partners]:
    with Partners() as serving:
        yield serving


@pytest.fixture
def open_account(house: House) -> OpenAccount:
    """Open another account: `open_account(partners=[…], profiles=[…])`, as in a file."""
    return lambda **parts: admit(house, **parts)


def admit(house: House, **parts: Any) -> Account:
    """Apply a configuration to a new account, as another process than the one that serves."""
    slug = f"account-{next(_numbers)}"
    applied = apply(slug, **parts)
    return Account(house, make_key(applied, "admin"), slug=slug)


def apply(slug: str, **parts: Any) -> Any:
    from headgate import clock
    from headgate.services import configuration as configurations
    from headgate.services import sealing

    sealing.unlock(os.environ["HEADGATE_SECRET_KEY"])
    return configurations.apply_configuration(
        source=configuration(slug, **parts).encode(),
        account_slug=None,
        trusted=True,
        made_by="test",
        now=clock.now(),
    ).account.id


def make_key(account_id: Any, scope: str, source: str | None = None) -> str:
    from headgate import clock
    from headgate.services.people import api_keys
    from headgate.storage.keys import KeyScope

    return api_keys.create_key(
        account_id=account_id,
        scope=KeyScope(scope),
        source=source,
        entity=None,
        name="test",
        now=clock.now(),
    )


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[[str], str]:
    """Write a text to a file and return its name."""

    def write(text: str) -> str:
        path = tmp_path / "configuration.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write
