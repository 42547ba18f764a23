"""`headgate retry`: try many deliveries again, or send them again, with a progress bar."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.progress import track

from headgate import clock
from headgate.cli import asking, choosing, environment
from headgate.domain.audit import COMMAND_LINE
from headgate.domain.deliveries import State
from headgate.domain.ids import AccountId, DeliveryId
from headgate.services import acting, replaying
from headgate.services.replaying import LeftOut
from headgate.services.routing import Leases
from headgate.web.api.lead_reading import zone_of
from headgate.web.api.replaying import Wanted, filter_of


def run(given: argparse.Namespace) -> int:
    environment.open_installation()
    account_id = choosing.account(given.account).id
    wanted = Wanted(given.state, given.partner, given.profile, given.since, given.until)
    found = replaying.find_deliveries(
        account_id=account_id, wanted=filter_of(wanted, zone_of(account_id))
    )
    print(f"{_deliveries(len(found))} {'fits' if len(found) == 1 else 'fit'}.")
    if given.dry_run or not found:
        return 0
    if not given.yes:
        asking.agree(f"Retry {_deliveries(len(found))}?")
    left_out = _retry(account_id, found, State(given.state))
    for each in left_out:
        print(f"  {each.id} {each.reason}: {each.message}")
    reasons = Counter(each.reason for each in left_out)
    said = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    print(f"Retried {len(found) - len(left_out)}{f'; left out {said}' if said else ''}.")
    return 0


def _retry(account_id: AccountId, ids: Sequence[DeliveryId], state: State) -> list[LeftOut]:
    left_out: list[LeftOut] = []
    parts = list(replaying.in_parts(ids))
    bar = Console(stderr=True)
    for part in track(parts, "Retrying", console=bar, disable=not sys.stderr.isatty()):
        replayed = acting.retry_part(
            account_id=account_id,
            delivery_ids=part,
            state=state,
            # The process that serves sends them: it looks for what is due every few seconds.
            leases=Leases(0),
            by=COMMAND_LINE,
            now=clock.now(),
        )
        left_out += replayed.left_out
    return left_out


def _deliveries(count: int) -> str:
    return f"{count:,} {'delivery' if count == 1 else 'deliveries'}"
