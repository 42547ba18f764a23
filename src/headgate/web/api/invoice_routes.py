"""The routes of invoices."""

from headgate.services.invoices import invoice_showing
from headgate.web.api import invoice_files, invoicing
from headgate.web.api.route_kinds import acting, reading

_INVOICES, _INVOICE = "/invoices", "/invoices/{invoice}"
INVOICE_ROUTES = (
    reading(
        _INVOICES,
        invoicing.list_invoices,
        "List invoices and drafts, the newest first",
        invoice_showing.InvoicePage,
        query=invoicing.FILTERS,
    ),
    acting(
        _INVOICES,
        invoicing.make_draft,
        "Make a draft for a partner and a period, or see what it would be",
        invoice_showing.InvoiceShown,
        query=invoicing.DRY_RUN,
        body=invoicing.WantedInvoice,
        status=201,
    ),
    reading(
        _INVOICE,
        invoicing.show_invoice,
        "Read an invoice or a draft with its lines",
        invoice_showing.InvoiceShown,
    ),
    acting(_INVOICE, invoicing.discard_draft, "Discard a draft", method="DELETE", status=204),
    acting(
        f"{_INVOICE}/issue",
        invoicing.issue_invoice,
        "Issue a draft: it gets its number, and never changes again",
        invoice_showing.InvoiceShown,
    ),
    acting(
        f"{_INVOICE}/pay",
        invoicing.pay_invoice,
        "Mark an invoice as paid",
        invoice_showing.InvoiceShown,
        body=invoicing.Payment,
    ),
    acting(
        f"{_INVOICE}/reopen",
        invoicing.reopen_invoice,
        "Take back that an invoice was paid",
        invoice_showing.InvoiceShown,
    ),
    acting(
        f"{_INVOICE}/credit",
        invoicing.credit_invoice,
        "Take back an invoice, or an amount of it, by a credit note",
        invoice_showing.InvoiceShown,
        body=invoicing.Credit,
        status=201,
    ),
    acting(
        f"{_INVOICE}/mail",
        invoice_files.mail_invoice,
        "Mail an invoice as PDF, and wait for how it ends",
        invoice_files.Mailed,
        body=invoice_files.Letter,
        refusals=(400, 404, 409, 413, 422, 501, 503),
    ),
    reading(
        f"{_INVOICE}/lines.csv",
        invoice_files.show_lines,
        "Read every ledger entry behind the lines",
        query=invoice_files.LINE,
        media=("text/csv",),
    ),
    reading(
        f"{_INVOICE}/pdf",
        invoice_files.show_pdf,
        "Read an invoice as PDF/A-3 with its Factur-X inside",
        media=("application/pdf",),
        refusals=(404, 422, 501),
    ),
    reading(
        f"{_INVOICE}/xml",
        invoice_files.show_xml,
        "Read the XML of an invoice by EN 16931",
        media=("application/xml",),
        refusals=(404, 409, 422),
    ),
)
