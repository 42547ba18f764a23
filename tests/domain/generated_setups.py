"""Small set-ups, full of caps, hours and shared partners, for the laws of deciding."""

from typing import Any

from deciding import Desk, all_, any_, day, hours, is_, none_, partner, profile, seat, spend
from hypothesis import strategies as st

from headgate.domain.assignments import OnAmbiguous
from headgate.domain.caps import Cap, Per, Scope, Unit
from headgate.domain.decision import Candidate
from headgate.domain.deliveries import State
from headgate.domain.price_tiers import PriceTier
from headgate.domain.profiles import Strategy
from headgate.domain.suppressions import Suppressed

_PARTNERS = ("ann", "bob", "cid", "dan")
_MAYBE = st.sampled_from((True, True, True, False))
_RULES = st.sampled_from(
    (
        None,
        None,
        is_("zip", "starts_with", "9"),
        all_(is_("budget", "gte", "100"), is_("zip", "is_not_empty")),
        any_(is_("home.city", "equals", "Rome"), is_("status", "equals", "New")),
        none_(is_("budget", "lt", "50"), is_("zip", "equals", "10001")),
    )
)
_HOURS = st.sampled_from((None, None, hours(mon="09:00-17:00"), hours(tue="22:00-06:00"), hours()))
_CAPS = st.lists(
    st.one_of(
        st.integers(0, 4).map(day),
        st.integers(0, 50).map(spend),
        st.integers(0, 4).map(lambda limit: Cap(Per.TOTAL, Unit.LEADS, limit)),
        st.integers(0, 4).map(lambda limit: Cap(Per.MONTH, Unit.LEADS, limit)),
    ),
    max_size=2,
    unique_by=lambda cap: (cap.per, cap.unit),
).map(tuple)
_TIERS = st.dictionaries(st.integers(1, 4), st.sampled_from((0, 5, 40)), max_size=2).map(
    lambda prices: tuple(PriceTier(after, prices[after]) for after in sorted(prices))
)
_PARTNER = st.fixed_dictionaries(
    {
        "active": _MAYBE,
        "caps": _CAPS,
        "hours": _HOURS,
        "timezone": st.sampled_from((None, "Asia/Tokyo", "America/Denver")),
        "duplicate_days": st.just(90),
        "prepaid": st.booleans(),
    }
)
_SEAT = st.fixed_dictionaries(
    {
        "partner": st.sampled_from(_PARTNERS),
        "priority": st.integers(0, 2),
        "weight": st.integers(0, 2),
        "price_minor": st.sampled_from((None, 0, 10, 30)),
        "price_tiers": _TIERS,
        "enabled": _MAYBE,
        "rules": _RULES,
        "caps": _CAPS,
        "hours": _HOURS,
        "wait": st.booleans(),
    }
)
_PROFILE = st.fixed_dictionaries(
    {
        "strategy": st.sampled_from(list(Strategy)),
        "enabled": _MAYBE,
        "exclusive": st.booleans(),
        "max_partners": st.sampled_from((None, 1, 2)),
        "price_minor": st.sampled_from((None, 20)),
        "caps": _CAPS,
        "rules": _RULES,
        "seats": st.lists(_SEAT, max_size=4),
    }
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "zip": st.sampled_from(("90210", "10001")),
        "budget": st.sampled_from((10, 70, 200)),
        "home": st.sampled_from(({"city": "Rome"}, {"line1": "Main Street 1"})),
        "status": st.sampled_from(("New", "Won")),
    },
)


def _profile(slug: str, drawn: dict[str, Any]) -> Any:
    seats = [
        seat(slug=f"{each['partner']}-{number}", **each)
        for number, each in enumerate(drawn["seats"])
    ]
    return profile(slug, *seats, **{key: drawn[key] for key in drawn if key != "seats"})


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    """Draw a set-up with some of its caps used already, perhaps over their limits."""
    partners = [partner(slug, **draw(_PARTNER)) for slug in _PARTNERS]
    drawn = draw(st.lists(_PROFILE, min_size=1, max_size=3))
    desk = Desk(*[_profile(f"p{n}", each) for n, each in enumerate(drawn)], partners=partners)
    desk.used = [
        draw(st.integers(-5 if slot.scope is Scope.BALANCE else 0, 5))
        * (10 if slot.cap.unit is Unit.SPEND else 1)
        for slot in desk.plan.slots
    ]
    ids = list(desk.identities.assignments.values())
    desk.down = draw(st.frozensets(st.sampled_from(ids), max_size=1)) if ids else frozenset()
    return desk


@st.composite
def candidates(draw: st.DrawFn, desk: Desk) -> Candidate:
    """Draw a lead that some partners may have had, in this profile or that."""
    partner_ids = st.frozensets(st.sampled_from(sorted(desk.partner_ids(*_PARTNERS))), max_size=1)
    held = draw(
        st.lists(
            st.tuples(
                st.sampled_from([each.slug for each in desk.configuration.profiles]),
                st.sampled_from(_PARTNERS),
                st.sampled_from(list(State)),
                st.sampled_from(list(OnAmbiguous)),
            ),
            max_size=2,
        )
    )
    return Candidate(
        values=draw(VALUES),
        held=tuple(desk.held(p, who, state, on_ambiguous=then) for p, who, state, then in held),
        has_person=draw(partner_ids),
        suppressed=Suppressed(
            from_all=draw(st.sampled_from((None, None, None, "Nobody"))),
            from_partners=dict.fromkeys(draw(partner_ids), "Do not call"),
        ),
    )
