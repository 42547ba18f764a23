"""The links between documents lead to a file and to a heading that is there."""

import re
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parent.parent
DOCUMENTS = [*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")]


class TestLinks:
    def test_lead_to_what_is_there(self) -> None:
        lost = [
            f"{document.relative_to(HOUSE)}: {link}"
            for document in DOCUMENTS
            for link in links_in(document)
            if not leads_somewhere(document, link)
        ]

        assert not lost, "\n".join(("", *lost))


def links_in(document: Path) -> Iterator[str]:
    """Yield the links and pictures; links to other hosts are nobody's promise here."""
    for link in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if "://" not in link:
            yield link


def leads_somewhere(document: Path, link: str) -> bool:
    path, _, heading = link.partition("#")
    target = document.parent / path if path else document
    return target.exists() and (not heading or heading in headings_of(target))


def headings_of(document: Path) -> set[str]:
    """Return the headings as anchors: lower case, words with dashes between."""
    titles = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
