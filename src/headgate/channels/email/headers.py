"""Header lines of a mail, in ASCII, in which nothing can begin another line.

They are written here because the standard library's newer header classes decode encoded words
that a lead brings along, and some releases then write the line breaks hidden in them.
"""

import re
from email.header import Header

from headgate.channels.email.addresses import Mailbox

_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_PLAIN = re.compile(r"[\x20-\x7e]{0,60}", re.ASCII)
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*", re.ASCII)
_LONGEST_LINE = 76
_LONGEST_SUBJECT = 250


def one_line(text: str) -> str:
    """Return the text without control characters, line and paragraph separators."""
    return _UNFIT.sub(" ", text).strip()


def subject_line(text: str) -> str:
    """Return a subject as it goes out: one line of a length that servers take."""
    line = one_line(text)
    if len(line) <= _LONGEST_SUBJECT:
        return line
    return line[: _LONGEST_SUBJECT - 1].rstrip() + "…"


def line(name: str, value: str) -> str:
    """Write a header whose value is free text."""
    return f"{name}: {_encoded(one_line(value), len(name) + 2)}\r\n"


def mailboxes_line(name: str, mailboxes: list[Mailbox]) -> str:
    """Write a header of addresses, as many on a line as fit."""
    lines = [f"{name}:"]
    for number, mailbox in enumerate(mailboxes, start=1):
        comma = "," if number < len(mailboxes) else ""
        written = f" {_written(mailbox)}{comma}"
        if number > 1 and len(lines[-1]) + len(written) > _LONGEST_LINE:
            lines.append(written)
        else:
            lines[-1] += written
    return "\r\n".join(lines) + "\r\n"


def _written(mailbox: Mailbox) -> str:
    name = one_line(mailbox.name)
    if not name:
        return mailbox.address
    if _PLAIN.fullmatch(name) and "=?" not in name:
        if not _ATOMS.fullmatch(name):
            name = '"' + name.replace("\\", r"\\").replace('"', r"\"") + '"'
        return f"{name} <{mailbox.address}>"
    return f"{_encoded(name, 0)} <{mailbox.address}>"


def _encoded(text: str, indent: int) -> str:
    """Write text in encoded words, unless it is short plain ASCII that looks like none."""
    if _PLAIN.fullmatch(text) and "=?" not in text:
        return text
    header = Header(text, "utf-8", maxlinelen=_LONGEST_LINE - 1)
    return header.encode(linesep="\r\n", maxlinelen=_LONGEST_LINE - 1 - min(indent, 12))
