"""`headgate bench`: own benchmarks, each beside a ceiling measured in the same run."""

import argparse
import shutil
from importlib import import_module

from headgate.cli import environment
from headgate.cli.arguments import BENCHMARKS
from headgate.cli.refusals import Refused
from headgate.storage import accounts


def run(given: argparse.Namespace) -> int:
    try:
        environment.migrate()
        if accounts.list_all():
            raise Refused("the database is in use; name one that is empty")
        environment.open_installation()
        _run_all(given)
    finally:
        shutil.rmtree(given.own_data_dir, ignore_errors=True)
    return 0


def _run_all(given: argparse.Namespace) -> None:
    for name in [given.name] if given.name else BENCHMARKS:
        benchmark = import_module(f"headgate.cli.benchmarks.{name.replace('-', '_')}")
        print(f"{name}: {str(benchmark.__doc__).splitlines()[0]}", flush=True)
        for line in benchmark.run(given.leads) if name == "pages" else benchmark.run():
            print(line, flush=True)
