"""What a replay found: which leads move, who gets more or less, what is no longer matched."""

from collections import Counter
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from headgate.domain.history.past import PastLead
from headgate.domain.ids import LeadId, PartnerId
from headgate.domain.verdicts import ProfileVerdict, Result, Round, failures_of, result_of

MOST_NAMED = 50  # leads of each kind that are named; all are counted

Prices = Mapping[PartnerId, int]


class Share(Struct):
    """What one partner had, and would have had; money in minor units."""

    leads_before: int = 0
    leads_after: int = 0
    revenue_before: int = 0
    revenue_after: int = 0


class Move(Struct, frozen=True):
    """A lead that would have gone elsewhere; nobody is an empty tuple."""

    lead: LeadId
    before: tuple[PartnerId, ...]
    after: tuple[PartnerId, ...]


class Differences(Struct):
    """Counted over all leads; `named` has the first of those that moved.

    `reasons` are why partners that had a newly unmatched lead would not have got it.
    """

    leads: int = 0
    matched_before: int = 0
    matched_after: int = 0
    moved: int = 0
    newly_matched: int = 0
    newly_unmatched: int = 0
    shares: dict[PartnerId, Share] = {}
    reasons: Counter[str] = msgspec.field(default_factory=Counter)
    named: list[Move] = []

    def note(self, lead: PastLead, after: Prices, last: Round | None) -> None:
        """Compare what became of a lead with what would have; `last` is the replay's round."""
        before = {
            each.partner_id: each.price_minor for each in lead.deliveries if not each.declined
        }
        self.leads += 1
        self.matched_before += bool(before)
        self.matched_after += bool(after)
        for partner_id, price in before.items():
            share = self.shares.setdefault(partner_id, Share())
            share.leads_before += 1
            share.revenue_before += price
        for partner_id, price in after.items():
            share = self.shares.setdefault(partner_id, Share())
            share.leads_after += 1
            share.revenue_after += price
        if before.keys() != after.keys():
            self._note_move(lead, before, after, last)

    def _note_move(self, lead: PastLead, before: Prices, after: Prices, last: Round | None) -> None:
        self.moved += 1
        self.newly_matched += not before
        if not after:
            self.newly_unmatched += 1
            self.reasons.update(_why_nobody(last))
        if len(self.named) < MOST_NAMED:
            self.named.append(Move(lead.id, tuple(before), tuple(after)))


def _why_nobody(last: Round | None) -> set[str]:
    """Return the distinct reasons for which nobody got a lead."""
    if last is None or not last.profiles:
        return {"no_profile"}
    reasons: set[str] = set()
    for profile in last.profiles:
        reasons |= _reasons_in(profile)
    return reasons


def _reasons_in(profile: ProfileVerdict) -> set[str]:
    if not profile.matched:
        return {Result.RULES_NOT_MET}
    return {str(result_of(failed)) for failed in failures_of(profile) if failed}
