"""What a profile still lacks before leads can flow, and what somebody should look at."""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from headgate.domain.assignments import Assignment
from headgate.domain.configuration.lint import lint
from headgate.domain.configuration.value import Configuration
from headgate.domain.delivery_settings import DeliverySettings, Email
from headgate.domain.profiles import Profile, Strategy


class Lack(StrEnum):
    NO_PARTNERS = "no_partners"
    ALL_OFF = "all_off"
    NO_WEIGHT = "no_weight"  # weighted, and nobody has any
    NO_DELIVERY = "no_delivery"
    NO_SMTP = "no_smtp"
    PARTNER_PAUSED = "partner_paused"
    CHANNEL_HALTED = "channel_halted"  # until somebody enables it
    CHANNEL_FAILING = "channel_failing"  # until a probe passes
    MAIL_PAUSED = "mail_paused"  # the mail server refuses the account's login
    ADVICE = "advice"


_OF_PROFILE = re.compile(r"profiles\[([0-9]+)\]\.(.+)")
_BLOCKING = frozenset(
    (Lack.NO_PARTNERS, Lack.ALL_OFF, Lack.NO_DELIVERY, Lack.NO_SMTP, Lack.NO_WEIGHT)
)


class Remark(Struct, frozen=True):
    """`partner` is the slug of the one it is about; `message` is there where words are ready."""

    lack: Lack
    partner: str | None = None
    message: str = ""

    @property
    def blocks(self) -> bool:
        """Tell whether the console enables no profile of which this is true."""
        return self.lack in _BLOCKING


def remarks_on(
    profile: Profile,
    configuration: Configuration,
    troubles: Mapping[str, Remark],
    advised: Sequence[Remark],
) -> tuple[Remark, ...]:
    """Return what keeps the profile from being enabled, then what is only to be looked at.

    `troubles` are what is known of the channels of its assignments, by their slug; `advised`
    is what `advice_on` says of it.
    """
    found = [*_lacks(profile, configuration), *_troubles(profile, configuration, troubles)]
    found += advised
    return tuple(sorted(dict.fromkeys(found), key=lambda remark: not remark.blocks))


def settings_of(
    assignment: Assignment, configuration: Configuration
) -> tuple[DeliverySettings, ...]:
    """Return how its leads are delivered, fall-backs after what comes first; () for not at all."""
    partner = configuration.partner(assignment.partner)
    return assignment.all_settings or (partner.all_settings if partner else ())


def _usable(profile: Profile) -> list[Assignment]:
    return [assignment for assignment in profile.assignments if assignment.enabled]


def _lacks(profile: Profile, configuration: Configuration) -> Iterator[Remark]:
    usable = _usable(profile)
    if not profile.assignments:
        yield Remark(Lack.NO_PARTNERS)
    elif not usable:
        yield Remark(Lack.ALL_OFF)
    elif profile.strategy is Strategy.WEIGHTED and not any(each.weight for each in usable):
        yield Remark(Lack.NO_WEIGHT)
    for assignment in usable:
        settings = settings_of(assignment, configuration)
        if not settings:
            yield Remark(Lack.NO_DELIVERY, assignment.partner)
        elif configuration.email.smtp is None and any(isinstance(e, Email) for e in settings):
            yield Remark(Lack.NO_SMTP, assignment.partner)


def _troubles(
    profile: Profile, configuration: Configuration, troubles: Mapping[str, Remark]
) -> Iterator[Remark]:
    for assignment in _usable(profile):
        partner = configuration.partner(assignment.partner)
        if partner is not None and not partner.active:
            yield Remark(Lack.PARTNER_PAUSED, partner.slug)
        if assignment.slug in troubles:
            yield troubles[assignment.slug]


def advice_on(configuration: Configuration) -> dict[str, list[Remark]]:
    """Return what lint says of each profile, as if it were enabled, beside the lacks above."""
    profiles = tuple(replace(profile, enabled=True) for profile in configuration.profiles)
    advised: dict[str, list[Remark]] = {profile.slug: [] for profile in profiles}
    for advice in lint(replace(configuration, profiles=profiles)):
        found = _OF_PROFILE.fullmatch(advice.place)
        if found is None:
            continue
        profile = profiles[int(found[1])]
        if not _is_said(found[2], profile, configuration):
            advised[profile.slug].append(Remark(Lack.ADVICE, message=advice.message))
    return advised


def _is_said(inside: str, profile: Profile, configuration: Configuration) -> bool:
    """Tell whether lint's advice at that place of the profile is one of the lacks above."""
    if inside == "assignments":
        return not _usable(profile) or profile.strategy is Strategy.WEIGHTED
    seat, _, key = inside.rpartition(".")
    if key == "delivery":
        number = int(seat.removeprefix("assignments[").rstrip("]"))
        return settings_of(profile.assignments[number], configuration) == ()
    return key == "partner"
