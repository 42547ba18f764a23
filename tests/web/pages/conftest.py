"""Two accounts behind the console, and somebody at its door."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from reception import Reception


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Hash in no time: how passwords are hashed is no page's business."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def reception(database: object, installation: None, now: datetime) -> "Reception":
    from reception import Reception

    return Reception(now)
