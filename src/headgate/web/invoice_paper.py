"""An invoice as PDF/A-3, with its Factur-X XML inside once it has a number."""

from pathlib import Path
from threading import Lock
from typing import Any

from django.template.loader import render_to_string

from headgate.domain.invoices.factur_x import write_xml
from headgate.services.invoices.invoice_showing import Found
from headgate.web.invoice_words import words_of

_STYLE = Path(__file__).parent / "static" / "headgate" / "paper.css"
# The library that shapes text is not made for several threads.
_drawing = Lock()


class PdfUnavailable(Exception):
    """What draws PDF is not installed; the message says what to install."""

    def __init__(self) -> None:
        super().__init__(
            "PDF needs the packages of headgate[pdf] and the library Pango; on Debian:"
            " apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        )


def write_pdf(found: Found) -> bytes:
    """Draw an invoice or a draft; it takes about half a second.

    :raises PdfUnavailable:
    """
    weasyprint, facturx = _libraries()
    html = render_to_string("invoices/paper.html", {"found": found, **words_of(found)})
    with _drawing:
        style = weasyprint.CSS(string=_STYLE.read_text(encoding="utf-8"))
        page = weasyprint.HTML(string=html, url_fetcher=_refuse)
        drawn: bytes = page.write_pdf(stylesheets=[style], pdf_variant="pdf/a-3b")
    if found.is_draft:
        return drawn
    document = found.document
    what = {"title": document.number, "author": document.seller.name, "subject": document.number}
    whole: bytes = facturx.generate_from_binary(
        drawn,
        write_xml(document),
        flavor="factur-x",
        level="en16931",
        check_xsd=False,
        pdf_metadata={**what, "keywords": "Factur-X, ZUGFeRD"},
        lang="en",
    )
    return whole


def is_available() -> bool:
    try:
        _libraries()
    except PdfUnavailable:
        return False
    return True


def _libraries() -> tuple[Any, Any]:
    """Return them; importing takes a second, which nobody who needs no PDF should wait."""
    try:
        import facturx  # noqa: PLC0415
        import weasyprint  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise PdfUnavailable from error
    return weasyprint, facturx


def _refuse(address: str, *_: object, **__: object) -> Any:
    """Let a paper fetch nothing, wherever what it says would lead."""
    raise ValueError(f"an invoice fetches nothing, so not {address} either")
