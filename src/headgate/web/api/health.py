"""Whether this process is alive and ready for work."""

import asyncio
from time import monotonic

import structlog
from msgspec import Struct

from headgate import clock
from headgate.services import health
from headgate.web.api.http import Request, Response, json_response
from headgate.web.doors import Doors

CHECK_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 30.0
REFUSAL_STANDS_SECONDS = 30.0
# Anybody may ask, and each look is a write, so an answer stands for a moment.
_STANDS_SECONDS = 1.0
_log = structlog.get_logger()


class Health(Struct, frozen=True):
    """`checks` says of each whether it is `ok`, or what is wrong."""

    status: str
    checks: dict[str, str] = {}


class _Latest:
    """The last answer, and when it was found."""

    health = Health("unknown")
    at = float("-inf")


def forget() -> None:
    """Have the next answer found anew."""
    _Latest.at = float("-inf")


async def show_alive(request: Request, doors: Doors) -> Response:  # noqa: ARG001
    return json_response(Health("alive"))


async def show_ready(request: Request, doors: Doors) -> Response:  # noqa: ARG001
    if monotonic() - _Latest.at > _STANDS_SECONDS:
        _Latest.health = await _look(doors)
        _Latest.at = monotonic()
    return json_response(_Latest.health, 200 if _Latest.health.status == "ready" else 503)


async def _look(doors: Doors) -> Health:
    checks = dict.fromkeys(("database", "writer", "clock", "dispatcher"), "ok")
    try:
        await asyncio.wait_for(doors.write(_check_database), CHECK_SECONDS)
    except TimeoutError:
        checks["writer"] = f"wrote nothing for {CHECK_SECONDS:.0f} s"
    except health.ClockDiffers as error:
        checks["clock"] = str(error)
    except Exception as error:
        _log.warning("readiness.failed", error=repr(error))
        checks["database"] = "cannot be written"
    pulse = doors.pulse()
    refused = pulse.lead_refused_seconds_ago
    if refused is not None and refused < REFUSAL_STANDS_SECONDS:
        # A disk that is full may still take the small write that was tried here.
        checks["database"] = f"did not take a lead {refused:.0f} s ago"
    idle = pulse.dispatcher_looked_seconds_ago
    if idle > LONGEST_PAUSE_SECONDS:
        checks["dispatcher"] = f"has not looked for work for {idle:.0f} s"
    ready = set(checks.values()) == {"ok"}
    return Health("ready" if ready else "unready", checks)


def _check_database() -> None:
    # The clock is read where the database's is, not before the wait for the writer.
    health.check_database(now=clock.now())
