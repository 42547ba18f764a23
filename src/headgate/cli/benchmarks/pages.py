"""Every page of the console and the portal: what the server needs for it, and what it weighs."""

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any, TypeAlias

from django.urls import URLPattern, URLResolver, get_resolver
from msgspec import Struct

from headgate import clock
from headgate.cli.benchmarks import brokerage, visitors
from headgate.cli.benchmarks.visitors import Visit
from headgate.services.reports import tallying
from headgate.storage import multiplying

LEADS = 10_000
_MOST_KIB = 30.0
_A_DAY = 1_440  # the day that is copied has at most so many leads
_ASKED = 5
_SHOWN = 12
_OUTSIDE = {"sign-out", "portal-sign-out", "account_logout"}
# What is asked for beside the page as it opens.
_QUERIES = {
    "dashboard": ["?period=30", "?period=90"],
    "leads": ["?q=nobody+at+all", "?status=Won", "?state=unmatched", "?partner=partner-3"],
    "deliveries": ["?state=rejected", "?q=no+more+today", "?partner=partner-3"],
    "reports": [
        f"?by={by}&period=90&compare={compare}"
        for by, compare in product(("day", "hour", "partner", "profile", "source"), ("yes", "no"))
    ],
}
_Route: TypeAlias = tuple[str, str, dict[str, Any]]


class Page(Struct, frozen=True):
    """`ms` is the least time from asking to the whole answer, `cpu_ms` this process's part of it.

    The least, for whatever else the machine does can only add to it.
    """

    address: str
    ms: float
    cpu_ms: float
    kib: float


def run(leads: int = LEADS) -> Iterator[str]:
    # Many an address is of an act alone, and refuses to be looked at.
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    began = time.perf_counter()
    now = clock.now()
    account_id = brokerage.set_up(now=now - timedelta(days=multiplying.DAYS + 1))
    times = max(multiplying.DAYS, -(-leads // _A_DAY))
    full_hour = now.replace(minute=0, second=0, microsecond=0)
    brokerage.live_a_day(account_id, leads // times, until=full_hour)
    tallying.count_stale_hours(now=now)
    multiplying.multiply(account_id, times)
    yield f"  {leads // times * times:,} leads written in {time.perf_counter() - began:.0f} s"
    most_ms = 50 if leads <= LEADS else 150
    pages = [page for visit in visitors.arrive(account_id, now=now) for page in _pages(visit)]
    slow = [page for page in pages if page.ms > most_ms]
    heavy = [page for page in pages if page.kib > _MOST_KIB]
    yield f"  {len(pages)} pages"
    yield f"  {len(slow)} above {most_ms} ms, {len(heavy)} above {_MOST_KIB:.0f} KiB"
    yield f"  {'ms':>6} {'CPU':>6} {'KiB':>6}  the slowest and the heaviest"
    by_time = sorted(pages, key=lambda page: -page.ms)
    by_weight = sorted(pages, key=lambda page: -page.kib)
    for page in dict.fromkeys([*by_time[:_SHOWN], *slow, *by_weight[: _SHOWN // 2], *heavy]):
        yield f"  {page.ms:>6.1f} {page.cpu_ms:>6.1f} {page.kib:>6.1f}  {page.address}"


def _pages(visit: Visit) -> Iterator[Page]:
    for route in _routes(get_resolver().url_patterns, ""):
        for address in _addresses(visit, *route):
            page = _asked(visit, address)
            if page is not None:
                yield page


def _routes(patterns: Any, before: str) -> Iterator[_Route]:
    """Give the name, the route and the parameters of every address."""
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, route)
        elif isinstance(each, URLPattern):
            yield str(each.name), route, each.pattern.converters


def _addresses(visit: Visit, name: str, route: str, parameters: dict[str, Any]) -> Iterator[str]:
    """Give a route's addresses, none where there is nothing of its kind to look at."""
    if name in _OUTSIDE or route.startswith("portal") is not visit.in_portal:
        return
    address = route
    for parameter, converter in parameters.items():
        found = visit.slug_at(route) if parameter == "slug" else visit.names.get(parameter)
        if found is None:
            return
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        address = address.replace(f"<{kind}:{parameter}>", str(found))
    for query in ["", *_QUERIES.get(name, [])]:
        yield f"/{address}{query}"


def _asked(visit: Visit, address: str) -> Page | None:
    """Ask several times; None where no page comes, but a file, a redirect or a refusal."""
    ms, cpu_ms = [], []
    for _ in range(1 + _ASKED):
        began, cpu = time.perf_counter(), time.process_time()
        answer = visit.client.get(address, HTTP_ACCEPT_ENCODING="gzip")
        cpu_ms.append((time.process_time() - cpu) * 1000)
        ms.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            return None
    weight = len(answer.content) / 1024
    return Page(address, min(ms[1:]), min(cpu_ms[1:]), weight)
