"""What a channel renders from: delivery settings, with what the account adds to them."""

from datetime import datetime

from headgate.channels import registry
from headgate.channels.contract import Unrenderable
from headgate.channels.email.mailing import Mailing
from headgate.domain.channel_options import BadOptions, ChannelOptions
from headgate.domain.configuration.value import Smtp
from headgate.domain.delivery_settings import DeliverySettings, Email, Other
from headgate.services.sealing import Unopenable
from headgate.services.setups import MissingSecret

NOT_RENDERED = (registry.NoSuchChannel, BadOptions, Unrenderable, MissingSecret, Unopenable)


def rendered_from(
    settings: DeliverySettings, smtp: Smtp | None, *, dated: datetime
) -> DeliverySettings | Mailing | ChannelOptions:
    """Return what the channel renders: a mail needs the account's server beside its settings."""
    if isinstance(settings, Other):
        return registry.options_of(settings)
    if not isinstance(settings, Email) or smtp is None:
        return settings
    return Mailing(settings, smtp, dated=dated)
