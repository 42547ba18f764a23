"""How a partner stands, in words: its state, its channels, and what is left of its caps."""

from django.utils.translation import gettext as _
from msgspec import Struct

from headgate.domain.caps import Unit
from headgate.domain.money import format_amount
from headgate.domain.partners import Partner
from headgate.services.partners import CapStanding
from headgate.web.cap_words import moment_in_words, use_in_words


class CapRow(Struct, frozen=True):
    """A cap in words, and whether it is full."""

    words: str
    resets: str
    is_full: bool


def state_of(partner: Partner) -> str:
    if partner.active:
        return "active"
    return "holding" if partner.hold_open else "paused"


def cap_row(standing: CapStanding, currency: str) -> CapRow:
    used, limit = f"{standing.used:,}", f"{standing.cap.limit:,}"
    if standing.cap.unit is Unit.SPEND:
        used = format_amount(standing.used, currency)
        limit = f"{format_amount(standing.cap.limit, currency)} {currency}"
    resets = _("never resets")
    if standing.resets_at is not None:
        resets = _("resets %s") % moment_in_words(standing.resets_at, standing.zone)
    return CapRow(use_in_words(used, limit, standing.cap.per), resets, standing.is_full)
