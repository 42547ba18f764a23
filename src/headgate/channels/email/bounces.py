"""Bounces: mails by which servers say that another mail was not delivered after all."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures
from msgspec import Struct

from headgate.channels.email.headers import one_line
from headgate.channels.email.return_path import tokens_in

# Where servers write whom a mail is for; the bounced mail inside proves nothing.
_RECIPIENT_HEADERS = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_LONGEST_WORDS = 500


class Bounce(Struct, frozen=True):
    """A mail that failed for good: the token of its return path, for whom, and in which words."""

    token: str
    recipients: frozenset[str]
    words: str


class _Report(Struct, frozen=True):
    """What a server says of one recipient (RFC 3464)."""

    action: str
    recipients: frozenset[str]
    words: str


def read(raw: bytes) -> Bounce | None:
    """Return the bounce; None for anything else, and for what may still be delivered."""
    message = message_from_bytes(raw)
    written = [str(value) for name in _RECIPIENT_HEADERS for value in message.get_all(name, [])]
    tokens = tokens_in("\n".join(written))
    if len(tokens) != 1:
        return None
    (token,) = tokens
    reports = list(_reports(message))
    if not reports:
        return _guessed(token, message)
    failed = [report for report in reports if report.action == "failed"]
    if not failed:
        return None
    recipients = frozenset[str]().union(*(report.recipients for report in failed))
    return Bounce(token, recipients, failed[0].words)


def _reports(message: Message) -> Iterator[_Report]:
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.walk():
            action = str(block.get("Action", "")).strip().lower()
            if action:
                recipients = (block.get("Final-Recipient"), block.get("Original-Recipient"))
                yield _Report(
                    action.split()[0],
                    frozenset(_address(str(each)) for each in recipients if each),
                    _words(str(block.get("Diagnostic-Code") or block.get("Status") or "")),
                )


def _guessed(token: str, message: Message) -> Bounce | None:
    """Read a bounce in one of the many other formats."""
    try:
        _, permanent = all_failures(message)
    except Exception:  # a stranger wrote it, so it may be anything
        return None
    if not permanent:
        return None
    recipients = frozenset(each.decode("ascii", "replace").lower() for each in permanent)
    return Bounce(token, recipients, _words(str(message.get("Subject", ""))))


def _address(recipient: str) -> str:
    """Read `rfc822; <ann@partner.example>`."""
    return recipient.rpartition(";")[2].strip().strip("<>").lower()


def _words(text: str) -> str:
    return one_line(text)[:_LONGEST_WORDS]
