"""Suppression lists in the console: made, filled, asked and deleted."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from reception import RON, Reception, text_of

LISTS = "/settings/suppressions"
ONE = f"{LISTS}/on/do-not-contact"


@pytest.fixture
def desk(reception: Reception) -> Client:
    """Give a browser of an owner whose account has a list."""
    client = reception.at_the_desk()
    client.post(LISTS, {"name": "Do not contact", "partner": ""})
    return client


def type_in(client: Client, values: str, do: str = "add") -> Any:
    return client.post(f"{ONE}/values", {"values": values, "do": do})


def upload(client: Client, content: bytes, **said: str) -> Any:
    file = SimpleUploadedFile("dnc.csv", content, content_type="text/csv")
    return client.post(f"{ONE}/file", {"file": file, **said})


class TestTheLists:
    def test_begin_with_what_to_do(self, reception: Reception) -> None:
        assert "No list yet" in text_of(reception.at_the_desk(), LISTS)

    def test_say_from_whom_they_keep_leads(self, desk: Client) -> None:
        made: Any = desk.post(LISTS, {"name": "Do not contact", "partner": "helios"})

        assert made.url.endswith("/on/do-not-contact-2?done=made")
        text = text_of(desk, LISTS)
        assert "Every partner" in text
        assert "<bdi>Helios Homes</bdi>" in text

    def test_want_a_name(self, desk: Client) -> None:
        refused = desk.post(LISTS, {"name": " "})

        assert refused.status_code == 422
        assert "give the list a name" in refused.content.decode()

    def test_tell_whether_an_address_is_on_one(self, desk: Client) -> None:
        type_in(desk, "example.com")

        found = desk.post(f"{LISTS}/find", {"value": "Ann@Example.com"}).content.decode()
        absent = desk.post(f"{LISTS}/find", {"value": "ann@example.org"}).content.decode()
        unread = desk.post(f"{LISTS}/find", {"value": "Ann"})

        assert "kept from every partner" in found
        assert "is on no list" in absent
        assert unread.status_code == 422


class TestAList:
    def test_takes_values_and_gives_them_up(self, desk: Client) -> None:
        added = type_in(desk, "ann@example.com\n\nbob@example.com\n")
        removed = type_in(desk, "bob@example.com", do="remove")

        assert "2 added, 0 stood there already." in added.content.decode()
        assert "1 removed" in removed.content.decode()
        assert "1 value" in text_of(desk, ONE)

    def test_names_the_line_that_is_wrong_and_keeps_what_was_typed(self, desk: Client) -> None:
        refused = type_in(desk, "ann@example.com\n\nBob")

        text = refused.content.decode()
        assert refused.status_code == 422
        assert "Line 3:" in text
        assert "Bob</textarea>" in text
        assert "0 values" in text

    def test_takes_a_file(self, desk: Client) -> None:
        type_in(desk, "old@example.com")

        text = upload(desk, b"ann@example.com\nAnn\n", mode="replace").content.decode()

        assert "1 added, 0 stood there already, 1 removed." in text
        assert "1 row holds no value" in text

    def test_refuses_a_file_without_values(self, desk: Client) -> None:
        refused = upload(desk, b"name\nAnn\n")

        assert refused.status_code == 422
        assert "none of 1 rows" in refused.content.decode()

    def test_is_exported_as_hashes(self, desk: Client) -> None:
        type_in(desk, "ann@example.com")

        exported: Any = desk.get(f"{ONE}.csv")

        content = b"".join(exported.streaming_content)
        assert content.startswith(b"hash,algorithm,added_at")
        assert b"ann" not in content

    def test_is_deleted(self, desk: Client) -> None:
        gone: Any = desk.post(f"{ONE}/delete")

        assert gone.url == f"{LISTS}?done=deleted"
        assert desk.get(ONE).status_code == 404

    def test_shows_in_a_trace_by_its_name(self, reception: Reception, desk: Client) -> None:
        type_in(desk, "ann@example.com")
        lead_id = reception.post_lead(first_name="Ann", email="ann@example.com", zip="90210")

        text = text_of(desk, f"/leads/{lead_id}/trace")

        assert "On the suppression list Do not contact" in text

    @pytest.mark.parametrize("path", [ONE, f"{ONE}.csv"])
    def test_is_nothing_to_another_account(
        self, reception: Reception, desk: Client, path: str
    ) -> None:
        assert reception.at_the_desk(RON).get(path).status_code == 404
