"""What is exported reads as the same configuration."""

import json
from pathlib import Path

import pytest
import yaml
from generated_configurations import MISREAD, configurations
from hypothesis import HealthCheck, given, settings

from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import Parsed, read_configuration
from headgate.domain.configuration.sealing import resolve_kept
from headgate.domain.configuration.value import Configuration
from headgate.domain.configuration.writing import write_configuration
from headgate.domain.configuration.yaml_text import to_yaml
from headgate.domain.flaws import Flaw

EXAMPLE = (Path(__file__).parent / "files" / "contract.yaml").read_bytes()

law = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_back(text: bytes, current: Configuration) -> Configuration:
    flaws: list[Flaw] = []
    parsed = read_configuration(read_document(text), current=current)
    resolved = resolve_kept(parsed.configuration, current, flaws)
    assert flaws == []
    return resolved


class TestAnExport:
    @law
    @given(configurations())
    def test_reads_as_the_same_configuration(self, configuration: Configuration) -> None:
        text = to_yaml(write_configuration(configuration, based_on=3))

        assert read_back(text.encode(), configuration) == configuration

    @law
    @given(configurations())
    def test_reads_the_same_as_json(self, configuration: Configuration) -> None:
        text = json.dumps(write_configuration(configuration, based_on=3))

        assert read_back(text.encode(), configuration) == configuration

    def test_keeps_the_example_of_the_contract(self) -> None:
        example = read_configuration(read_document(EXAMPLE), current=None).configuration

        text = to_yaml(write_configuration(example, based_on=None))

        assert read_back(text.encode(), example) == example

    def test_names_the_version_that_it_was_made_of(self) -> None:
        example = read_configuration(read_document(EXAMPLE), current=None).configuration
        document = write_configuration(example, based_on=7)

        assert read_configuration(document, current=None) == Parsed(example, 7)

    def test_has_the_parts_in_the_order_of_the_contract(self) -> None:
        example = read_configuration(read_document(EXAMPLE), current=None).configuration

        parts = list(write_configuration(example, based_on=7))

        assert parts == [
            "version",
            "based_on",
            "account",
            "email",
            "alerts",
            "returns",
            "retention",
            "reports",
            "entities",
            "sources",
            "partners",
            "profiles",
            "forms",
            "webhooks",
        ]


class TestAText:
    @pytest.mark.parametrize("text", MISREAD)
    def test_is_text_to_readers_of_yaml_1_1_and_1_2(self, text: str) -> None:
        written = to_yaml({"value": text, text: ["x", text]})

        expected = {"value": text, text: ["x", text]}
        assert read_document(written.encode()) == expected
        assert yaml.safe_load(written) == expected

    def test_of_several_lines_stands_as_a_block(self) -> None:
        assert to_yaml({"text": "Dear\nAnn\n"}) == "text: |\n  Dear\n  Ann\n"

    def test_keeps_its_letters(self) -> None:
        assert to_yaml({"name": "Zürich"}) == "{name: Zürich}\n"
