"""`headgate verify`: recount caps, charges and deliveries from the rows."""

import argparse
import sys

from headgate.cli import environment
from headgate.services import verification


def run(given: argparse.Namespace) -> int:  # noqa: ARG001
    environment.open_installation()
    found = 0
    for found, breach in enumerate(verification.verify(), start=1):  # noqa: B007
        print(f"{breach.check}: {breach.message}", flush=True)
    if found:
        print(f"headgate: {found} breaches; the rows contradict each other", file=sys.stderr)
        return 1
    print("Everything adds up.")
    return 0
