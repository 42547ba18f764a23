"""`headgate import`: make leads of the rows of a CSV file or a workbook."""

import argparse
import sys
import time
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection
from msgspec.structs import replace

from headgate import clock
from headgate.cli import choosing, environment, failed_rows, room
from headgate.cli.progress import Progress
from headgate.cli.refusals import Refused
from headgate.domain.audit import COMMAND_LINE
from headgate.domain.csv_files import Record
from headgate.domain.ids import AccountId
from headgate.domain.instants import rfc3339
from headgate.domain.sources import OnDuplicate
from headgate.services import csv_reading
from headgate.services.csv_reading import CsvFile
from headgate.services.imports import importing, uploading
from headgate.services.imports.import_plans import Wanted
from headgate.services.imports.importing import Begun, JustBegun, Standing, Stopped
from headgate.services.imports.workbooks import BadWorkbook
from headgate.storage.caps import CapFull
from headgate.storage.imports import Import

_PAUSES_SECONDS = (0.1, 0.5, 2.0)


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    account_id = choosing.account(given.account).id
    path = Path(given.file)
    if not path.is_file():
        raise Refused(f"{given.file} is not there, or is no file that can be read twice")
    try:
        with uploading.as_csv(path, sheet=given.sheet) as table:
            return _import(account_id, _surveyed(path, table, given), given)
    except BadWorkbook as bad:
        raise Refused(f"{given.file}: {bad}; nothing was imported") from bad


def _import(account_id: AccountId, file: CsvFile, given: argparse.Namespace) -> int:
    begun = _begun(account_id, file, given)
    if begun.standing is Standing.DONE:
        _say_known(begun.progress)
        return 0
    _say_begun(begun, file)
    try:
        done = _take(begun, file)
    except Stopped as stopped:
        raise Refused(f"{stopped}; the same command goes on with it") from stopped
    return _ended(account_id, done, given.failed)


def _surveyed(path: Path, table: Path, given: argparse.Namespace) -> CsvFile:
    """Look through the file, or the sheet that was written out of it."""
    delimiter = "\t" if given.delimiter in ("tab", "\\t") else given.delimiter
    told = (given.encoding, delimiter) if table == path else ("utf-8", ",")
    try:
        found = csv_reading.survey(table, encoding=told[0], delimiter=told[1])
        return replace(found, name=path.name)
    except ValueError as bad:
        raise Refused(f"{given.file}: {bad}; nothing was imported") from bad


def _begun(account_id: AccountId, file: CsvFile, given: argparse.Namespace) -> Begun:
    wanted = Wanted(
        entity=given.entity,
        source=given.source,
        mapping=dict(given.map),
        on_duplicate=OnDuplicate(given.on_duplicate) if given.on_duplicate else None,
        distribute=given.distribute,
    )
    try:
        return importing.begin_import(
            account_id=account_id,
            file=file,
            wanted=wanted,
            force=given.force,
            made_by=COMMAND_LINE,
            now=clock.now(),
        )
    except JustBegun as just:
        raise Refused(str(just)) from just


def _take(begun: Begun, file: CsvFile) -> Import:
    done = begun.progress
    with Progress(total=done.rows, done=done.cursor) as progress:
        for records in importing.batches(begun, file):
            done = _taken(begun, records)
            progress.move(done.cursor, done.stored, done.duplicates, done.failed)
            room.leave()
    return done


def _taken(begun: Begun, records: list[Record]) -> Import:
    """Take a batch; what the database refuses for the moment is tried again."""
    for pause in _PAUSES_SECONDS:
        try:
            return importing.take_rows(begun=begun, records=records, now=clock.now())
        except (OperationalError, InterfaceError, CapFull):
            connection.close()
            time.sleep(pause)
    return importing.take_rows(begun=begun, records=records, now=clock.now())


def _say_known(known: Import) -> None:
    when = rfc3339(known.started_at)
    print(f"Import {known.id} of {when} had the same rows: nothing was added.")
    print("To import them once more, say --force.")


def _say_begun(begun: Begun, file: CsvFile) -> None:
    progress = begun.progress
    said = {"\t": "tab"}.get(file.delimiter, file.delimiter)
    goes_on = f", from row {progress.cursor + 1:,}" if begun.standing is Standing.BROKEN_OFF else ""
    print(
        f"Import {progress.id}: {file.rows:,} rows of {file.encoding}, cells parted by {said}, "
        f"for the source {begun.caller.source}{goes_on}.",
        file=sys.stderr,
    )
    for column, name in zip(file.header, begun.columns.names, strict=True):
        meaning = begun.columns.fields.get(column) or ("not imported" if name is None else "extra")
        # A file's own words could steer the terminal.
        shown = "".join(each if each.isprintable() else "�" for each in column)
        print(f"  {shown} → {meaning}", file=sys.stderr)


def _ended(account_id: AccountId, done: Import, failed_file: str | None) -> int:
    what = "distributed" if done.distribute else "held"
    print(
        f"Import {done.id}: {done.stored:,} {what}, {done.duplicates:,} duplicates, "
        f"{done.quarantined:,} quarantined, {done.failed:,} failed."
    )
    if done.failed and failed_file is not None:
        failed_rows.write(account_id, done.id, Path(failed_file))
        print(f"{failed_file} has the rows that failed, with the reasons.")
    elif done.failed:
        print(f"`headgate imports failed {done.id} FILE.csv` writes those that failed.")
    if done.failed == done.rows:
        raise Refused("no row could be imported")
    return 0
