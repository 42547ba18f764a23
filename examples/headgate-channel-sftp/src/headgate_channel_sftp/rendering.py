"""Make the file of one delivery: pure, and the same bytes on every try."""

import csv
import io

from headgate.channels import choosing
from headgate.channels.confidential import encrypted_texts
from headgate.channels.contract import LeadFacts, SecretOf
from headgate.domain.delivery_settings import FieldChoice
from headgate_channel_sftp.options import Sftp
from headgate_channel_sftp.request import Server, SftpRequest


def render(
    options: Sftp, facts: LeadFacts, *, secret_of: SecretOf, body: bytes | None = None
) -> SftpRequest:
    server = Server(
        host=options.host,
        port=options.port,
        host_key=options.host_key,
        username=options.username,
        password=secret_of(options.password) if options.password else None,
        private_key=secret_of(options.private_key) if options.private_key else None,
    )
    secrets = (server.password, server.private_key, *encrypted_texts(facts))
    return SftpRequest(
        delivery_id=facts.delivery_id,
        server=server,
        folder=options.folder.rstrip("/") or "/",
        body=table(options.fields, facts) if body is None else body,
        look=table(options.fields, facts.masked()),
        timeout_seconds=options.timeout_seconds,
        confidential=tuple(secret for secret in secrets if secret),
    )


def table(choice: FieldChoice, facts: LeadFacts) -> bytes:
    """Write a header of the partner's names, or our keys, and one row; for programs, as it is."""
    named = choosing.named(choice, facts)
    rows = choosing.rows(named, facts)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["delivery_id", *(theirs for theirs, _ in named.pairs or ())])
    writer.writerow([facts.delivery_id, *(row.text for row in rows)])
    return out.getvalue().encode()
