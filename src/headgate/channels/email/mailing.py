"""Email delivery settings with what the account adds to them."""

from datetime import datetime

from msgspec import Struct

from headgate.domain.configuration.value import Smtp
from headgate.domain.delivery_settings import Email


class Mailing(Struct, frozen=True):
    """What a mail is made from beside the lead.

    `smtp` is the account's server as it is now, so that a mended password counts for what is
    still to be sent. `dated` is when the lead was given to the partner, the same on every try.
    """

    settings: Email
    smtp: Smtp
    dated: datetime
