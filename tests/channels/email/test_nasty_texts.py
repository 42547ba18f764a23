"""Texts that break mails elsewhere, in every header and cell: they stay text."""

import csv
import email
import io
from email.header import decode_header, make_header
from email.policy import compat32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mails import SMTP, rendered
from msgspec.structs import replace

from headgate.channels.contract import LeadFacts
from headgate.channels.email import headers
from headgate.channels.email.addresses import Mailbox
from headgate.channels.email.enclosing import harmless
from headgate.domain.delivery_settings import Attachment

HEADERS = (
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"),
    *("Content-Type", "Content-Transfer-Encoding"),
)
NASTY = (
    "Ann\r\nBcc: all@evil.example",
    "Ann\nBcc: all@evil.example",
    "Ann\rBcc: all@evil.example",
    "Ann\r\n\r\nbody",
    "Ann\x0bBcc: x\x0cBcc: y\x85Bcc: z\u2028Bcc: u\u2029Bcc: v",
    "=?utf-8?q?Ann=0D=0ABcc:_all=40evil.example?=",
    "=?utf-8?b?QW5uDQpCY2M6IGFsbEBldmlsLmV4YW1wbGU=?=",
    "=?us-ascii?q?=0A?= =?utf-8?q?_?=",
    "Ann\x00\x1f\x7f\x9f",
    "x" * 2_000,
    "ö" * 2_000,
    "🙂" * 300,
    "e\u0301" * 400,
    " \t ",
    "",
    '"quoted" <a@b.example>, c@d.example; (comment) \\',
    "\u202egnp.exe",
    "ﷺ" * 100,
    "{{ lead.first_name }} {{",
    ".",
    "From here",
)


def fields_of(head: str) -> list[str]:
    """Return the names of the header lines, as a strict reader finds them."""
    lines = [line for line in head.split("\r\n") if line]
    assert not any(mark in head.replace("\r\n", "") for mark in "\r\n")
    return [line.partition(":")[0] for line in lines if line[0] not in " \t"]


class TestASubject:
    @pytest.mark.parametrize("text", NASTY)
    def test_adds_no_header(self, text: str, facts: LeadFacts) -> None:
        nasty = replace(facts, values={"first_name": text})

        message = rendered(nasty, subject="{{ lead.first_name }}", text="Hello").message

        head = message.partition(b"\r\n\r\n")[0].decode("ascii")
        assert tuple(fields_of(head)) == HEADERS

    @pytest.mark.parametrize("text", NASTY)
    def test_is_read_as_it_was_meant(self, text: str, facts: LeadFacts) -> None:
        nasty = replace(facts, values={"first_name": text})

        message = rendered(nasty, subject="{{ lead.first_name }}").message

        read = email.message_from_bytes(message, policy=compat32)["Subject"]
        assert str(make_header(decode_header(read))) == headers.subject_line(text)

    @given(st.text())
    def test_is_one_header_whatever_it_says(self, text: str) -> None:
        written = headers.line("Subject", text)

        assert fields_of(written) == ["Subject"]
        assert all(len(line) <= 78 for line in written.split("\r\n"))


class TestASendersName:
    @given(st.text())
    def test_is_one_header_whatever_it_says(self, text: str) -> None:
        written = headers.mailboxes_line("From", [Mailbox("leads@acme.example", text)])

        assert fields_of(written) == ["From"]
        assert written.endswith("leads@acme.example\r\n") or "<leads@acme.example>" in written

    def test_may_need_quotes(self, facts: LeadFacts) -> None:
        smtp = replace(SMTP, sender='"Acme, Inc." <leads@acme.example>')

        message = rendered(facts, smtp=smtp).message

        assert message.startswith(b'From: "Acme, Inc." <leads@acme.example>\r\n')


class TestManyRecipients:
    def test_are_folded_between_addresses(self) -> None:
        many = [Mailbox(f"leads-of-partner-{n}@sunpeak.example") for n in range(50)]

        written = headers.mailboxes_line("To", many)

        read = email.message_from_string(written)["To"].replace("\r\n", "").split(", ")
        assert read == [each.address for each in many]


class TestACell:
    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
    def test_is_never_a_formula(self, start: str) -> None:
        assert harmless(f"{start}1+1") == f"'{start}1+1"

    @pytest.mark.parametrize("cell", ["", "1", "a=b", "'", " =1", "ö"])
    def test_stays_as_it_is_otherwise(self, cell: str) -> None:
        assert harmless(cell) == cell

    @pytest.mark.parametrize("text", NASTY)
    def test_is_read_as_it_was_written(self, text: str, facts: LeadFacts) -> None:
        nasty = replace(facts, values={"first_name": text})
        message = email.message_from_bytes(rendered(nasty, attach=(Attachment.CSV,)).message)
        (table,) = (part for part in message.walk() if part.get_filename())

        content = bytes(table.get_payload(decode=True)).decode("utf-8-sig")

        _, row = csv.reader(io.StringIO(content, newline=""))
        assert row[0] == harmless(text)
