"""The files that the configuration reference shows are files that Headgate reads."""

import re
from pathlib import Path

import pytest

from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.configuration.lint import lint

REFERENCE = Path(__file__).parents[3] / "docs" / "configuration.md"
FILES = re.findall(
    r"^```yaml\n(version: 1\n.*?)^```$", REFERENCE.read_text(encoding="utf-8"), re.M | re.S
)


class TestTheConfigurationReference:
    def test_shows_whole_files(self) -> None:
        assert len(FILES) >= 4

    @pytest.mark.parametrize("number", range(len(FILES)))
    def test_shows_files_without_flaws(self, number: int) -> None:
        document = read_document(FILES[number].encode())

        configuration = read_configuration(document, current=None).configuration

        assert configuration.profiles

    def test_begins_with_a_file_that_nobody_would_ask_about(self) -> None:
        document = read_document(FILES[0].encode())

        advice = lint(read_configuration(document, current=None).configuration)

        assert advice == ()
