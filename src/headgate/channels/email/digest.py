"""A digest: many leads in one mail, each of them a row of one table.

A lead keeps its own row and no other's, so that erasing it erases all that was kept of it.
"""

import msgspec

from headgate.channels import choosing, templates
from headgate.channels.confidential import encrypted_texts
from headgate.channels.contract import LeadFacts, SecretOf, ShownMail
from headgate.channels.email import enclosing, headers, letter, request
from headgate.channels.email.addresses import mailbox
from headgate.channels.email.letter import Enclosure, Letter
from headgate.channels.email.mailing import Entry, Mailing, mail_server, return_path
from headgate.channels.email.message import compose
from headgate.channels.email.request import EmailRequest
from headgate.domain.delivery_settings import Email

_rows = msgspec.json.Decoder(list[tuple[str, str, str]])


def render(mailing: Mailing, first: Entry, *, secret_of: SecretOf) -> EmailRequest:
    """Make the one mail of all leads; its `body` is the row of the first.

    :raises Unrenderable: the sender or a recipient cannot be written to.
    """
    sender = mailbox(mailing.smtp.sender, "sender")
    entries = (first, *mailing.others)
    written = _letter(mailing, [_rows_of(mailing, each) for each in entries], first.facts)
    hidden = [text for each in entries for text in encrypted_texts(each.facts)]
    server = mail_server(mailing.smtp, secret_of)
    return EmailRequest(
        delivery_id=first.facts.delivery_id,
        server=server,
        sender=return_path(sender, mailing.return_token),
        recipients=tuple(dict.fromkeys(mailbox(each, "to").address for each in written.to)),
        message=compose(written, sender),
        body=row(mailing, first),
        timeout_seconds=mailing.settings.timeout_seconds,
        look=letter.encode(_alone(mailing, first)),
        confidential=tuple(dict.fromkeys(filter(None, (server.password, *hidden)))),
    )


def row(mailing: Mailing, entry: Entry) -> bytes:
    """Return what a lead brings to the letter, to be kept for the retries."""
    if entry.body is not None:
        return entry.body
    cells = [(each.label, each.key, each.text) for each in _rows_of(mailing, entry)]
    return msgspec.json.encode(cells)


def shown(mailing: Mailing, entry: Entry) -> ShownMail:
    """Return the mail as people may see it beside one lead: with that lead's row alone."""
    return request.shown_letter(_alone(mailing, entry))


def _alone(mailing: Mailing, entry: Entry) -> Letter:
    if encrypted_texts(entry.facts):
        masked = choosing.rows(mailing.settings.fields, entry.facts.masked())
        return _letter(mailing, [masked], entry.facts)
    return _letter(mailing, [_rows_of(mailing, entry)], entry.facts)


def _rows_of(mailing: Mailing, entry: Entry) -> list[choosing.Row]:
    if entry.body is None:
        return choosing.rows(mailing.settings.fields, entry.facts)
    return [choosing.Row(label, key, text) for label, key, text in _rows.decode(entry.body)]


def _letter(mailing: Mailing, leads: list[list[choosing.Row]], facts: LeadFacts) -> Letter:
    sender = mailbox(mailing.smtp.sender, "sender")
    letter_id = mailing.letter_id or facts.delivery_id
    count = 1 + len(mailing.others)
    table = Enclosure(f"leads-{letter_id}.csv", "text/csv", enclosing.table(leads))
    return Letter(
        message_id=f"<{letter_id}@{sender.domain}>",
        dated=mailing.dated,
        to=mailing.settings.to,
        subject=headers.subject_line(_subject(mailing.settings, facts)),
        text=f"{count} new lead{'' if count == 1 else 's'}; see the attached table.\n",
        enclosures=(table,),
    )


def _subject(settings: Email, facts: LeadFacts) -> str:
    """Return the subject as set, unless it wants something of a lead: here are many."""
    if settings.subject is None or templates.names(settings.subject):
        return f"New leads: {facts.entity_name}"
    return settings.subject
