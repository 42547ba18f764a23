"""Who sells and who buys, as the set-up says it, and what of it an invoice copies."""

from enum import StrEnum

from msgspec import Struct

from headgate.domain.invoices.numbers import USUAL_FORMAT

USUAL_TERMS_DAYS = 14


class Every(StrEnum):
    """How often drafts are made by themselves."""

    NEVER = "never"
    WEEK = "week"  # on Mondays, for the week before
    MONTH = "month"  # on the 1st, for the month before


class Party(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One side of an invoice; `country` is two letters, `tax_number` the one of no VAT id."""

    name: str
    country: str
    address: tuple[str, ...] = ()
    postcode: str | None = None
    city: str | None = None
    vat_id: str | None = None
    tax_number: str | None = None
    email: str | None = None

    @property
    def place(self) -> str:
        return " ".join(filter(None, (self.postcode, self.city)))


class Seller(Party, frozen=True, omit_defaults=True, kw_only=True):
    """The account on its invoices; without a `tax_bp` (hundredths of a per cent) there is no tax.

    `payment` says how to pay and `note` what else every invoice says, in own words.
    """

    tax_bp: int | None = None
    terms_days: int = USUAL_TERMS_DAYS
    number_format: str = USUAL_FORMAT
    iban: str | None = None
    payment: str | None = None
    note: str | None = None
    every: Every = Every.NEVER


class Buyer(Party, frozen=True, omit_defaults=True, kw_only=True):
    """A partner on its invoices; with `reverse_charge` it accounts for the tax itself.

    A `tax_bp` or `terms_days` of its own holds in place of the account's. One that pays ahead
    with less left than `low_balance_minor` is an alert, and with `tell_low_balance` is told so
    by mail too.
    """

    reverse_charge: bool = False
    tax_bp: int | None = None
    terms_days: int | None = None
    low_balance_minor: int | None = None
    tell_low_balance: bool = False


_SHOWN = Party.__struct_fields__


def as_party(side: Party) -> Party:
    """Return what stands on the paper, without the terms."""
    return Party(**{name: getattr(side, name) for name in _SHOWN})
