"""Issued invoices are added up again, from their lines and from the ledger behind them."""

from collections.abc import Iterator

from headgate.domain.invoices import document as documents
from headgate.domain.invoices.document import Document, Totals, taxed
from headgate.storage import invoice_lists
from headgate.storage.invoice_lists import ListedInvoice
from headgate.storage.verification import Breach


def breaches() -> Iterator[Breach]:
    for listed, written in invoice_lists.documents():
        document = documents.decode(written)
        for fault in _faults(listed, document):
            yield Breach("invoice_wrong", f"invoice {listed.number}: {fault}")


def _faults(listed: ListedInvoice, document: Document) -> Iterator[str]:
    totals = Totals(listed.net_minor, listed.tax_minor, listed.total_minor)
    if totals != document.totals or listed.number != document.number:
        yield "its document says another number or other totals"
    if taxed(document.lines) != (document.taxes, document.totals):
        yield "its lines do not add up to its totals"
    behind = invoice_lists.sums_of(listed.id)
    for line in document.lines:
        owed_minor = behind.pop(line.number, 0)
        if owed_minor != line.net_minor:
            yield (
                f"line {line.number} is {line.net_minor} (minor units), "
                f"but the entries behind it come to {owed_minor}"
            )
    for number in behind:
        yield f"entries stand behind line {number}, which it does not have"
