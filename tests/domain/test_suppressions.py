"""What a suppression list takes, and by which hashes it finds a lead's person."""

import hashlib

import pytest

from headgate.domain.fields import Field, FieldType
from headgate.domain.suppressions import (
    NotListable,
    hash_of,
    hashes_meaning,
    hashes_of_person,
    hashes_reaching,
)

FIELDS = (
    Field("email", FieldType.EMAIL, "Email"),
    Field("phone", FieldType.PHONE, "Phone"),
    Field("name", FieldType.TEXT, "Name"),
)


def sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def md5(text: str) -> bytes:
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()


class TestHashOf:
    @pytest.mark.parametrize(
        ("given", "normal"),
        [
            (" Ann@Example.COM ", "ann@example.com"),
            ("+1 202 555 0143", "+12025550143"),
            ("12025550143", "+12025550143"),
            ("Example.com", "example.com"),
            ("@example.com", "example.com"),
            ("xn--bcher-kva.de", "bücher.de"),
        ],
    )
    def test_is_that_of_the_normal_form(self, given: str, normal: str) -> None:
        assert hash_of(given) == sha256(normal)

    def test_reads_national_numbers_of_the_region(self) -> None:
        assert hash_of("(202) 555-0143", region="US") == sha256("+12025550143")

    @pytest.mark.parametrize("hashing", [sha256, md5])
    def test_takes_a_hash_as_it_is(self, hashing: object) -> None:
        digest = hashing("ann@example.com")  # type: ignore[operator]

        assert hash_of(digest.hex().upper()) == digest

    @pytest.mark.parametrize(
        ("given", "reason"),
        [
            ("Ann", "no email address, phone number, domain"),
            ("ann@", "no email address, such as"),
            ("+1 202 555 01", "no phone number; write it with"),
            ("a" * 40, "this is a SHA-1 hash"),
            ("ab" * 30, "this has 60 hex digits"),
            ("exa mple.com", "this is no domain"),
            ("", "no email address, phone number, domain"),
        ],
    )
    def test_refuses_what_is_none_of_these(self, given: str, reason: str) -> None:
        with pytest.raises(NotListable, match=reason):
            hash_of(given)


class TestHashesOfPerson:
    @pytest.mark.parametrize(
        "listed",
        [
            "ann@mail.example.com",
            sha256("ann@mail.example.com").hex(),
            md5("ann@mail.example.com").hex(),
            "mail.example.com",
            "example.com",
            md5("example.com").hex(),
            "+12025550143",
            sha256("12025550143").hex(),
            md5("+12025550143").hex(),
        ],
    )
    def test_find_each_way_in_which_the_person_can_be_listed(self, listed: str) -> None:
        values = {"email": "Ann@mail.example.com", "phone": "+12025550143"}

        assert hash_of(listed) in hashes_of_person(FIELDS, values)

    def test_are_of_addresses_and_numbers_alone(self) -> None:
        assert hashes_of_person(FIELDS, {"name": "ann@example.com"}) == ()

    def test_leave_the_top_level_out(self) -> None:
        assert sha256("com") not in hashes_of_person(FIELDS, {"email": "ann@example.com"})


class TestHashesMeaning:
    def test_are_of_the_value_and_not_of_its_domain(self) -> None:
        meaning = hashes_meaning("ann@example.com")

        assert set(meaning) == {sha256("ann@example.com"), md5("ann@example.com")}

    def test_are_a_numbers_with_plus_and_without(self) -> None:
        assert sha256("12025550143") in hashes_meaning("+12025550143")


class TestHashesReaching:
    def test_are_of_the_domain_too(self) -> None:
        assert sha256("example.com") in hashes_reaching("ann@example.com")
