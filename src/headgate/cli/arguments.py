"""What every command is called and takes."""

import argparse

from headgate import __version__


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="headgate", description="Self-hosted lead distribution.")
    whole.add_argument("--version", action="version", version=f"headgate {__version__}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _serving(commands)
    _configuring(commands)
    _people(commands)
    return whole


def _serving(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = commands.add_parser("serve", help="run the web, the deliveries and the timed work")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--web", type=int, default=1, metavar="N", help="web processes")
    serve.add_argument("--workers", type=int, default=1, metavar="N", help="delivery processes")
    serve.add_argument("--no-migrate", action="store_true", help="leave the database as it is")
    commands.add_parser("migrate", help="bring the database up to date")


def _configuring(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    apply = commands.add_parser("apply", help="put a configuration file in force")
    apply.add_argument("file", metavar="FILE", help="YAML or JSON; - reads standard input")
    apply.add_argument("--account", metavar="SLUG")
    apply.add_argument("--yes", action="store_true", help="do not ask")
    apply.add_argument("--force", action="store_true", help="even if based on another version")


def _people(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    apikey = commands.add_parser("apikey", help="make API keys")
    actions = apikey.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a key and print it once")
    create.add_argument("--account", metavar="SLUG")
    create.add_argument("--scope", required=True, choices=("intake", "read", "admin"))
    create.add_argument("--source", metavar="SLUG", help="whose leads an intake key posts")
    create.add_argument("--entity", metavar="SLUG", help="if several have such a source")
    create.add_argument("--name", default="", help="what people recognise it by")
