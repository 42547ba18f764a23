"""The leads of the demonstration: one every few seconds, as if visitors filled in a form."""

import asyncio
import random
from pathlib import Path

import structlog

from headgate import clock
from headgate.cli.demo import installation
from headgate.cli.demo.installation import Remembered
from headgate.cli.demo.people import person
from headgate.domain.ids import LeadId
from headgate.services.identity import fresh_id
from headgate.services.people import api_keys
from headgate.services.submissions import Submission, Unavailable
from headgate.worker.engine import Engine

_BEGINS_WITH = 8
_MOST_PAUSE_SECONDS = 6.0
_log = structlog.get_logger()


async def keep_posting(engine: Engine, known: Remembered, path: Path) -> None:
    """Post a handful at once for something to see, then one after the other for ever."""
    pauses = random.Random(known.people)  # noqa: S311
    handful = known.people + (0 if known.first_lead else _BEGINS_WITH)
    while True:
        if known.people >= handful:
            await asyncio.sleep(pauses.uniform(1.0, _MOST_PAUSE_SECONDS))
        try:
            lead_id = await _post(engine, known)
        except Unavailable as error:
            _log.warning("demo.not_posted", error=str(error))
            await asyncio.sleep(_MOST_PAUSE_SECONDS)
            continue
        if known.first_lead is None:
            known.first_lead = str(lead_id)
        known.people += 1
        installation.remember(path, known)


async def _post(engine: Engine, known: Remembered) -> LeadId:
    now = clock.now()
    receipt = await engine.writer.receive(
        Submission(
            id=LeadId(fresh_id(now)),
            caller=api_keys.digest_of(known.website_key),
            entity="solar",
            fields=person(known.people),
            received_at=now,
        )
    )
    return receipt.lead.id
