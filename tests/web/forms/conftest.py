"""A booth with a form in it, before the same doors that the API's tests stand at."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from booth import Booth

sys.path.append(str(Path(__file__).parent.parent / "api"))


@pytest.fixture
def booth(database: object, installation: None) -> Iterator["Booth"]:
    from booth import Booth

    with Booth() as open_booth:
        yield open_booth
