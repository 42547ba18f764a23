"""What share of the leads each partner had, and should have had, from the stored verdicts."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache

from msgspec import Struct

from headgate.domain.ids import AccountId
from headgate.domain.profiles import Profile
from headgate.domain.shares import Measure, ProfileShares, SeatShare, measure_of, offers_in
from headgate.domain.verdicts import ProfileVerdict
from headgate.services import setups
from headgate.services.writing import read_rounds
from headgate.storage import history

MOST_LOOKED_AT = 1_000


class Shortfall(Struct, frozen=True):
    """The commonest reason why an assignment was not eligible, and in which share of its leads."""

    result: str
    share: float


class AssignmentShares(Struct, frozen=True, omit_defaults=False):
    """`share` is of what the profile gave away; None where there was nothing to share."""

    partner: str
    assignment: str
    offered: int
    eligible: int
    selected: int
    share: float | None
    expected_share: float | None
    shortfall: Shortfall | None


class SharesOfProfile(Struct, frozen=True, omit_defaults=False):
    profile: str
    name: str
    expected_by: Measure
    offered: int
    assignments: list[AssignmentShares]


class Shares(Struct, frozen=True):
    """`looked_at` counts the newest decided leads of the span, at most `MOST_LOOKED_AT`."""

    looked_at: int
    profiles: list[SharesOfProfile]


def find_shares(
    *,
    account_id: AccountId,
    entities: Collection[str] | None,
    since: datetime | None,
    until: datetime | None,
) -> Shares:
    """Add up the decisions about the newest leads received in the span.

    Of a profile whose strategy changed, those since then count. Profiles stand in the order of
    the set-up in force; those that left it come last.
    """
    in_force = setups.in_force(account_id)
    stored = history.read_rounds(
        account_id,
        since,
        until,
        entities=in_force.entity_ids(entities),
        most=MOST_LOOKED_AT,
    )
    found: dict[str, ProfileShares] = {}
    profile_at = _profiles(account_id)
    for each in stored:
        for version, verdict in offers_in(read_rounds(each.rounds)):
            _note(found, profile_at(version, verdict.slug), verdict)
    names = {profile.slug: profile.name for profile in in_force.configuration.profiles}
    order = {slug: place for place, slug in enumerate(names)}
    return Shares(
        len(stored),
        [
            _shown(slug, names.get(slug, slug), found[slug])
            for slug in sorted(found, key=lambda slug: (order.get(slug, len(order)), slug))
        ],
    )


def _profiles(account_id: AccountId) -> Callable[[int, str], Profile]:
    """Return the function that finds a profile as a version of the set-up had it."""

    @cache
    def profile_at(version: int, slug: str) -> Profile:
        configuration = setups.at_version(account_id, version).configuration
        return next(each for each in configuration.profiles if each.slug == slug)

    return profile_at


def _note(found: dict[str, ProfileShares], profile: Profile, verdict: ProfileVerdict) -> None:
    shares = found.setdefault(verdict.slug, ProfileShares(measure_of(profile)))
    if shares.measure is measure_of(profile):
        shares.note(profile, verdict)


def _shown(slug: str, name: str, shares: ProfileShares) -> SharesOfProfile:
    return SharesOfProfile(
        profile=slug,
        name=name,
        expected_by=shares.measure,
        offered=shares.offered,
        assignments=[
            AssignmentShares(
                partner=seat.partner,
                assignment=assignment,
                offered=seat.offered,
                eligible=seat.eligible,
                selected=seat.selected,
                share=_rounded(shares.actual(seat)),
                expected_share=_rounded(shares.expected(seat)),
                shortfall=_shortfall(seat),
            )
            for assignment, seat in sorted(
                shares.seats.items(), key=lambda item: (-item[1].selected, item[0])
            )
        ],
    )


def _shortfall(seat: SeatShare) -> Shortfall | None:
    if not seat.reasons:
        return None
    ((result, count),) = seat.reasons.most_common(1)
    return Shortfall(result, round(count / seat.offered, 4))


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
