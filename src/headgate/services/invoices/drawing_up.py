"""What an invoice for a partner and a period says, from the ledger and the set-up in force."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import PartnerId
from headgate.domain.invoices.document import Document, InvoiceKind, Totals, kind_of, taxed
from headgate.domain.invoices.lines import draw_lines
from headgate.domain.invoices.parties import Buyer, Seller, as_party
from headgate.domain.invoices.tax import obstacle, tax_for
from headgate.domain.partners import Partner
from headgate.services.setups import Setup
from headgate.storage import invoices
from headgate.storage.invoices import Span


class Period(Struct, frozen=True):
    """Days of the account's calendar, the first included, the last not."""

    from_on: date
    until_on: date

    def since(self, zone: ZoneInfo) -> datetime:
        return datetime.combine(self.from_on, time(), zone)

    def until(self, zone: ZoneInfo) -> datetime:
        return datetime.combine(self.until_on, time(), zone)


class Drawn(Struct, frozen=True):
    """A document, and which line each entry stands behind.

    `unbilled_before` counts the partner's older entries that no invoice has. With `obstacles`
    it cannot be issued, and where they are about billing data the document stands in for it.
    """

    document: Document
    line_of: dict[UUID, int]
    unbilled_before: int
    obstacles: tuple[Flaw, ...]


def want_period(period: Period) -> None:
    """:raises Flawed: it has no day."""
    if period.until_on <= period.from_on:
        raise Flawed([Flaw("to", "out_of_range", "'to' is not included, so it is after 'from'")])


def partner_id_of(setup: Setup, slug: str) -> PartnerId:
    """:raises Flawed: there never was one."""
    found = setup.plan.identities.partners.get(slug)
    if found is None:
        raise Flawed([Flaw("partner", "unknown_reference", f"there is no partner {slug!r}")])
    return found


def draw_up(
    setup: Setup, partner_id: PartnerId, period: Period, *, number: str = "", now: datetime
) -> Drawn:
    slug = setup.partner_slugs[partner_id]
    partner = setup.configuration.partner(slug)
    seller, buyer = _seller(setup), _buyer(partner, slug)
    tax = tax_for(seller, buyer)
    span = Span(setup.account.id, partner_id, period.since(setup.zone), period.until(setup.zone))
    drawn = draw_lines(invoices.unbilled(span), tax)
    taxes, totals = taxed(drawn.lines)
    issued_on = now.astimezone(setup.zone).date()
    document = Document(
        kind=kind_of(totals),
        number=number,
        issued_on=issued_on,
        due_on=_due_on(seller, buyer, issued_on, totals),
        from_on=period.from_on,
        until_on=period.until_on,
        currency=setup.currency,
        seller=as_party(seller),
        buyer=as_party(buyer),
        seller_reference=setup.account.slug,
        buyer_reference=slug,
        lines=drawn.lines,
        taxes=taxes,
        totals=totals,
        iban=seller.iban,
        payment=seller.payment,
        note=seller.note,
    )
    earlier = Span(setup.account.id, partner_id, None, period.since(setup.zone))
    return Drawn(
        document,
        drawn.line_of,
        invoices.count_unbilled(earlier),
        tuple(_obstacles(setup, partner, slug)),
    )


def _seller(setup: Setup) -> Seller:
    account = setup.configuration.account
    return account.billing or Seller(name=account.name, country="")


def _buyer(partner: Partner | None, slug: str) -> Buyer:
    if partner is None or partner.billing is None:
        return Buyer(name=partner.name if partner else slug, country="")
    return partner.billing


def _due_on(seller: Seller, buyer: Buyer, issued_on: date, totals: Totals) -> date | None:
    if kind_of(totals) is InvoiceKind.CREDIT_NOTE or totals.total_minor == 0:
        return None
    days = seller.terms_days if buyer.terms_days is None else buyer.terms_days
    return issued_on + timedelta(days=days)


def _obstacles(setup: Setup, partner: Partner | None, slug: str) -> list[Flaw]:
    """Return what the set-up lacks, at its places in the configuration."""
    seller = setup.configuration.account.billing
    if partner is None:
        return [Flaw(f"partners.{slug}", "archived", f"the partner {slug!r} is archived")]
    found = []
    if seller is None:
        message = "the account has no billing data; give its name and country"
        found.append(Flaw("account.billing", "required", message))
    if partner.billing is None:
        message = f"the partner {slug!r} has no billing data; give its name and country"
        found.append(Flaw(f"partners.{slug}.billing", "required", message))
    if not found and (
        lack := obstacle(_seller(setup), tax_for(_seller(setup), _buyer(partner, slug)))
    ):
        found.append(Flaw("account.billing.vat_id", "required", lack))
    return found
