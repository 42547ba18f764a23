"""An invoice as the XML of Factur-X and ZUGFeRD, in the profile EN 16931."""

from datetime import date, timedelta
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from headgate.domain.invoices.document import Document
from headgate.domain.invoices.lines import Line
from headgate.domain.invoices.parties import Party
from headgate.domain.invoices.tax import Tax, TaxCategory, TaxShare
from headgate.domain.money import format_amount

_GUIDELINE = "urn:cen.eu:en16931:2017"
_SPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
_INVOICE, _CREDIT_NOTE = "380", "381"
_DAY = timedelta(days=1)
_ONE = "C62"  # a piece, by UN/ECE Recommendation 20
_TRANSFER, _SEPA_TRANSFER = "30", "58"
_EXEMPTIONS = {
    TaxCategory.REVERSE_CHARGE: ("Reverse charge", "VATEX-EU-AE"),
    TaxCategory.OUTSIDE: ("Not subject to VAT", "VATEX-EU-O"),
}

for _prefix, _space in _SPACES.items():
    register_namespace(_prefix, _space)


def write_xml(document: Document) -> bytes:
    """Write the XML; a credit note's amounts are above zero there, for its type turns them."""
    root = Element(_name("rsm:CrossIndustryInvoice"))
    context = _sub(root, "rsm:ExchangedDocumentContext")
    _sub(_sub(context, "ram:GuidelineSpecifiedDocumentContextParameter"), "ram:ID", _GUIDELINE)
    head = _sub(root, "rsm:ExchangedDocument")
    _sub(head, "ram:ID", document.number)
    _sub(head, "ram:TypeCode", _CREDIT_NOTE if document.is_credit_note else _INVOICE)
    _day(_sub(head, "ram:IssueDateTime"), document.issued_on)
    if document.note:
        _sub(_sub(head, "ram:IncludedNote"), "ram:Content", document.note)
    trade = _sub(root, "rsm:SupplyChainTradeTransaction")
    for line in document.lines:
        _line(trade, line, document)
    agreement = _sub(trade, "ram:ApplicableHeaderTradeAgreement")
    _party(agreement, "ram:SellerTradeParty", document.seller_reference, document.seller, document)
    _party(agreement, "ram:BuyerTradeParty", document.buyer_reference, document.buyer, document)
    delivery = _sub(trade, "ram:ApplicableHeaderTradeDelivery")
    delivered = _sub(delivery, "ram:ActualDeliverySupplyChainEvent")
    _day(_sub(delivered, "ram:OccurrenceDateTime"), document.until_on - _DAY)
    _settlement(trade, document)
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True))


