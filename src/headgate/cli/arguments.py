"""What every command is called and takes."""

import argparse
import os
import tempfile
from pathlib import Path
from typing import TypeAlias

from headgate import __version__

BENCHMARKS = ("decide", "intake", "end-to-end", "pages")
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="headgate", description="Self-hosted lead distribution.")
    whole.add_argument("--version", action="version", version=f"headgate {__version__}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _serving(commands)
    _keeping(commands)
    _configuring(commands)
    _people(commands)
    _importing(commands)
    _delivering(commands)
    _suppressing(commands)
    _erasing(commands)
    _proving(commands)
    return whole


def _serving(commands: Commands) -> None:
    serve = commands.add_parser("serve", help="run the web, the deliveries and the timed work")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000)
    serve.add_argument("--web", type=_processes, default=1, metavar="N", help="web processes")
    serve.add_argument(
        "--workers", type=_processes, default=1, metavar="N", help="delivery processes"
    )
    serve.add_argument("--no-migrate", action="store_true", help="leave the database as it is")
    demo = commands.add_parser("demo", help="serve example data, with leads flowing")
    demo.add_argument("--port", type=_port, default=8000)
    demo.set_defaults(own_data_dir="demo")
    mock = commands.add_parser(
        "mock-partner", help="a partner that accepts, refuses, stalls or breaks"
    )
    mock.add_argument("--host", default="127.0.0.1")
    mock.add_argument("--port", type=_port, default=8001)


def _keeping(commands: Commands) -> None:
    commands.add_parser("migrate", help="bring the database up to date")
    backup = commands.add_parser("backup", help="copy the whole database, also while it is served")
    backup.add_argument("file", metavar="FILE", help="replaced if it is there")
    restore = commands.add_parser("restore", help="put a backup in the place of the database")
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--yes", action="store_true", help="do not ask")


def _configuring(commands: Commands) -> None:
    apply = commands.add_parser("apply", help="put a configuration file in force")
    _takes_file(apply)
    _takes_account(apply)
    apply.add_argument("--yes", action="store_true", help="do not ask")
    apply.add_argument("--force", action="store_true", help="even if based on another version")
    plan = commands.add_parser("plan", help="say in words what applying a file would change")
    _takes_file(plan)
    _takes_account(plan)
    plan.add_argument("--force", action="store_true", help="even if based on another version")
    export = commands.add_parser("export", help="print the configuration in force as YAML")
    _takes_account(export)
    lint = commands.add_parser("lint", help="say what is wrong or odd in a configuration file")
    _takes_file(lint)


def _people(commands: Commands) -> None:
    apikey = commands.add_parser("apikey", help="make, list and revoke API keys")
    actions = apikey.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = actions.add_parser("create", help="make a key and print it once")
    _takes_account(create)
    create.add_argument("--scope", required=True, choices=("intake", "read", "admin"))
    create.add_argument("--source", metavar="SLUG", help="whose leads an intake key posts")
    create.add_argument("--entity", metavar="SLUG", help="if several have such a source")
    create.add_argument("--name", default="", help="what people recognise it by")
    _takes_account(actions.add_parser("list", help="show the keys, newest first"))
    revoke = actions.add_parser("revoke", help="put a key out of force at once")
    revoke.add_argument("id", metavar="ID", type=int, help="its number in the list")
    _takes_account(revoke)
    user = commands.add_parser("user", help="make users of the console, and let them in again")
    user_actions = user.add_subparsers(dest="action", required=True, metavar="ACTION")
    user_create = user_actions.add_parser(
        "create",
        help="make a user",
        description="The password is asked for, or read from HEADGATE_PASSWORD.",
    )
    _takes_account(user_create)
    user_create.add_argument("--email", required=True)
    user_create.add_argument("--role", required=True, choices=("owner", "admin", "member"))
    user_reset = user_actions.add_parser(
        "reset",
        help="print a one-time link to a new password, for somebody who is locked out",
    )
    user_reset.add_argument("--email", required=True)
    user_reset.add_argument(
        "--remove-second-steps", action="store_true", help="the app or passkey is lost too"
    )
    user_reset.add_argument("--port", type=int, default=8000, help="while there is no base URL")


