"""`headgate lint`: say what is wrong or odd in a configuration file, without any database."""

import argparse

from headgate.channels import registry
from headgate.cli import files
from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.configuration.lint import lint


def run(given: argparse.Namespace) -> int:
    document = read_document(files.read(given.file))
    parsed = read_configuration(document, current=None, others=registry.option_types())
    advice = lint(parsed.configuration)
    for each in advice:
        print(f"note: {each}")
    print(f"{len(advice)} notes, nothing wrong." if advice else "Nothing wrong, nothing odd.")
    return 0
