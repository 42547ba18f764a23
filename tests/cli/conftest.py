from pathlib import Path

import pytest
from commands import Headgate

from engines import Engine

CONFIGURATION = """
version: 1
account: {slug: acme, name: Acme, timezone: UTC, currency: USD}
entities:
  - {slug: solar, name: Solar, fields: [{key: name, type: text, required: true}], statuses: [New]}
sources:
  - {slug: site, entity: solar, name: Site}
partners:
  - {slug: box, name: Box, caps: [{per: day, leads: 100}], delivery: {channel: inbox}}
profiles:
  - slug: all
    entity: solar
    name: All
    enabled: true
    strategy: first_match
    price: "10.00"
    assignments: [{partner: box}]
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """Give a configuration file that has nothing wrong with it."""
    path = tmp_path / "acme.yaml"
    path.write_text(CONFIGURATION, encoding="utf-8")
    return path


@pytest.fixture
def fresh(tmp_path: Path) -> Headgate:
    """Give the command where nothing was ever installed."""
    return Headgate(
        tmp_path,
        HEADGATE_DATA_DIR=str(tmp_path / "data"),
        HEADGATE_DATABASE_URL=None,
        HEADGATE_SECRET_KEY=None,
    )


@pytest.fixture
def headgate(database: Engine, tmp_path: Path) -> Headgate:
    """Give the command on a migrated database without rows."""
    return Headgate(tmp_path, HEADGATE_DATA_DIR=str(tmp_path / "data"))


@pytest.fixture
def configured(headgate: Headgate, configuration: Path) -> Headgate:
    """Give the command on a database in which the configuration is in force."""
    headgate.does("apply", str(configuration), "--yes")
    return headgate
