"""Whether a profile is ready for leads: what it says, and how its channels are at the moment."""

from collections.abc import Iterable, Iterator, Mapping

from headgate.domain.configuration.value import Configuration
from headgate.domain.delivery_settings import DeliverySettings, Email, settings_digest
from headgate.domain.ids import AccountId, PartnerId
from headgate.domain.profiles import Profile
from headgate.domain.readiness import Lack, Remark, advice_on, remarks_on, settings_of
from headgate.services import breakers, mail_pauses, setups
from headgate.storage import halts
from headgate.storage.health import Key


def remarks_of(
    *, account_id: AccountId, configuration: Configuration, profiles: Iterable[Profile]
) -> dict[str, tuple[Remark, ...]]:
    """Return, for each of the configuration's profiles, what it lacks and what is wrong.

    The configuration may be a draft: what is halted is told by the settings that it has.
    """
    channels, advised = _Channels(account_id, configuration), advice_on(configuration)
    return {
        profile.slug: remarks_on(
            profile,
            configuration,
            dict(channels.troubles_of(profile)),
            advised.get(profile.slug, ()),
        )
        for profile in profiles
    }


class _Channels:
    """The account's delivery settings that get no leads at the moment, read once."""

    def __init__(self, account_id: AccountId, configuration: Configuration) -> None:
        self._configuration = configuration
        self._partners = setups.in_force(account_id).plan.identities.partners
        self._halted: Mapping[tuple[PartnerId, str], str] = halts.reasons(account_id)
        self._down = breakers.find_down(account_id)
        self._pause = mail_pauses.pause_of(account_id, configuration.email.smtp)

    def troubles_of(self, profile: Profile) -> Iterator[tuple[str, Remark]]:
        for assignment in profile.assignments:
            settings = settings_of(assignment, self._configuration)
            troubles = [self._trouble(assignment.partner, each) for each in settings]
            # While one of them works, leads get through.
            if troubles and troubles[0] is not None and None not in troubles:
                yield assignment.slug, troubles[0]

    def _trouble(self, partner: str, settings: DeliverySettings) -> Remark | None:
        if isinstance(settings, Email) and self._pause is not None:
            return Remark(Lack.MAIL_PAUSED, partner, self._pause.reason)
        partner_id = self._partners.get(partner)
        if partner_id is None:
            return None
        key = Key(partner_id, settings_digest(settings))
        if key in self._halted:
            return Remark(Lack.CHANNEL_HALTED, partner, self._halted[key])
        return Remark(Lack.CHANNEL_FAILING, partner) if key in self._down else None
