"""Many leads in one mail, and what is kept beside each of them."""

import csv
import io
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from mails import NOW, SMTP, TO, secret_of
from msgspec.structs import replace

from headgate.channels.contract import MASK, LeadFacts
from headgate.channels.email import digest
from headgate.channels.email.channel import EmailChannel
from headgate.channels.email.mailing import Entry, Mailing
from headgate.channels.email.request import EmailRequest
from headgate.domain.delivery_settings import Email, FieldChoice
from headgate.domain.fields import Field, FieldType

LETTER_ID = "0199b1a0-0000-7000-8000-00000000000a"


def named(facts: LeadFacts, name: str) -> LeadFacts:
    return replace(facts, values={**facts.values, "first_name": name})


def mailing(*others: LeadFacts, **settings: object) -> Mailing:
    email = Email(**{"to": TO, "digest": "hourly", **settings})  # type: ignore[arg-type]
    entries = tuple(Entry(each, None) for each in others)
    return Mailing(email, SMTP, NOW, letter_id=LETTER_ID, others=entries)


def render(source: Mailing, facts: LeadFacts, body: bytes | None = None) -> EmailRequest:
    return EmailChannel().render(source, facts, secret_of=secret_of, body=body)


def mail_of(request: EmailRequest) -> EmailMessage:
    return message_from_bytes(request.message, policy=default)


def table_of(request: EmailRequest) -> list[list[str]]:
    (attachment,) = mail_of(request).iter_attachments()
    content = attachment.get_payload(decode=True)
    assert isinstance(content, bytes)
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


class TestADigest:
    def test_has_a_row_for_each_lead_under_one_header(self, facts: LeadFacts) -> None:
        source = mailing(named(facts, "Bob"), fields=FieldChoice((("first_name", "first_name"),)))

        request = render(source, named(facts, "Ann"))

        assert table_of(request) == [["First name"], ["Ann"], ["Bob"]]

    def test_begins_its_table_with_a_byte_order_mark(self, facts: LeadFacts) -> None:
        (attachment,) = mail_of(render(mailing(), facts)).iter_attachments()

        content = attachment.get_payload(decode=True)
        assert isinstance(content, bytes)
        assert content.startswith(b"\xef\xbb\xbf")
        assert attachment.get_filename() == f"leads-{LETTER_ID}.csv"

    def test_has_a_column_for_every_field_of_any_lead(self, facts: LeadFacts) -> None:
        newer = replace(
            facts,
            fields=(Field("first_name", FieldType.TEXT, "First name"),
                    Field("roof", FieldType.TEXT, "Roof")),
            values={"first_name": "Bob", "roof": "flat"},
        )  # fmt: skip
        older = replace(facts, fields=facts.fields[:2])

        request = render(mailing(newer), named(older, "Ann"))

        assert table_of(request) == [
            ["First name", "Last name", "Roof"], ["Ann", "Öz", ""], ["Bob", "", "flat"],
        ]  # fmt: skip

    def test_keeps_spreadsheets_from_calculating(self, facts: LeadFacts) -> None:
        source = mailing(
            named(facts, "@SUM(1)"), fields=FieldChoice((("first_name", "first_name"),))
        )

        request = render(source, named(facts, "=1+1"))

        assert table_of(request)[1:] == [["'=1+1"], ["'@SUM(1)"]]

    def test_says_in_its_text_how_many_leads_there_are(self, facts: LeadFacts) -> None:
        mail = mail_of(render(mailing(facts, facts), facts))

        body = mail.get_body()
        assert body is not None
        assert body.get_content().split("\r\n")[0] == "3 new leads; see the attached table."

    def test_names_its_letter_not_its_leads(self, facts: LeadFacts) -> None:
        mail = mail_of(render(mailing(facts), facts))

        assert mail["message-id"] == f"<{LETTER_ID}@acme.example>"
        assert mail["subject"] == "New leads: Solar leads"

    def test_takes_a_subject_that_wants_nothing_of_a_lead(self, facts: LeadFacts) -> None:
        plain = render(mailing(subject="Today's leads"), facts)
        of_one = render(mailing(subject="Lead {{ lead.first_name }}"), facts)

        subjects = [mail_of(each)["subject"] for each in (plain, of_one)]
        assert subjects == ["Today's leads", "New leads: Solar leads"]

    def test_leaves_encrypted_fields_out_unless_named(self, facts: LeadFacts) -> None:
        header = table_of(render(mailing(facts), facts))[0]

        assert "SSN" not in header

    def test_is_the_same_letter_when_rows_are_given_back(self, facts: LeadFacts) -> None:
        source = mailing(named(facts, "Bob"))
        first = render(source, named(facts, "Ann"))
        kept = digest.row(source, source.others[0])
        again = replace(source, others=(Entry(named(facts, "Changed"), kept),))

        second = render(again, named(facts, "Changed too"), first.body)

        assert second.message == first.message


class TestWhatIsKeptBesideALead:
    def test_is_its_own_row_and_no_other(self, facts: LeadFacts) -> None:
        source = mailing(named(facts, "Bob"))

        request = render(source, named(facts, "Ann"))

        mine = repr((EmailChannel().shown(request), request.body))
        theirs = repr(
            (digest.shown(source, source.others[0]), digest.row(source, source.others[0]))
        )
        assert ("Ann" in mine, "Bob" in mine) == (True, False)
        assert ("Ann" in theirs, "Bob" in theirs) == (False, True)

    def test_shows_encrypted_values_masked(self, facts: LeadFacts) -> None:
        source = mailing(facts, fields=FieldChoice((("ssn", "ssn"),)))

        request = render(source, facts)

        for seen in (EmailChannel().shown(request), digest.shown(source, source.others[0])):
            assert "078-05-1120" not in repr(seen)
            assert MASK in repr(seen)
        assert "078-05-1120" in request.confidential
