"""What a return credits: the lead's price, unless a credit note took it back before."""

from msgspec import Struct

from headgate.domain.money import format_amount
from headgate.storage import credit_notes
from headgate.storage.deliveries import Delivery


class Credit(Struct, frozen=True):
    """`reason` is there where it is less than what was charged."""

    amount_minor: int
    reason: str | None = None


def credit_of(delivery: Delivery) -> Credit:
    """Return what the return of a charged delivery is worth now.

    Whoever asks holds the configuration version, which a credit note needs for itself alone.
    """
    price_minor = delivery.price_minor
    charge = credit_notes.find_charge(delivery.id)
    if charge is None or not charge.has_notes:
        return Credit(price_minor)
    if charge.note is not None:
        reason = f"Nothing is credited: credit note {charge.note} took its charge back before"
        return Credit(0, reason)
    left_minor = max(0, credit_notes.left_of(charge.invoice_id))
    if left_minor >= price_minor:
        return Credit(price_minor)
    left, price = (format_amount(each, delivery.currency) for each in (left_minor, price_minor))
    reason = f"{left} of {price} is credited, all that credit notes left of invoice {charge.number}"
    return Credit(left_minor, reason)
