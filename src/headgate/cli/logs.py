"""The log: one line an event on stderr, with ids and no personal data."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.db import DatabaseError


def configure() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_values,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


def without_values(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep a database error's words out: PostgreSQL quotes the row that it refuses."""
    error = event.get("exc_info")
    if isinstance(error, DatabaseError):
        del event["exc_info"]
        event["error"] = type(error).__name__
        event["exception"] = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    return event
