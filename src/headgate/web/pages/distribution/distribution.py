"""The distribution page: the profiles of an entity in the order in which they run."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from msgspec import Struct

from headgate import clock
from headgate.domain.assignments import Assignment
from headgate.domain.caps import Per, window
from headgate.domain.configuration.value import Configuration
from headgate.domain.entities import Entity
from headgate.domain.pricing import frozen_price
from headgate.domain.profiles import Profile, Strategy
from headgate.domain.rules.wording import sentence
from headgate.services import delivered, readiness, setups
from headgate.services.delivered import Delivered
from headgate.services.setups import Setup
from headgate.web.pages import queries
from headgate.web.pages.frame import Names, show
from headgate.web.profile_words import (
    BY_PRIORITY,
    RemarkShown,
    prices_in_words,
    remarks_in_words,
    strategy_in_words,
)
from headgate.web.visits import Visitor, for_members

_MOST_PARTNERS = 6
_DONE: dict[str | None, Promise] = {
    "saved": _("Saved. New leads are decided by it from now on."),
    "on": _("Switched on. New leads are offered to it from now on."),
    "off": _("Switched off. It gets no more new leads; open deliveries go on."),
    "copied": _("Duplicated. The copy is switched off until you switch it on."),
    "copied-without": _(
        "Duplicated. Secrets are not copied: partners whose own delivery settings hold any are "
        "switched off in the copy, without those settings."
    ),
    "moved": _("Moved. Profiles run in this order."),
    "archived": _("Archived. Its counts and history stay."),
}


class PartnerShown(Struct, frozen=True):
    """`number` is what decides: a priority, a weight, a price; None where nothing does.

    `tiers` are the other prices where the price decides.
    """

    name: str
    number: str | None
    enabled: bool
    tiers: str = ""


class ProfileShown(Struct, frozen=True):
    """The addresses lead to the deliveries that `delivered` counts."""

    slug: str
    name: str
    enabled: bool
    sentence: str
    strategy: str
    partners: list[PartnerShown]
    more_partners: int
    delivered: Delivered
    today_url: str
    month_url: str
    remarks: list[RemarkShown]


class EntityShown(Struct, frozen=True):
    entity: Entity
    profiles: list[ProfileShown]


@require_safe
@for_members
def list_profiles(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return show_list(request, visitor, done=_DONE.get(request.GET.get("done")))


def show_list(
    request: HttpRequest, visitor: Visitor, *, status: int = 200, **said: object
) -> HttpResponse:
    """Show the page, with what was done or refused."""
    setup = setups.in_force(visitor.account_id)
    now = clock.now()
    listed = [each for each in visitor.entities if visitor.entity in (None, each.slug)]
    lister = _Lister(visitor, setup, now)
    context = {
        **said,
        "groups": [lister.entity(each) for each in listed],
        "version": setup.version,
    }
    page = show(request, visitor, "distribution/list.html", page="distribution", context=context)
    page.status_code = status
    return page


def in_their_order(profile: Profile) -> list[Assignment]:
    """Return the assignments as the strategy prefers them; ties stay as they are listed."""
    seats = list(profile.assignments)
    if profile.strategy in BY_PRIORITY:
        return sorted(seats, key=lambda seat: -seat.priority)
    if profile.strategy is Strategy.BEST_PRICE:
        return sorted(seats, key=lambda seat: -frozen_price(seat, profile))
    return seats


class _Lister:
    """What all profiles of a page need, read once."""

    def __init__(self, visitor: Visitor, setup: Setup, now: datetime) -> None:
        self._setup = setup
        self._said: Configuration = setup.configuration
        self._names = Names(setup)
        zone = ZoneInfo(visitor.timezone)
        today, month = window(Per.DAY, zone, now).start, window(Per.MONTH, zone, now).start
        self._today, self._month = localdate(now), localdate(now).replace(day=1)
        self._delivered = delivered.find_delivered(
            account_id=visitor.account_id, by="profile_id", today=today, month=month, now=now
        )
        self._remarks = readiness.remarks_of(
            account_id=visitor.account_id,
            configuration=self._said,
            profiles=self._said.profiles,
        )

    def entity(self, entity: Entity) -> EntityShown:
        mine = [each for each in self._said.profiles if each.entity == entity.slug]
        return EntityShown(entity, [self._profile(each, entity) for each in mine])

    def _profile(self, profile: Profile, entity: Entity) -> ProfileShown:
        seats = in_their_order(profile)
        id = self._setup.plan.identities.profiles[profile.slug]
        kept = {"profile": profile.slug, "state": "delivered"}
        path = reverse("deliveries")
        return ProfileShown(
            slug=profile.slug,
            name=profile.name,
            enabled=profile.enabled,
            sentence=sentence(profile.rules, entity),
            strategy=strategy_in_words(profile),
            partners=[self._partner(seat, profile) for seat in seats[:_MOST_PARTNERS]],
            more_partners=max(0, len(seats) - _MOST_PARTNERS),
            delivered=self._delivered.get(id, Delivered()),
            today_url=queries.address_of(path, {**kept, "from": self._today.isoformat()}),
            month_url=queries.address_of(path, {**kept, "from": self._month.isoformat()}),
            remarks=remarks_in_words(self._remarks[profile.slug], self._said),
        )

    def _partner(self, seat: Assignment, profile: Profile) -> PartnerShown:
        number, tiers = None, ""
        if profile.strategy in BY_PRIORITY:
            number = str(seat.priority)
        elif profile.strategy is Strategy.WEIGHTED:
            number = str(seat.weight)
        elif profile.strategy is Strategy.BEST_PRICE:
            number, *others = prices_in_words(seat, profile, self._setup.currency)
            tiers = ", ".join(others)
        return PartnerShown(self._names.partner(seat.partner), number, seat.enabled, tiers)
