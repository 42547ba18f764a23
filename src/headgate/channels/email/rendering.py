"""Make the mail of one delivery: pure, and the same letter on every retry."""

import html

from headgate.channels import choosing, payload, templates
from headgate.channels.confidential import encrypted_texts
from headgate.channels.contract import LeadFacts, SecretOf
from headgate.channels.email import digest, enclosing, headers, letter
from headgate.channels.email.addresses import mailbox
from headgate.channels.email.letter import Letter
from headgate.channels.email.mailing import Entry, Mailing, mail_server, return_path
from headgate.channels.email.message import compose
from headgate.channels.email.request import EmailRequest
from headgate.domain.delivery_settings import Email


def render(
    mailing: Mailing, facts: LeadFacts, *, secret_of: SecretOf, body: bytes | None = None
) -> EmailRequest:
    """Make the request; `body` gives back the letter of an earlier attempt.

    :raises Unrenderable: the sender or a recipient cannot be written to.
    """
    if mailing.settings.digest is not None:
        return digest.render(mailing, Entry(facts, body), secret_of=secret_of)
    sender = mailbox(mailing.smtp.sender, "sender")
    written = letter.decode(body) if body else _letter(mailing, facts, sender.domain)
    hidden = encrypted_texts(facts)
    look = _letter(mailing, facts.masked(), sender.domain) if hidden else None
    server = mail_server(mailing.smtp, secret_of)
    return EmailRequest(
        delivery_id=facts.delivery_id,
        server=server,
        sender=return_path(sender, mailing.return_token),
        recipients=tuple(dict.fromkeys(mailbox(each, "to").address for each in written.to)),
        message=compose(written, sender),
        body=body or letter.encode(written),
        timeout_seconds=mailing.settings.timeout_seconds,
        look=letter.encode(look) if look else None,
        confidential=tuple(dict.fromkeys(filter(None, (server.password, *hidden)))),
    )


def _letter(mailing: Mailing, facts: LeadFacts, domain: str) -> Letter:
    settings = mailing.settings
    return Letter(
        message_id=f"<{facts.delivery_id}@{domain}>",
        dated=mailing.dated,
        to=settings.to,
        subject=headers.subject_line(_subject(settings, facts)),
        text=_text(settings, facts),
        html=_html(settings, facts),
        enclosures=tuple(
            enclosing.enclosed(kind, settings.fields, facts) for kind in settings.attach
        ),
    )


def _subject(settings: Email, facts: LeadFacts) -> str:
    if settings.subject is None:
        return f"New lead: {facts.entity_name}"
    return templates.fill(settings.subject, lambda gap: _value(facts, gap))


def _text(settings: Email, facts: LeadFacts) -> str:
    if settings.text is not None:
        return templates.fill(settings.text, lambda gap: _value(facts, gap))
    rows = choosing.rows(settings.fields, facts)
    return "".join(f"{row.label}: {row.text}".rstrip() + "\n" for row in rows)


def _html(settings: Email, facts: LeadFacts) -> str | None:
    if settings.html is None:
        return None
    return templates.fill(settings.html, lambda gap: html.escape(_value(facts, gap)))


def _value(facts: LeadFacts, gap: templates.Gap) -> str:
    return payload.text(payload.value_of(facts, gap.name))
