"""The addresses of invoices."""

from django.urls import path

from headgate.web.pages.invoices import invoice, invoice_sending, invoices

urlpatterns = [
    path("", invoices.list_invoices, name="invoices"),
    path(".csv", invoices.export_invoices, name="export-invoices"),
    path("/new", invoices.make_invoice, name="new-invoice"),
    path("/<uuid:invoice_id>", invoice.show_invoice, name="invoice"),
    path("/<uuid:invoice_id>/entries", invoice.list_entries, name="invoice-entries"),
    path("/<uuid:invoice_id>/issue", invoice.issue, name="issue-invoice"),
    path("/<uuid:invoice_id>/discard", invoice.discard, name="discard-draft"),
    path("/<uuid:invoice_id>/pay", invoice.pay, name="pay-invoice"),
    path("/<uuid:invoice_id>/reopen", invoice.reopen, name="reopen-invoice"),
    path("/<uuid:invoice_id>/credit", invoice.credit, name="credit-invoice"),
    path("/<uuid:invoice_id>/mail", invoice_sending.mail, name="mail-invoice"),
    path("/<uuid:invoice_id>.pdf", invoice_sending.download_pdf, name="invoice-pdf"),
    path("/<uuid:invoice_id>.xml", invoice_sending.download_xml, name="invoice-xml"),
    path("/<uuid:invoice_id>.csv", invoice_sending.download_lines, name="invoice-lines"),
]
