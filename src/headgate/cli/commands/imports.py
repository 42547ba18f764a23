"""`headgate imports`: list, cancel and undo imports, and get the rows that failed."""

import argparse
from pathlib import Path

from headgate import clock
from headgate.cli import choosing, environment, failed_rows, room
from headgate.cli.refusals import Refused
from headgate.domain.audit import COMMAND_LINE
from headgate.domain.ids import AccountId, ImportId
from headgate.domain.instants import rfc3339
from headgate.services.imports import undoing
from headgate.services.imports.undoing import NotInThatState
from headgate.storage import imports


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    account_id = choosing.account(given.account).id
    if given.action == "list":
        _list(account_id)
        return 0
    import_id = ImportId(given.id)
    try:
        match given.action:
            case "cancel":
                _cancel(account_id, import_id)
            case "undo":
                _undo(account_id, import_id)
            case "failed":
                _write_failed(account_id, import_id, Path(given.file))
    except NotInThatState as refusal:
        raise Refused(str(refusal)) from refusal
    return 0


def _list(account_id: AccountId) -> None:
    for each in imports.list_all(account_id):
        begun = rfc3339(each.started_at)
        print(
            f"{each.id:>4}  {begun}  {each.state:<9}  {each.cursor:,} of {each.rows:,} rows: "
            f"{each.stored:,} stored, {each.duplicates:,} duplicates, "
            f"{each.quarantined:,} quarantined, {each.failed:,} failed  {each.name}"
        )


def _cancel(account_id: AccountId, import_id: ImportId) -> None:
    done = undoing.cancel_import(
        account_id=account_id, import_id=import_id, by=COMMAND_LINE, now=clock.now()
    )
    print(f"Import {import_id} is cancelled after row {done.cursor:,} of {done.rows:,}.")


def _undo(account_id: AccountId, import_id: ImportId) -> None:
    undoing.begin_undoing(
        account_id=account_id, import_id=import_id, by=COMMAND_LINE, now=clock.now()
    )
    removed = 0
    while some := undoing.undo_some(account_id=account_id, import_id=import_id, now=clock.now()):
        removed += some
        room.leave()
    print(f"Import {import_id} is undone: {removed:,} leads are gone.")
    if kept := imports.count_leads(import_id):
        print(f"{kept:,} were distributed or erased since, and stay.")


def _write_failed(account_id: AccountId, import_id: ImportId, target: Path) -> None:
    failed_rows.write(account_id, import_id, target)
    print(f"{target} has the rows that failed, with the reasons.")
