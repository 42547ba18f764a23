"""Two accounts behind the console, and somebody at its door."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from reception import Reception


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Hash in no time: how passwords are hashed is no page's business."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _forgotten_guesses() -> None:
    """How often somebody tried is kept per process; it is no other test's business."""
    from django.core.cache import cache
    from reception import ANN, RON

    from headgate.web.pages.sign_in import sign_in

    cache.clear()
    for email in (ANN, RON):
        sign_in.gate.sieges.forgive(email)


@pytest.fixture
def reception(database: object, installation: None, now: datetime) -> Iterator["Reception"]:
    from reception import Reception

    from headgate.web import mailing

    yield Reception(now)
    # A mail that is still being written would find no database any more.
    mailing.wait()
