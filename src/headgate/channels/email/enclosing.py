"""Files that go with a mail: the lead as a table for people, and as JSON for programs."""

import csv
import io

from headgate.channels import choosing, payload
from headgate.channels.contract import LeadFacts
from headgate.channels.email import adf
from headgate.channels.email.letter import Enclosure
from headgate.domain.delivery_settings import Attachment, FieldChoice

_BOM = "\ufeff"
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def enclosed(kind: Attachment, choice: FieldChoice, facts: LeadFacts) -> Enclosure:
    rows = choosing.rows(choice, facts)
    match kind:
        case Attachment.CSV:
            return Enclosure(f"lead-{facts.lead_id}.csv", "text/csv", table([rows]))
        case Attachment.JSON:
            body = payload.default_body(choosing.named(choice, facts), facts)
            return Enclosure(f"lead-{facts.lead_id}.json", "application/json", body.decode())
        case Attachment.ADF:
            document = adf.document(rows, facts)
            return Enclosure(f"lead-{facts.lead_id}.xml", "application/xml", document)


def table(leads: list[list[choosing.Row]]) -> str:
    """Write leads of the same fields as CSV that a spreadsheet opens and never calculates."""
    out = io.StringIO()
    writer = csv.writer(out)
    if leads:
        writer.writerow(harmless(row.label) for row in leads[0])
    writer.writerows((harmless(row.text) for row in lead) for lead in leads)
    return _BOM + out.getvalue()


def harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula."""
    return f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell
