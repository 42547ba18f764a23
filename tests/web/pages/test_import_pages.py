"""Importing in the console: from the file to its leads, and back."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from reception import PASSWORD, RON, Reception, text_of

from headgate import clock
from headgate.services.imports import import_jobs, importing
from headgate.services.people import membership
from headgate.storage import models
from headgate.storage.people import Role

LEADS = b"First name;Mail;ZIP\nAnnabel;ann@example.com;90210\nBo;bad;1\nshort\n"


def upload(client: Client, content: bytes = LEADS, **said: str) -> Any:
    file = SimpleUploadedFile("leads.csv", content)
    return client.post("/imports/new", {"entity": "solar", "file": file, **said}, follow=True)


def address_of(page: Any) -> str:
    return str(page.redirect_chain[-1][0])


def begin(client: Client, page: Any, **said: str) -> Any:
    columns = {"column-0": "first_name", "column-1": "email", "column-2": "zip"}
    return client.post(address_of(page), {"do": "import", **columns, **said}, follow=True)


def work(reception: Reception) -> None:
    found = import_jobs.claim_next(now=clock.now())
    assert found is not None
    begun, parts = import_jobs.open_rows(found)
    for records in parts:
        importing.take_rows(begun=begun, records=records, now=clock.now())


def member_of_nothing(reception: Reception) -> str:
    """Add a member who may see the leads of no entity."""
    membership.create_user(
        account_id=reception.account_id,
        email="mo@acme.example",
        password=PASSWORD,
        role=Role.MEMBER,
        now=reception.now,
    )
    models.Membership.objects.filter(user__email="mo@acme.example").update(entities="[]")
    return "mo@acme.example"


class TestAnUpload:
    def test_shows_columns_values_and_guesses(self, reception: Reception) -> None:
        page = upload(reception.at_the_desk())

        text = page.content.decode()
        assert "3 rows" in text
        assert '<option value=";" selected>' in text
        assert '<option value="first_name" selected>First name</option>' in text
        assert "Annabel" in text
        assert "the row has 1 cells, the header has 3" in text

    def test_may_be_read_otherwise(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        page = upload(client, b"a|b;c\n1|2;3\n")

        said = {"do": "read", "encoding": "utf-8", "delimiter": "|"}
        again = client.post(address_of(page), said, follow=True).content.decode()

        assert "<bdi>b;c</bdi>" in again

    def test_that_cannot_be_read_says_why(self, reception: Reception) -> None:
        text = upload(reception.at_the_desk(), b'a,b\n"1,2\n').content.decode()

        assert "line 2: a quote opens a cell and is never closed" in text
        assert "Discard the file" in text

    @pytest.mark.parametrize(
        ("said", "why"), [({"file": ""}, "no file"), ({"entity": "gas"}, "no entity")]
    )
    def test_needs_a_file_and_an_entity(
        self, reception: Reception, said: dict[str, str], why: str
    ) -> None:
        page = upload(reception.at_the_desk(), **said)

        assert page.status_code == 422
        assert why in page.content.decode()

    def test_is_the_accounts_own(self, reception: Reception) -> None:
        page = upload(reception.at_the_desk())

        elsewhere = reception.at_the_desk(RON).get(address_of(page))

        assert elsewhere.headers["Location"] == "/imports/new?gone"

    def test_is_discarded(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        page = upload(client)

        client.post(address_of(page), {"do": "discard"})

        assert not models.UploadPiece.objects.exists()


class TestBeginning:
    def test_ends_on_the_progress(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        page = begin(client, upload(client))

        text = page.content.decode()
        assert 'hx-trigger="every 1s"' in text
        assert "0 of 3 rows" in text
        assert models.Import.objects.get().mapping == '{"Mail":"email"}'

    def test_is_refused_with_the_reason(self, reception: Reception) -> None:
        client = reception.at_the_desk()

        page = begin(client, upload(client), **{"column-2": "email"})

        assert page.status_code == 409
        assert "both mean email" in page.content.decode().replace("&#x27;", "'")
        assert not models.Import.objects.exists()

    def test_remembers_what_the_columns_mean(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        begin(client, upload(client), **{"column-2": ""})

        text = upload(client, LEADS + b"Cid;c@example.com;2\n").content.decode()

        assert "As chosen the last time" in text
        assert text.count('<option value="email" selected>') == 1
        assert text.count('<option value="" selected>Left out</option>') == 1

    def test_says_when_the_same_rows_came_before(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        begin(client, upload(client))
        work(reception)

        page = begin(client, upload(client))

        assert "nothing was added" in page.content.decode()


class TestAnImport:
    def test_says_what_became_of_the_rows(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        page = begin(client, upload(client))
        work(reception)

        text = text_of(client, address_of(page))

        assert "every 1s" not in text
        assert "Download the rows that failed" in text
        assert '<a href="/leads?entity=solar&amp;import=1">1</a>' in text
        assert "Annabel" in text_of(client, "/leads?entity=solar&import=1")
        assert "Annabel" not in text_of(client, "/leads?entity=solar&import=2")

    def test_gives_the_rows_that_failed(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        page = begin(client, upload(client))
        work(reception)

        answer = client.get(f"{address_of(page)}/failed.csv")

        rows = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
        assert rows[0] == "line,reason,First name,Mail,ZIP"
        assert rows[2] == '4,"the row has 1 cells, the header has 3",short'
        assert "attachment" in answer.headers["Content-Disposition"]

    def test_is_cancelled_and_goes_on(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        address = address_of(begin(client, upload(client)))

        cancelled = client.post(f"{address}/cancel", follow=True).content.decode()
        again = client.post(f"{address}/cancel")
        going_on = client.post(f"{address}/go-on", follow=True).content.decode()

        assert "what was stored stays" in cancelled
        assert again.status_code == 409
        assert "goes on after the last row" in going_on

    def test_is_undone(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        address = address_of(begin(client, upload(client)))
        work(reception)

        text = client.post(f"{address}/undo", follow=True).content.decode()

        assert "being removed" in text
        assert models.Import.objects.get().state == "undoing"

    def test_is_in_the_history(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        begin(client, upload(client))

        assert "leads.csv" in text_of(client, "/imports")
        assert "leads.csv" not in text_of(client, "/imports?state=done")
        assert "Nothing was imported yet" in text_of(reception.at_the_desk(RON), "/imports")

    def test_is_the_accounts_own(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        address = address_of(begin(client, upload(client)))
        rival = reception.at_the_desk(RON)

        answers = [rival.get(address), rival.get(f"{address}/failed.csv")]
        answers += [rival.post(f"{address}/{act}") for act in ("cancel", "undo", "go-on")]

        assert {answer.status_code for answer in answers} == {404}


class TestAMemberOfOtherEntities:
    def test_sees_neither_import_nor_source(self, reception: Reception) -> None:
        client = reception.at_the_desk()
        draft = address_of(upload(client))
        address = address_of(begin(client, upload(client)))
        member = reception.at_the_desk(member_of_nothing(reception))

        paths = (address, f"{address}/failed.csv", "/sources/of/solar/api")
        assert {member.get(path).status_code for path in paths} == {404}
        assert member.post(f"{address}/undo").status_code == 404
        assert member.get(draft).status_code in (302, 404)
        assert "leads.csv" not in text_of(member, "/imports")
        assert upload(member).status_code in (404, 422)

    def test_manages_no_source(self, reception: Reception) -> None:
        member = reception.at_the_desk(member_of_nothing(reception))

        posts = ("/sources/of/solar/api/keys", "/sources/of/solar/api/archive", "/sources/new")
        assert {member.post(path).status_code for path in posts} <= {403, 404}
