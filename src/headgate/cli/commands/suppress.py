"""`headgate suppress`: say who must not be offered to partners."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from headgate import clock
from headgate.cli import asking, choosing, environment, room
from headgate.cli.refusals import Refused
from headgate.domain.ids import AccountId
from headgate.services import csv_reading
from headgate.services.privacy import suppressing, suppression_files
from headgate.services.privacy.suppressing import MOST_AT_ONCE, ListShown
from headgate.services.privacy.suppression_files import UNREADABLE, Filling, NothingListable
from headgate.storage.copies import written_whole

_MADE_BY = "command line"
_LINES_SHOWN = 20


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    account_id = choosing.account(given.account).id
    match given.action:
        case "list":
            for each in suppressing.show_lists(account_id=account_id):
                _show(each)
        case "create":
            _create(account_id, given)
        case "add" | "remove":
            _change(account_id, given)
        case "import":
            _import(account_id, given)
        case "export":
            _export(account_id, given.list, Path(given.file))
        case "delete":
            _delete(account_id, given)
        case "find":
            _find(account_id, given)
    return 0


def _show(each: ListShown) -> None:
    whom = f"partner {each.partner}" if each.partner else "every partner"
    print(f"{each.slug:<24} {each.entries:>10,} values  {whom:<24}  {each.name}")


def _create(account_id: AccountId, given: argparse.Namespace) -> None:
    made = suppressing.create_list(
        account_id=account_id,
        slug=given.list,
        name=given.name,
        partner=given.partner,
        made_by=_MADE_BY,
        now=clock.now(),
    )
    _show(made)


def _change(account_id: AccountId, given: argparse.Namespace) -> None:
    change = suppressing.add_values if given.action == "add" else suppressing.remove_values
    values = _values(given.values)
    counts = [0, 0]
    for first in range(0, len(values), MOST_AT_ONCE):
        done = change(
            account_id=account_id,
            slug=given.list,
            values=values[first : first + MOST_AT_ONCE],
            region=given.region,
            made_by=_MADE_BY,
            now=clock.now(),
        )
        counts = [sum(pair) for pair in zip(counts, _counts(done), strict=True)]
    if given.action == "add":
        print(f"{counts[0]:,} added, {counts[1]:,} stood there already.")
    else:
        print(f"{counts[0]:,} removed, {counts[1]:,} did not stand there.")


def _counts(done: suppressing.Added | suppressing.Removed) -> tuple[int, int]:
    if isinstance(done, suppressing.Added):
        return done.added, done.already
    return done.removed, done.absent


def _values(given: Sequence[str]) -> list[str]:
    """Return the values; a lone - reads them from standard input, one a line."""
    if list(given) != ["-"]:
        return list(given)
    return [line.strip() for line in sys.stdin if line.strip()]


def _import(account_id: AccountId, given: argparse.Namespace) -> None:
    path = Path(given.file)
    if not path.is_file():
        raise Refused(f"{given.file} is not there, or is no file that can be read twice")
    pieces = partial(csv_reading.pieces_on_disk, path)
    try:
        file = suppression_files.look_through(pieces, column=given.column, region=given.region)
    except UNREADABLE as bad:
        raise Refused(f"{given.file}: {bad}; nothing was imported") from bad
    filling = suppression_files.begin_filling(
        account_id=account_id,
        slug=given.list,
        file=file,
        replaces=given.replace,
        region=given.region,
    )
    for part in suppression_files.parts(filling):
        suppression_files.take_part(filling, part, now=clock.now())
        room.leave()
    try:
        while suppression_files.finish_some(filling, made_by=_MADE_BY, now=clock.now()):
            room.leave()
    except NothingListable as nothing:
        _say_bad_rows(filling)
        raise Refused(str(nothing)) from nothing
    removed = f", {filling.removed:,} removed" if given.replace else ""
    print(f"{filling.added:,} added, {filling.already:,} stood there already{removed}.")
    _say_bad_rows(filling)


def _say_bad_rows(filling: Filling) -> None:
    if not filling.failed:
        return
    print(f"{filling.failed:,} rows hold no value and were left out:", file=sys.stderr)
    for row in filling.bad_rows[:_LINES_SHOWN]:
        print(f"  line {row.line:,}: {row.message}", file=sys.stderr)
    if filling.failed > _LINES_SHOWN:
        print(f"  and {filling.failed - _LINES_SHOWN:,} more", file=sys.stderr)


def _export(account_id: AccountId, slug: str, target: Path) -> None:
    pieces = suppressing.export_csv(account_id=account_id, slug=slug)
    with written_whole(target) as partial_file, partial_file.open("wb") as file:
        for piece in pieces:
            file.write(piece)
    print(f"{target} has the hashes on {slug}.")


def _delete(account_id: AccountId, given: argparse.Namespace) -> None:
    entries = suppressing.show_list(account_id=account_id, slug=given.list).entries
    if not given.yes:
        asking.agree(f"Delete {given.list} with its {entries:,} values?")
    delete = partial(
        suppressing.delete_some, account_id=account_id, slug=given.list, made_by=_MADE_BY
    )
    while delete(now=clock.now()):
        room.leave()
    print(f"{given.list} is deleted.")


def _find(account_id: AccountId, given: argparse.Namespace) -> None:
    found = suppressing.find_value(account_id=account_id, value=given.value, region=given.region)
    for each in found:
        _show(each)
    if not found:
        print("It stands on no list.")
