"""Files that go with a mail: the lead as a table for people, and as JSON for programs."""

import csv
import io

from headgate.channels import choosing, payload
from headgate.channels.contract import LeadFacts
from headgate.channels.email import adf
from headgate.channels.email.letter import Enclosure
from headgate.domain.csv_files.cells import harmless
from headgate.domain.delivery_settings import Attachment, FieldChoice

_BOM = "\ufeff"


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
    """Write leads as CSV that a spreadsheet opens and never calculates.

    There is a column for every field that one of them has.
    """
    columns = list(dict.fromkeys((row.key, row.label) for lead in leads for row in lead))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(harmless(label) for _, label in columns)
    for lead in leads:
        texts = {(row.key, row.label): row.text for row in lead}
        writer.writerow(harmless(texts.get(column, "")) for column in columns)
    return _BOM + out.getvalue()
