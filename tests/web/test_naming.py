"""Lines that name things by slug are read with their names."""

import pytest

from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.web.naming import Naming

SETUP = b"""
version: 1
account: {slug: acme, name: Acme, timezone: UTC, currency: USD}
entities: [{slug: solar, name: Solar leads, fields: [{key: zip, type: postcode}]}]
sources: [{slug: site, entity: solar, name: Our site}]
partners: [{slug: sun-1, name: "Sun, One"}, {slug: two, name: Two}]
profiles:
  - {slug: homes, entity: solar, name: Home owners, assignments: [{partner: sun-1}]}
  - {slug: rest, entity: solar, name: Everybody else}
"""
LINES = [
    ("Partner sun-1 is new", "Partner “Sun, One” is new"),
    ("Partner sun-1's email a → b", "Partner “Sun, One”: email a → b"),
    ("Partner gone is archived", "Partner gone is archived"),
    ("Partner two's name sun-1 → Two", "Partner “Two”: name sun-1 → Two"),
    ("Partners are now listed in the order two, sun-1, gone",
     "Partners are now listed in the order “Two”, “Sun, One”, gone"),
    ("Field zip of solar is new", "Field zip of “Solar leads” is new"),
    ("Source site: cost 1 → 2", "Source “Our site”: cost 1 → 2"),
    ("Profile homes now runs before rest",
     "Profile “Home owners” now runs before “Everybody else”"),
    ("Profile homes: assignment sun-1 is new",
     "Profile “Home owners”: assignment “Sun, One” is new"),
    (
        "Profile homes: partner sun-1's price 1 → 2",
        "Profile “Home owners”: partner “Sun, One”: price 1 → 2",
    ),
    ("Account's currency USD → EUR", "Account's currency USD → EUR"),
    ("partner two", "partner “Two”"),
    ("assignment homes/sun-1", "assignment “Home owners” / “Sun, One”"),
    ("portal user a@b.example", "portal user a@b.example"),
]  # fmt: skip


@pytest.fixture(scope="module")
def naming() -> Naming:
    return Naming(read_configuration(read_document(SETUP), current=None).configuration)


class TestNaming:
    @pytest.mark.parametrize(("line", "told"), LINES)
    def test_names_what_a_line_is_about(self, naming: Naming, line: str, told: str) -> None:
        assert naming.in_line(line) == told
