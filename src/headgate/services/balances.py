"""Money beside leads: what partners pay ahead, what staff adjusts, and what is left of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from msgspec import Struct

from headgate.domain.audit import Action
from headgate.domain.cap_slots import CapSlot
from headgate.domain.caps import OWED, Scope, window
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId, PartnerId
from headgate.domain.ledger import Kind, effect
from headgate.domain.money import BadAmount, format_amount, parse_amount
from headgate.domain.partners import Partner
from headgate.services import audit, setups
from headgate.services.board import Board
from headgate.services.catalogue import ThingNotFound
from headgate.services.identity import fresh_id
from headgate.services.setups import Setup
from headgate.storage import accounts, caps, ledger

MAX_MINOR = 10**12


class RepeatedReference(Exception):
    """The account's ledger has an entry with this reference already; nothing was added."""


class BalanceShown(Struct, frozen=True):
    """`balance` is what the ledger comes to; open places have `reserved` that much of it."""

    partner: str
    prepaid: bool
    balance: str
    reserved: str
    available: str
    currency: str


class Written(Struct, frozen=True):
    """What stands beside an amount that a person wrote down."""

    reason: str | None
    reference: str | None
    by: str


def find_balance(*, account_id: AccountId, partner: str) -> BalanceShown:
    """:raises ThingNotFound:"""
    setup = setups.in_force(account_id)
    standing = ledger.standing_of(_partner_id(setup, partner))
    said = setup.configuration.partner(partner)
    left = standing.balance_minor - standing.reserved_minor
    return BalanceShown(
        partner=partner,
        prepaid=said is not None and said.prepaid,
        balance=format_amount(standing.balance_minor, setup.currency),
        reserved=format_amount(standing.reserved_minor, setup.currency),
        available=format_amount(left, setup.currency),
        currency=setup.currency,
    )


def find_available(
    *, account_id: AccountId, partners: Iterable[Partner], now: datetime
) -> dict[str, str]:
    """Return what those that pay ahead have left for leads to come, by their slugs."""
    setup = setups.in_force(account_id)
    prepaid = [each.slug for each in partners if each.prepaid]
    ids, span = setup.plan.identities.partners, window(OWED.per, setup.zone, now)
    wanted = {
        number: (CapSlot(Scope.BALANCE, ids[slug], OWED, setup.zone), span)
        for number, slug in enumerate(prepaid)
    }
    owed = caps.used_of(account_id, wanted, now=now)
    return {
        slug: format_amount(-owed[number], setup.currency) for number, slug in enumerate(prepaid)
    }


def top_up(
    *,
    account_id: AccountId,
    partner: str,
    amount: str,
    reference: str | None,
    reason: str | None = None,
    by: str,
    now: datetime,
) -> None:
    """Write down what a partner paid ahead; a `reference` is written down once.

    :raises ThingNotFound, Flawed, RepeatedReference:
    """
    with transaction.atomic():
        board = _hold(account_id, now)
        minor = _read(amount, board.setup.currency)
        if minor <= 0:
            raise Flawed([Flaw("amount", "out_of_range", "a top-up is more than nothing")])
        if reference is not None and ledger.has_reference(account_id, reference):
            message = f"{reference!r} stands in the ledger already; nothing was added"
            raise RepeatedReference(message)
        written = Written(reason, reference, by)
        _append(board, partner, Kind.TOP_UP, minor, written)


def adjust(
    *, account_id: AccountId, partner: str, amount: str, reason: str, by: str, now: datetime
) -> None:
    """Correct what a partner owes: above zero in its favour, below against it.

    It may take a balance below zero, for it is a person's word; no place is given meanwhile.

    :raises ThingNotFound, Flawed:
    """
    with transaction.atomic():
        board = _hold(account_id, now)
        minor = _read(amount, board.setup.currency)
        if not minor:
            raise Flawed([Flaw("amount", "out_of_range", "an adjustment is not nothing")])
        _append(board, partner, Kind.ADJUSTMENT, minor, Written(reason, None, by))


def _hold(account_id: AccountId, now: datetime) -> Board:
    """Hold the account's counters, so that each balance moves with the ledger."""
    setup = setups.at_version(account_id, accounts.hold_version(account_id))
    return Board(setup, now=now)


def _read(amount: str, currency: str) -> int:
    try:
        minor = parse_amount(amount, currency)
    except BadAmount as error:
        raise Flawed([Flaw("amount", "bad_amount", str(error))]) from error
    if abs(minor) > MAX_MINOR:
        most = format_amount(MAX_MINOR, currency)
        raise Flawed([Flaw("amount", "out_of_range", f"{amount!r} is beyond {most}")])
    return minor


def _partner_id(setup: Setup, partner: str) -> PartnerId:
    found = setup.plan.identities.partners.get(partner)
    if found is None:
        raise ThingNotFound(f"there is no partner {partner!r}")
    return found


def write_entries(board: Board, entries: Sequence[ledger.Entry]) -> None:
    """Add entries that are of no delivery to the ledger, and have the balances see them.

    Whoever adds some has made the board before: it holds the counters.
    """
    ledger.append(entries)
    for entry in entries:
        board.pay_in(entry.partner_id, effect(entry.kind, entry.amount_minor))


def _append(board: Board, partner: str, kind: Kind, minor: int, written: Written) -> None:
    """Add an entry to the ledger, have the balance see it, and note who did it."""
    account_id = board.setup.account.id
    entry = ledger.Entry(
        id=fresh_id(board.now),
        account_id=account_id,
        partner_id=_partner_id(board.setup, partner),
        delivery_id=None,
        kind=kind,
        amount_minor=minor,
        currency=board.setup.currency,
        at=board.now,
        reason=written.reason,
        reference=written.reference,
        made_by=written.by,
    )
    write_entries(board, [entry])
    amount = f"{format_amount(minor, entry.currency)} {entry.currency}"
    audit.note(
        account_id=account_id,
        actor=written.by,
        action=Action.TOPPED_UP if kind is Kind.TOP_UP else Action.ADJUSTED,
        subject=f"partner {partner}",
        after={"amount": amount, "reason": written.reason, "reference": written.reference},
        now=board.now,
    )