def _delivering(commands: Commands) -> None:
    retry = commands.add_parser("retry", help="try many deliveries again, or send them again")
    retry.add_argument("--state", required=True, choices=("failed", "unknown", "delivered"))
    retry.add_argument("--since", metavar="ISO", help="only those that came to it at or after then")
    retry.add_argument("--until", metavar="ISO", help="only those that came to it before then")
    retry.add_argument("--partner", metavar="SLUG")
    retry.add_argument("--profile", metavar="SLUG")
    retry.add_argument("--dry-run", action="store_true", help="only say how many there are")
    retry.add_argument("--yes", action="store_true", help="do not ask")
    _takes_account(retry)
    trial = commands.add_parser("test-delivery", help="send a partner a made-up lead, at once")
    trial.add_argument("partner", metavar="PARTNER")
    trial.add_argument("--profile", metavar="SLUG", help="by the settings of its assignment there")
    trial.add_argument("--assignment", metavar="SLUG", help="if it has several there")
    trial.add_argument("--fallback", type=int, default=0, metavar="N", help="by this fall-back")
    _takes_account(trial)


def _importing(commands: Commands) -> None:
    taken = commands.add_parser("import", help="make leads of the rows of a CSV file or a workbook")
    taken.add_argument("file", metavar="FILE", help="CSV or .xlsx")
    taken.add_argument("--entity", required=True, metavar="SLUG", help="what kind of leads")
    taken.add_argument("--source", metavar="SLUG", help="whose leads; else import, or api")
    taken.add_argument(
        "--map",
        action="append",
        default=[],
        type=_mapping,
        metavar="COLUMN=FIELD",
        help="what a column means; COLUMN= leaves it out",
    )
    taken.add_argument("--distribute", action="store_true", help="at once, not held")
    taken.add_argument(
        "--on-duplicate", choices=("reject", "flag", "update", "allow"), help="else the source's"
    )
    taken.add_argument("--delimiter", metavar="CHARACTER", help="else found: , ; tab or |")
    taken.add_argument("--encoding", metavar="NAME", help="else found: UTF-8, UTF-16, cp1252")
    taken.add_argument("--sheet", metavar="NAME", help="of a workbook; else its first")
    taken.add_argument("--failed", metavar="FILE.csv", help="where to write rows that failed")
    taken.add_argument("--force", action="store_true", help="even if it was imported before")
    _takes_account(taken)
    imports = commands.add_parser("imports", help="list, cancel and undo imports")
    actions = imports.add_subparsers(dest="action", required=True, metavar="ACTION")
    _takes_account(actions.add_parser("list", help="show the imports, newest first"))
    for action, does in (
        ("cancel", "stop an import between two batches"),
        ("undo", "remove its leads that were never distributed"),
        ("failed", "write the rows that are no leads, with reasons"),
    ):
        about_one = actions.add_parser(action, help=does)
        about_one.add_argument("id", metavar="ID", type=int, help="its number in the list")
        if action == "failed":
            about_one.add_argument("file", metavar="FILE.csv")
        _takes_account(about_one)