def _line(trade: Element, line: Line, document: Document) -> None:
    item = _sub(trade, "ram:IncludedSupplyChainTradeLineItem")
    _sub(_sub(item, "ram:AssociatedDocumentLineDocument"), "ram:LineID", str(line.number))
    _sub(_sub(item, "ram:SpecifiedTradeProduct"), "ram:Name", line.title)
    price = _sub(_sub(item, "ram:SpecifiedLineTradeAgreement"), "ram:NetPriceProductTradePrice")
    _sub(price, "ram:ChargeAmount", format_amount(line.unit_minor, document.currency))
    delivery = _sub(item, "ram:SpecifiedLineTradeDelivery")
    quantity = _sub(delivery, "ram:BilledQuantity", str(_turned(line.quantity, document)))
    quantity.set("unitCode", _ONE)
    settlement = _sub(item, "ram:SpecifiedLineTradeSettlement")
    tax = _sub(settlement, "ram:ApplicableTradeTax")
    _sub(tax, "ram:TypeCode", "VAT")
    _sub(tax, "ram:CategoryCode", line.tax.category)
    _rate(tax, line.tax)
    sums = _sub(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    _sub(sums, "ram:LineTotalAmount", _amount(line.net_minor, document))


def _party(above: Element, name: str, reference: str, party: Party, document: Document) -> None:
    found = _sub(above, name)
    _sub(found, "ram:ID", reference)
    _sub(found, "ram:Name", party.name)
    address = _sub(found, "ram:PostalTradeAddress")
    _maybe(address, "ram:PostcodeCode", party.postcode)
    for line, text in zip(("One", "Two", "Three"), party.address, strict=False):
        _sub(address, f"ram:Line{line}", text)
    _maybe(address, "ram:CityName", party.city)
    _sub(address, "ram:CountryID", party.country)
    if party.email:
        reached = _sub(found, "ram:URIUniversalCommunication")
        _sub(reached, "ram:URIID", party.email).set("schemeID", "EM")
    # Where no VAT is charged, EN 16931 wants no VAT id either (BR-O-02).
    is_outside = any(share.tax.category is TaxCategory.OUTSIDE for share in document.taxes)
    _registration(found, "FC", party.tax_number)
    _registration(found, "VA", None if is_outside else party.vat_id)


def _registration(party: Element, scheme: str, number: str | None) -> None:
    if number:
        registration = _sub(party, "ram:SpecifiedTaxRegistration")
        _sub(registration, "ram:ID", number).set("schemeID", scheme)


def _settlement(trade: Element, document: Document) -> None:
    settlement = _sub(trade, "ram:ApplicableHeaderTradeSettlement")
    _sub(settlement, "ram:PaymentReference", document.number)
    _sub(settlement, "ram:InvoiceCurrencyCode", document.currency)
    _payment_means(settlement, document)
    for share in document.taxes:
        _share(settlement, share, document)
    period = _sub(settlement, "ram:BillingSpecifiedPeriod")
    _day(_sub(period, "ram:StartDateTime"), document.from_on)
    _day(_sub(period, "ram:EndDateTime"), document.until_on - _DAY)
    if document.due_on:
        terms = _sub(settlement, "ram:SpecifiedTradePaymentTerms")
        _day(_sub(terms, "ram:DueDateDateTime"), document.due_on)
    _sums(settlement, document)
    if document.corrects:
        reference = _sub(settlement, "ram:InvoiceReferencedDocument")
        _sub(reference, "ram:IssuerAssignedID", document.corrects.number)
        issued = _sub(reference, "ram:FormattedIssueDateTime")
        _day(issued, document.corrects.issued_on, kind="qdt")


def _payment_means(settlement: Element, document: Document) -> None:
    if document.iban is None and document.payment is None:
        return
    means = _sub(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    if document.iban is None:
        _sub(means, "ram:TypeCode", "1")  # not said how; the words below say it
        _maybe(means, "ram:Information", document.payment)
        return
    _sub(means, "ram:TypeCode", _SEPA_TRANSFER if document.currency == "EUR" else _TRANSFER)
    account = _sub(means, "ram:PayeePartyCreditorFinancialAccount")
    _sub(account, "ram:IBANID", document.iban)


def _share(settlement: Element, share: TaxShare, document: Document) -> None:
    tax = _sub(settlement, "ram:ApplicableTradeTax")
    reason, code = _EXEMPTIONS.get(share.tax.category, (None, None))
    _sub(tax, "ram:CalculatedAmount", _amount(share.tax_minor, document))
    _sub(tax, "ram:TypeCode", "VAT")
    _maybe(tax, "ram:ExemptionReason", reason)
    _sub(tax, "ram:BasisAmount", _amount(share.base_minor, document))
    _sub(tax, "ram:CategoryCode", share.tax.category)
    _maybe(tax, "ram:ExemptionReasonCode", code)
    _rate(tax, share.tax)


def _sums(settlement: Element, document: Document) -> None:
    totals = document.totals
    sums = _sub(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _sub(sums, "ram:LineTotalAmount", _amount(totals.net_minor, document))
    _sub(sums, "ram:TaxBasisTotalAmount", _amount(totals.net_minor, document))
    tax = _sub(sums, "ram:TaxTotalAmount", _amount(totals.tax_minor, document))
    tax.set("currencyID", document.currency)
    _sub(sums, "ram:GrandTotalAmount", _amount(totals.total_minor, document))
    _sub(sums, "ram:DuePayableAmount", _amount(totals.total_minor, document))


def _rate(above: Element, tax: Tax) -> None:
    if tax.category is not TaxCategory.OUTSIDE:
        _sub(above, "ram:RateApplicablePercent", format_amount(tax.rate_bp, "EUR"))


def _amount(minor: int, document: Document) -> str:
    return format_amount(_turned(minor, document), document.currency)


def _turned(number: int, document: Document) -> int:
    return -number if document.is_credit_note else number


def _day(above: Element, day: date, *, kind: str = "udt") -> None:
    _sub(above, f"{kind}:DateTimeString", f"{day:%Y%m%d}").set("format", "102")


def _maybe(above: Element, name: str, text: str | None) -> None:
    if text:
        _sub(above, name, text)


def _sub(above: Element, name: str, text: str | None = None) -> Element:
    found = SubElement(above, _name(name))
    found.text = text
    return found


def _name(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_SPACES[prefix]}}}{local}"
