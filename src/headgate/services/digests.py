"""Digests: what waited for the same letter to a partner becomes one errand with companions."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction

from headgate.domain.ids import PartnerId
from headgate.services.errands import Errand, choose_probes, errands_of_claimed, note_lost
from headgate.services.identity import fresh_id
from headgate.services.preparing import ended_untried
from headgate.storage import digests

# What is beyond goes in another letter at once; mail servers refuse letters that are too big.
MOST_IN_A_LETTER = 1_000


def claim_digests(
    *,
    limit: int,
    busy_partners: Collection[PartnerId],
    take_place: Callable[[PartnerId], bool] | None = None,
    now: datetime,
) -> list[Errand]:
    """Lease the letters that are due, as far as places can be taken; each fills one."""
    errands: list[Errand] = []
    for due in digests.find_due(limit, busy_partners=busy_partners, now=now):
        if take_place is None or take_place(due.partner_id):
            errands += _claim_letter(due, now)
    return errands


def _claim_letter(due: digests.Due, now: datetime) -> list[Errand]:
    """Claim one letter; a lead that may not go any more leaves it, and ends by itself."""
    with transaction.atomic():
        claimed = digests.claim(due, letter_id=fresh_id(now), most=MOST_IN_A_LETTER, now=now)
        note_lost(claimed, now=now)
    errands = errands_of_claimed(claimed)
    going = [each for each in errands if ended_untried(each, now=now) is None]
    ended = [each for each in errands if ended_untried(each, now=now) is not None]
    if not going:
        return ended
    first, *others = going
    choose_probes([first], now)
    for each in others:
        each.pause, each.probes = first.pause, first.probes
    first.companions = others
    return [first, *ended]
