"""What every command needs before it starts: Django, the log, the database, the key."""

import argparse
import logging
import os
import sys
from pathlib import Path

import django
import structlog
from django.conf import settings
from django.core.management import call_command

from headgate import clock


def set_up_django(given: argparse.Namespace) -> None:
    """Load the settings and the tables, and write the log to stderr.

    A command with a data directory of its own uses no other database.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headgate.settings")
    if getattr(given, "own_data_dir", None):
        os.environ["HEADGATE_DATA_DIR"] = given.own_data_dir
        os.environ.pop("HEADGATE_DATABASE_URL", None)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    django.setup()


def migrate() -> None:
    """Bring the database up to date."""
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        Path(settings.DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def open_installation() -> None:
    """Check the installation key against the database, or make one for a new database."""
    from headgate.services import installation  # noqa: PLC0415 (it knows tables)

    key = installation.open_installation(
        given_key=settings.INSTALLATION_KEY, keep_key=_keep_key, now=clock.now()
    )
    settings.INSTALLATION_KEY = settings.SECRET_KEY = key


def _keep_key(key: str) -> None:
    path: Path = settings.SECRET_KEY_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    path.write_text(key + "\n", encoding="utf-8")
