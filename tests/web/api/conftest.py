"""A desk with two accounts behind it, and a key of every scope."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desk import Desk


@pytest.fixture
def desk(database: object, installation: None) -> Iterator["Desk"]:
    from desk import Desk

    with Desk() as open_desk:
        yield open_desk
