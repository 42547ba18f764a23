"""Runs a command and turns what it refuses into a message and an exit code."""

import argparse
import os
import sys
from importlib import import_module
from keyword import iskeyword

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from headgate.cli import environment
from headgate.cli.refusals import Refused
from headgate.domain.flaws import Flawed


def run(given: argparse.Namespace) -> int:
    """Return 0, or 1 with the reason on stderr."""
    try:
        environment.set_up_django(given)
        # Commands know tables, so they are imported once Django is ready for them.
        name = given.command.replace("-", "_")
        command = import_module(f"headgate.cli.commands.{name}{'_' * iskeyword(name)}")
        return int(command.run(given))
    except BrokenPipeError:
        # Whoever read the output has seen enough; the exit must not write to it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Flawed as flawed:
        for flaw in flawed.flaws:
            print(flaw if flaw.place else flaw.message, file=sys.stderr)
    except (KeyError, IndexError):
        # Refusals are lookups that failed, but of classes of their own; these are mistakes of ours.
        raise
    except (Refused, LookupError, ValueError, OSError) as error:
        print(f"headgate: {error}", file=sys.stderr)
    except (OperationalError, ImproperlyConfigured) as error:
        print(f"headgate: the database cannot be used: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("headgate: interrupted", file=sys.stderr)
    return 1
