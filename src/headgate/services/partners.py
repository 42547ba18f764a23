"""How partners stand at a moment: what they got, what is left of their caps, who reaches them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.cap_slots import CapSlot
from headgate.domain.caps import Cap, Per, Scope, window
from headgate.domain.delivery_settings import channel_name, settings_digest
from headgate.domain.ids import AccountId, PartnerId
from headgate.domain.partners import Partner
from headgate.services import delivered, mail_pauses, setups
from headgate.services.preparing import NO_SMTP
from headgate.services.setups import Setup
from headgate.storage import caps, halts, health
from headgate.storage.health import Key


class Reach(StrEnum):
    """How a partner can be reached by some delivery settings, the worst last."""

    HEALTHY = "healthy"
    FAILING = "failing"  # for some minutes already, but leads still go there
    NO_MAIL = "no_mail"  # the account's mail server is not set, or refuses the login
    PAUSED = "paused"  # the breaker is open; a probe ends it
    STOPPED = "stopped"  # for good, until they change or a person enables them


class ChannelStanding(Struct, frozen=True):
    """Delivery settings of a partner, and how they do; no `seats` use those of nobody yet."""

    channel: str
    digest: str
    seats: tuple[tuple[str, str], ...]
    reach: Reach = Reach.HEALTHY
    since: datetime | None = None
    probe_at: datetime | None = None
    reason: str | None = None


class CapStanding(Struct, frozen=True):
    """What is used of a cap in its current window, in minor units where it is money."""

    cap: Cap
    used: int
    resets_at: datetime | None
    zone: ZoneInfo

    @property
    def is_full(self) -> bool:
        return self.used >= self.cap.limit


class Standing(Struct, frozen=True):
    partner: Partner
    channels: tuple[ChannelStanding, ...]
    caps: tuple[CapStanding, ...]
    delivered_today: int
    delivered_this_month: int

    @property
    def reach(self) -> Reach:
        return _worst(self.channels)


def _worst(channels: Sequence[ChannelStanding]) -> Reach:
    return max((each.reach for each in channels), key=list(Reach).index, default=Reach.HEALTHY)


class Spans(Struct, frozen=True):
    """Since when the account's day and month last."""

    today: datetime
    month: datetime


def spans(setup: Setup, now: datetime) -> Spans:
    return Spans(window(Per.DAY, setup.zone, now).start, window(Per.MONTH, setup.zone, now).start)


def find_standings(
    *,
    account_id: AccountId,
    partners: Sequence[Partner],
    entities: tuple[str, ...] | None = None,
    now: datetime,
) -> list[Standing]:
    """Return how each of these partners of the set-up in force stands.

    What was delivered is counted of `entities`, None for all; caps count whatever they hold.
    """
    setup = setups.in_force(account_id)
    ids = setup.plan.identities.partners
    since = spans(setup, now)
    got = delivered.find_delivered(
        account_id=account_id,
        by="partner_id",
        today=since.today,
        month=since.month,
        entities=entities,
        now=now,
    )
    none = delivered.Delivered()
    used = _caps_of(setup, partners, now)
    channels = _Channels(setup)
    return [
        Standing(
            partner,
            channels.of(partner, ids[partner.slug]),
            used[partner.slug],
            got.get(ids[partner.slug], none).today,
            got.get(ids[partner.slug], none).month,
        )
        for partner in partners
    ]


def find_reaches(*, account_id: AccountId) -> dict[str, Reach]:
    """Return by slug how each partner in force can be reached, the worst of its channels."""
    setup = setups.in_force(account_id)
    channels, ids = _Channels(setup), setup.plan.identities.partners
    return {
        each.slug: _worst(channels.of(each, ids[each.slug]))
        for each in setup.configuration.partners
    }


class _Channels:
    """The delivery settings of partners beside what is known of them."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._failing = health.list_all(setup.account.id)
        self._halted = halts.reasons(setup.account.id)
        self._no_mail = _why_no_mail(setup)

    def of(self, partner: Partner, id: PartnerId) -> tuple[ChannelStanding, ...]:
        named: dict[str, str] = {}
        users: dict[str, list[tuple[str, str]]] = {}
        for settings in partner.all_settings:
            named[settings_digest(settings)] = channel_name(settings)
        for profile in self._setup.configuration.profiles:
            for seat in profile.assignments:
                if seat.partner == partner.slug:
                    for settings in seat.all_settings or partner.all_settings:
                        digest = settings_digest(settings)
                        named[digest] = channel_name(settings)
                        users.setdefault(digest, []).append((profile.slug, seat.slug))
        return tuple(
            self._standing(Key(id, digest), channel, users.get(digest, ()))
            for digest, channel in named.items()
        )

    def _standing(
        self, key: Key, channel: str, seats: Iterable[tuple[str, str]]
    ) -> ChannelStanding:
        known = self._failing.get(key)
        if key in self._halted:
            reach, reason = Reach.STOPPED, self._halted[key]
        elif known is not None and known.is_open:
            reach, reason = Reach.PAUSED, None
        elif channel == "email" and self._no_mail:
            reach, reason = Reach.NO_MAIL, self._no_mail
        else:
            fails = known is not None and known.failing_since is not None
            reach, reason = (Reach.FAILING if fails else Reach.HEALTHY), None
        return ChannelStanding(
            channel,
            key.settings_digest,
            tuple(seats),
            reach,
            known.failing_since or known.opened_at if known else None,
            known.probe_at if known else None,
            reason,
        )


def _why_no_mail(setup: Setup) -> str | None:
    smtp = setup.configuration.email.smtp
    if smtp is None:
        return NO_SMTP
    pause = mail_pauses.pause_of(setup.account.id, smtp)
    return pause.reason if pause else None


def _caps_of(
    setup: Setup, partners: Sequence[Partner], now: datetime
) -> dict[str, tuple[CapStanding, ...]]:
    ids = setup.plan.identities.partners
    slots = [
        (partner, CapSlot(Scope.PARTNER, ids[partner.slug], cap, zone))
        for partner in partners
        for zone in [ZoneInfo(partner.timezone) if partner.timezone else setup.zone]
        for cap in partner.caps
    ]
    windows = [window(slot.cap.per, slot.zone, now) for _, slot in slots]
    wanted = {n: (slot, windows[n]) for n, (_, slot) in enumerate(slots)}
    used = caps.used_of(setup.account.id, wanted, now=now)
    found: dict[str, list[CapStanding]] = {partner.slug: [] for partner in partners}
    for n, (partner, slot) in enumerate(slots):
        found[partner.slug].append(CapStanding(slot.cap, used[n], windows[n].end, slot.zone))
    return {slug: tuple(each) for slug, each in found.items()}
