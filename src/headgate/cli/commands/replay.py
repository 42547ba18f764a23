"""`headgate replay`: what another set-up would have made of the leads of the past."""

import argparse
from collections.abc import Iterator
from datetime import datetime

import msgspec
from rich.console import Console
from rich.table import Table

from headgate.cli import choosing, environment, files
from headgate.domain.ids import AccountId
from headgate.services import configuration, history
from headgate.services.history import HistoryShown
from headgate.services.writing import write_json
from headgate.web.api import parameters
from headgate.web.api.lead_reading import zone_of


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    account = choosing.account(given.account)
    planned = configuration.plan_configuration(
        source=files.read(given.config), account_slug=account.slug, trusted=True, force=True
    )
    shown = history.show(
        history.replay_history(
            account_id=account.id,
            configuration=planned.configuration,
            since=_moment(given.since, "--from", account.id),
            until=_moment(given.until, "--to", account.id),
        )
    )
    if given.json:
        print(msgspec.json.format(write_json(shown), indent=2))
    else:
        _print(shown)
    return 0


def _moment(text: str | None, name: str, account_id: AccountId) -> datetime | None:
    said = {name: text} if text is not None else {}
    return parameters.moment_of(said, name, zone_of(account_id))


def _print(shown: HistoryShown) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for line in _summary(shown):
        console.print(line, markup=False)
    if shown.partners:
        console.print(_shares(shown))
    for cap in shown.caps:
        console.print(
            f"Cap of {cap.of}, {cap.limit} per {cap.per}: full in {cap.full_windows} windows.",
            markup=False,
        )
    for move in shown.moves:
        before, after = (" and ".join(who) or "nobody" for who in (move.before, move.after))
        console.print(f"  {move.lead}  {before} → {after}", markup=False)
    if shown.moved > len(shown.moves):
        console.print(f"  … and {shown.moved - len(shown.moves):,} more", markup=False)
    console.print("Nothing was changed.")


def _summary(shown: HistoryShown) -> Iterator[str]:
    yield f"{shown.leads:,} leads decided again; {shown.moved:,} would have gone elsewhere."
    if shown.erased:
        yield f"{shown.erased:,} more were erased and could not be."
    yield (
        f"Matched: {shown.matched_before:,} before, {shown.matched_after:,} after; "
        f"newly unmatched {shown.newly_unmatched:,}, newly matched {shown.newly_matched:,}."
    )
    if shown.unmatched_because:
        reasons = ", ".join(f"{word} {count:,}" for word, count in shown.unmatched_because.items())
        yield f"Why nobody would have got the newly unmatched: {reasons}."
    yield (
        f"Revenue: {shown.revenue_before} {shown.currency} before, "
        f"{shown.revenue_after} {shown.currency} after."
    )


def _shares(shown: HistoryShown) -> Table:
    table = Table("Partner", box=None, pad_edge=False)
    for title in ("leads before", "after", "revenue before", "after"):
        table.add_column(title, justify="right")
    for each in shown.partners:
        table.add_row(
            each.partner,
            f"{each.leads_before:,}",
            f"{each.leads_after:,}",
            each.revenue_before,
            each.revenue_after,
        )
    return table
