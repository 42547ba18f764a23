"""The mail of one delivery: who gets it, what it says, and what stays out of it."""

import email
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default

import msgspec
import pytest
from mails import SMTP, rendered
from msgspec.structs import replace

from headgate.channels import registry
from headgate.channels.contract import MASK, LeadFacts, Unrenderable
from headgate.channels.email.request import EmailRequest, shown
from headgate.domain.configuration.value import Security, Smtp
from headgate.domain.delivery_settings import Attachment, FieldChoice
from headgate.domain.secrets import EnvSecret


@dataclass
class Read:
    """A mail as a reader sees it."""

    mail: EmailMessage

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")

    @property
    def html(self) -> str:
        part = self.mail.get_body(("html",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n")

    @property
    def files(self) -> dict[str, bytes]:
        return {
            str(part.get_filename()): part.get_payload(decode=True)  # type: ignore[misc]
            for part in self.mail.iter_attachments()
        }


def read(request: EmailRequest) -> Read:
    mail = email.message_from_bytes(request.message, policy=default)
    assert isinstance(mail, EmailMessage)
    return Read(mail)


class TestAMail:
    def test_goes_to_every_recipient_in_one_message(self, facts: LeadFacts) -> None:
        request = rendered(facts, to=("one@a.example", "two@b.example", "one@a.example"))

        assert request.recipients == ("one@a.example", "two@b.example")
        assert read(request).mail["To"] == "one@a.example, two@b.example, one@a.example"

    def test_comes_from_the_accounts_sender(self, facts: LeadFacts) -> None:
        request = rendered(facts)

        assert request.sender == "leads@acme.example"
        assert read(request).mail["From"] == "Acme Leads <leads@acme.example>"

    def test_is_named_by_its_delivery(self, facts: LeadFacts) -> None:
        mail = read(rendered(facts)).mail

        assert mail["Message-ID"] == f"<{facts.delivery_id}@acme.example>"

    def test_is_dated_when_the_lead_was_given_to_the_partner(self, facts: LeadFacts) -> None:
        assert read(rendered(facts)).mail["Date"] == "Mon, 23 Nov 2026 10:00:00 +0000"

    def test_asks_for_no_automatic_answer(self, facts: LeadFacts) -> None:
        assert read(rendered(facts)).mail["Auto-Submitted"] == "auto-generated"

    def test_is_the_same_bytes_on_every_try(self, facts: LeadFacts) -> None:
        settings = {"html": "<p>{{ lead.first_name }}</p>", "attach": tuple(Attachment)}
        first = rendered(facts, **settings)
        changed = replace(facts, values={"first_name": "Somebody else"})

        again = rendered(changed, **settings, body=first.body)

        assert again.message == first.message

    def test_keeps_its_name_when_the_sender_changes(self, facts: LeadFacts) -> None:
        first = rendered(facts)
        mended = replace(SMTP, sender="sales@acme.example.org")

        again = rendered(facts, smtp=mended, body=first.body)

        assert again.sender == "sales@acme.example.org"
        assert read(again).mail["Message-ID"] == read(first).mail["Message-ID"]

    def test_survives_the_way_to_the_sender(self, facts: LeadFacts) -> None:
        request = rendered(facts, attach=tuple(Attachment))

        way = msgspec.msgpack.encode(request)

        kind = registry.channel("email").request_type
        assert msgspec.msgpack.decode(way, type=kind) == request

    def test_has_lines_that_every_server_takes(self, facts: LeadFacts) -> None:
        long = replace(facts, values={"first_name": "x" * 1_000, "comments": "ö" * 20_000})

        request = rendered(long, subject="{{ first_name }}", attach=tuple(Attachment))

        assert max(map(len, request.message.split(b"\r\n"))) <= 998
        assert request.message.isascii()

    def test_writes_domains_in_ascii(self, facts: LeadFacts) -> None:
        request = rendered(facts, to=("leads@sönne.example",))

        assert request.recipients == ("leads@xn--snne-5qa.example",)

    def test_cannot_go_to_a_name_beyond_ascii(self, facts: LeadFacts) -> None:
        with pytest.raises(Unrenderable, match="beyond ASCII"):
            rendered(facts, to=("jörg@sunpeak.example",))


class TestTheSubject:
    def test_names_the_kind_of_lead(self, facts: LeadFacts) -> None:
        assert read(rendered(facts)).mail["Subject"] == "New lead: Solar leads"

    def test_may_name_fields(self, facts: LeadFacts) -> None:
        request = rendered(facts, subject="{{ lead.first_name }} {{ lead.last_name }}")

        assert read(request).mail["Subject"] == "Ann <b> Öz"

    def test_is_cut_where_servers_would_not_take_it(self, facts: LeadFacts) -> None:
        request = rendered(facts, subject="word " * 100)

        assert len(read(request).mail["Subject"]) <= 250


class TestTheText:
    def test_has_a_line_for_every_field(self, facts: LeadFacts) -> None:
        assert read(rendered(facts)).text == (
            "First name: Ann <b>\nLast name: Öz\nEmail: ann@example.com\n"
            "Phone: +13105550123\nHome: 1 Main St, Reno, 89501\nBudget:\n"
            "Comments: Call me.\n.Soon\n"
        )

    def test_has_the_chosen_fields_under_their_names(self, facts: LeadFacts) -> None:
        choice = FieldChoice((("Vorname", "first_name"), ("phone", "phone"), ("Id", "id")))

        assert read(rendered(facts, fields=choice)).text == (
            f"Vorname: Ann <b>\nPhone: +13105550123\nId: {facts.lead_id}\n"
        )

    def test_may_be_a_template_that_is_not_escaped(self, facts: LeadFacts) -> None:
        request = rendered(facts, text="Hi {{ lead.first_name }}, {{ lead.budget }}!")

        assert read(request).text == "Hi Ann <b>, !\n"

    def test_stands_beside_html_that_is_escaped(self, facts: LeadFacts) -> None:
        request = rendered(facts, text="plain", html="<p>{{ lead.first_name }}</p>")

        assert read(request).html == "<p>Ann &lt;b&gt;</p>\n"
        assert read(request).text == "plain\n"


class TestAnEncryptedField:
    def test_stays_out_unless_it_is_named(self, facts: LeadFacts) -> None:
        request = rendered(facts, html="<p></p>", attach=tuple(Attachment))

        mail = read(request)
        assert "078-05-1120" not in f"{mail.text} {mail.html} {mail.files}"

    @pytest.mark.parametrize(
        "settings",
        [
            {"fields": FieldChoice((("ssn", "ssn"),))},
            {"text": "{{ lead.ssn }}"},
            {"subject": "{{ ssn }}"},
        ],
    )
    def test_goes_out_in_clear_where_it_is_named(
        self, settings: dict[str, object], facts: LeadFacts
    ) -> None:
        mail = read(rendered(facts, **settings))

        assert "078-05-1120" in mail.text + mail.mail["Subject"]

    def test_is_masked_for_people(self, facts: LeadFacts) -> None:
        request = rendered(facts, subject="{{ ssn }}", text="{{ ssn }}", html="{{ ssn }}")

        seen = shown(request)

        assert (seen["subject"], seen["text"], seen["html"]) == (MASK, MASK, MASK)
        assert "078-05-1120" in request.confidential


class TestWhatPeopleSee:
    def test_is_what_the_mail_says(self, facts: LeadFacts) -> None:
        choice = FieldChoice((("first_name", "first_name"),))

        seen = shown(rendered(facts, fields=choice, attach=(Attachment.CSV,)))

        assert seen == {
            "to": ["leads@sunpeak.example"],
            "subject": "New lead: Solar leads",
            "text": "First name: Ann <b>\n",
            "html": None,
            "attachments": [
                {"name": f"lead-{facts.lead_id}.csv", "content": "First name\r\nAnn <b>\r\n"}
            ],
        }

    def test_never_holds_the_password(self, facts: LeadFacts) -> None:
        smtp = Smtp("mail.example", 465, "a@acme.example", Security.TLS, "acme", EnvSecret("PASS"))

        request = rendered(facts, smtp=smtp)

        assert request.server.password == "value of PASS"
        assert "value of PASS" not in f"{shown(request)} {request!r} {request.server!r}"
        assert b"value of PASS" not in request.body


class TestAttachments:
    def test_are_a_table_for_people(self, facts: LeadFacts) -> None:
        choice = FieldChoice((("first_name", "first_name"), ("phone", "phone")))

        files = read(rendered(facts, fields=choice, attach=(Attachment.CSV,))).files

        table = files[f"lead-{facts.lead_id}.csv"]
        assert table == b"\xef\xbb\xbfFirst name,Phone\r\nAnn <b>,'+13105550123\r\n"

    def test_say_in_which_letters_a_table_is_written(self, facts: LeadFacts) -> None:
        mail = read(rendered(facts, attach=(Attachment.CSV,))).mail

        (table,) = mail.iter_attachments()
        assert table["Content-Type"] == 'text/csv; charset="utf-8"'

    def test_are_json_as_webhooks_send_it(self, facts: LeadFacts) -> None:
        choice = FieldChoice((("name", "first_name"), ("tel", "phone")))

        files = read(rendered(facts, fields=choice, attach=(Attachment.JSON,))).files

        body = msgspec.json.decode(files[f"lead-{facts.lead_id}.json"])
        assert body["delivery_id"] == facts.delivery_id
        assert body["fields"] == {"name": "Ann <b>", "tel": "+13105550123"}
