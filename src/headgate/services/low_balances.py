"""Balances that run low: found while they do, and told to the partners who want to know."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from headgate.domain.alerts import AlertKind, Finding
from headgate.domain.ids import AccountId
from headgate.domain.money import format_amount, parse_amount
from headgate.domain.partners import Partner
from headgate.services import balances, setups
from headgate.services.invoices import invoice_mail, partner_mails
from headgate.services.setups import Setup

BY_ALERT = "alert"


def findings(setup: Setup, *, now: datetime) -> Iterator[Finding]:
    """Give one for each partner that has less left than its threshold."""
    watched = [each for each in setup.configuration.partners if _threshold(each) is not None]
    if not watched:
        return
    left = balances.find_available(account_id=setup.account.id, partners=watched, now=now)
    for partner in watched:
        threshold = _threshold(partner)
        amount = left.get(partner.slug)
        if threshold is None or amount is None:
            continue
        if parse_amount(amount, setup.currency) < threshold:
            least = format_amount(threshold, setup.currency)
            text = (
                f"{partner.name} has {amount} {setup.currency} left of what it paid ahead,"
                f" less than {least}."
            )
            yield Finding(AlertKind.LOW_BALANCE, partner.slug, text)


def tell_partners(*, account_id: AccountId, opened: Sequence[Finding], now: datetime) -> None:
    """Have mails sent to those whose balance has just run low, if they are to be told."""
    low = {each.subject for each in opened if each.kind is AlertKind.LOW_BALANCE}
    if not low:
        return
    setup = setups.in_force(account_id)
    for partner in setup.configuration.partners:
        wants = partner.billing is not None and partner.billing.tell_low_balance
        address = invoice_mail.address_of(account_id, partner.slug)
        if partner.slug in low and wants and address is not None:
            partner_mails.begin_balance(
                account_id=account_id,
                partner_id=setup.plan.identities.partners[partner.slug],
                to=address,
                by=BY_ALERT,
                now=now,
            )


def _threshold(partner: Partner) -> int | None:
    is_watched = partner.prepaid and partner.active and partner.billing is not None
    return partner.billing.low_balance_minor if is_watched and partner.billing else None