def _suppressing(commands: Commands) -> None:
    suppress = commands.add_parser("suppress", help="say who must not be offered to partners")
    actions = suppress.add_subparsers(dest="action", required=True, metavar="ACTION")
    _takes_account(actions.add_parser("list", help="show the lists with their sizes"))
    for action, does in (
        ("create", "make an empty list"),
        ("add", "put values on a list"),
        ("remove", "take values off a list"),
        ("import", "put the values of a CSV file on a list"),
        ("export", "write the hashes that stand on a list to a CSV file"),
        ("delete", "delete a list with all that stands on it"),
    ):
        about_one = actions.add_parser(action, help=does)
        about_one.add_argument("list", metavar="LIST", help="its slug")
        if action == "create":
            about_one.add_argument(
                "--name", default="", help="what verdicts call it; else its slug"
            )
            about_one.add_argument("--partner", metavar="SLUG", help="for this one; else for all")
        if action in ("add", "remove"):
            about_one.add_argument(
                "values", nargs="+", metavar="VALUE", help="address, number, domain, hash; - reads"
            )
        if action in ("import", "export"):
            about_one.add_argument("file", metavar="FILE.csv")
        if action == "import":
            about_one.add_argument("--column", metavar="NAME", help="where the values stand")
            about_one.add_argument("--replace", action="store_true", help="remove all others")
        if action == "delete":
            about_one.add_argument("--yes", action="store_true", help="do not ask")
        if action in ("add", "remove", "import"):
            _takes_region(about_one)
        _takes_account(about_one)
    find = actions.add_parser("find", help="say on which lists a value stands")
    find.add_argument("value", metavar="VALUE")
    _takes_region(find)
    _takes_account(find)


def _erasing(commands: Commands) -> None:
    erase = commands.add_parser("erase", help="erase every lead of a person")
    erase.add_argument("--email", metavar="ADDRESS")
    erase.add_argument("--phone", metavar="NUMBER")
    _takes_region(erase)
    erase.add_argument(
        "--suppress",
        metavar="LIST",
        nargs="?",
        const="objections",
        help="put the person on this list first; else on `objections`",
    )
    erase.add_argument("--dry-run", action="store_true", help="only say which leads there are")
    erase.add_argument("--yes", action="store_true", help="do not ask")
    _takes_account(erase)


def _proving(commands: Commands) -> None:
    simulate = commands.add_parser("simulate", help="say what would happen to a lead, as JSON")
    simulate.add_argument("file", metavar="FILE", help="a lead as the API takes it; - reads stdin")
    simulate.add_argument("--at", metavar="ISO", help="as if it came then, not now")
    _takes_account(simulate)
    why = commands.add_parser("why", help="say why a lead went where it went")
    why.add_argument("lead", metavar="LEAD_ID")
    why.add_argument("partner", metavar="PARTNER", nargs="?", help="only the verdicts on this one")
    _takes_account(why)
    replay = commands.add_parser("replay", help="decide past leads again under another set-up")
    replay.add_argument("--config", metavar="FILE", required=True, help="the set-up; - reads stdin")
    replay.add_argument("--from", metavar="ISO", dest="since", help="leads received since then")
    replay.add_argument("--to", metavar="ISO", dest="until", help="leads received before then")
    replay.add_argument("--json", action="store_true", help="everything, as JSON")
    _takes_account(replay)
    commands.add_parser("verify", help="recount caps, charges and deliveries from the rows")
    bench = commands.add_parser("bench", help="measure this machine, beside a ceiling")
    bench.add_argument("name", nargs="?", choices=BENCHMARKS, help="one of them; else all")
    bench.add_argument("--leads", type=int, default=10_000, help="how many `pages` looks at")
    bench.add_argument(
        "--database", metavar="URL", help="an empty one to use, such as one on PostgreSQL"
    )
    own = Path(tempfile.gettempdir()) / f"headgate-bench-{os.getpid()}"
    bench.set_defaults(own_data_dir=str(own))


def _takes_file(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", metavar="FILE", help="YAML or JSON; - reads standard input")


def _takes_account(command: argparse.ArgumentParser) -> None:
    command.add_argument("--account", metavar="SLUG", help="may be left out while there is one")


def _takes_region(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--region", metavar="US", help="the country whose national phone numbers are read"
    )


def _mapping(text: str) -> tuple[str, str]:
    column, equals, field = text.rpartition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not COLUMN=FIELD")
    return column.strip(), field.strip()


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65_535:
        raise argparse.ArgumentTypeError(f"{text} is no port; there are 1 to 65535, and 0 for any")
    return port


def _processes(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 64:
        raise argparse.ArgumentTypeError(f"{text} is not from 1 to 64")
    return number
