"""What pages and papers say of an invoice beside its own texts."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from headgate.domain.invoices.tax import TaxCategory
from headgate.services.invoices.invoice_showing import Found, InvoiceRow, InvoiceShown, TaxShown
from headgate.web.wording import money_in_words

_DAY = timedelta(days=1)


def words_of(found: Found) -> dict[str, Any]:
    """Return what a template shows beside the invoice and its document."""
    return {
        "invoice": found.shown,
        "document": found.document,
        "title": title_of(found.shown),
        "last_on": last_day(found.shown),
        "taxes": [
            (tax_words(tax), tax)
            for tax in found.shown.taxes
            if tax.category != TaxCategory.OUTSIDE
        ],
        "remarks": remarks_of(found.shown),
    }


def title_of(invoice: InvoiceRow) -> str:
    if invoice.number is None:
        return _("Draft invoice")
    if invoice.kind == "credit_note":
        return _("Credit note %(number)s") % {"number": invoice.number}
    return _("Invoice %(number)s") % {"number": invoice.number}


def last_day(invoice: InvoiceRow) -> date:
    return date.fromisoformat(invoice.until_on) - _DAY


def tax_words(tax: TaxShown) -> str:
    if tax.category == TaxCategory.REVERSE_CHARGE:
        return _("VAT, reverse charge")
    return _("VAT %(rate)s %% on %(base)s") % {"rate": tax.rate, "base": money_in_words(tax.base)}


def remarks_of(invoice: InvoiceShown) -> list[str]:
    """Return what the law wants said."""
    if any(tax.category == TaxCategory.REVERSE_CHARGE for tax in invoice.taxes):
        return [_("Reverse charge: the customer accounts for the VAT.")]
    return []
