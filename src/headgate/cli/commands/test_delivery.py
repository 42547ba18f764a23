"""`headgate test-delivery`: send a partner a made-up lead, and print what was sent and answered."""

import argparse
import asyncio

import msgspec
from django.conf import settings

from headgate import clock
from headgate.channels import registry
from headgate.channels.addresses import Reach
from headgate.channels.contract import Sent
from headgate.cli import choosing, environment
from headgate.domain.deliveries import Outcome
from headgate.services import trial_delivery
from headgate.services.trial_delivery import Seats, Trial
from headgate.services.writing import write_json


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    trial = trial_delivery.make_trial(
        account_id=choosing.account(given.account).id,
        partner=given.partner,
        seats=Seats(given.profile, given.assignment),
        fallback=given.fallback,
        now=clock.now(),
    )
    sent = None if trial.request is None else asyncio.run(_send(trial))
    told = trial_delivery.tell_trial(trial, sent)
    print(msgspec.json.format(write_json(told), indent=2))
    return 0 if told.outcome in (None, Outcome.DELIVERED) else 1


async def _send(trial: Trial) -> Sent:
    sender = registry.channel(trial.channel).open(Reach(settings.ALLOW_PRIVATE_NETWORKS))
    try:
        return await sender.send(trial.request, now=clock.now())
    finally:
        await sender.close()
