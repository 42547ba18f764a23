import argparse
from collections.abc import Iterator
from pathlib import Path

import pytest

from headgate.cli import arguments

PAGE = (Path(__file__).parents[2] / "docs" / "operate" / "commands.md").read_text(encoding="utf-8")


def commands(
    parser: argparse.ArgumentParser, name: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Give every command with its parser, those inside another one too."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, inner in action.choices.items():
                yield from commands(inner, f"{name} {word}".strip())
            return
    yield name, parser


@pytest.mark.parametrize(
    ("name", "parser"), [pytest.param(*each, id=each[0]) for each in commands(arguments.parser())]
)
class TestPageOfCommands:
    def test_has_a_section_with_every_option(
        self, name: str, parser: argparse.ArgumentParser
    ) -> None:
        command = name.split(maxsplit=1)[0]
        _, found, rest = PAGE.partition(f"\n## {command}\n")
        section = rest.partition("\n## ")[0]

        assert found, f"docs/operate/commands.md lacks a section '## {command}'"
        options = [each for action in parser._actions for each in action.option_strings]
        missing = [each for each in options if each not in ("-h", "--help") and each not in section]
        assert not missing
