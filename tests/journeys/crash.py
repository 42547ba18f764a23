"""Load on a house that is killed at random moments."""

import http.client
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from house import Account, Answer, House, eventually
from partners import Partners
from set_ups import buyer, configuration, offer

CLIENTS = 5
PAUSE_SECONDS = 0.01
SENDERS_SHARE = 0.2
SETTLED_WITHIN_SECONDS = 60.0
_LOST = (OSError, http.client.HTTPException)

LEAST_LEADS = 200
CAPPED_LEADS = 40
CAPPED_SPEND_MINOR = 30_000
FLAKY_LEADS = 4
REFUSING_LEADS = 3


def load_configuration(partners: Partners) -> str:
    """Offer every lead to one that refuses, one that drops (some), capped ones, and a last one."""

    def at(slug: str, behaviour: str, **more: object) -> dict[str, object]:
        settings = {"timeout_seconds": 3, "retry": [0, 1]}
        return buyer(slug, partners.url(behaviour, slug), delivery=settings, **more)

    capped = [{"per": "day", "leads": CAPPED_LEADS}]
    spending = [{"per": "month", "spend": f"{CAPPED_SPEND_MINOR // 100}.00"}]
    some = {"all": [{"field": "zip", "op": "starts_with", "value": "9"}]}
    few = [{"per": "total", "leads": FLAKY_LEADS}]
    return configuration(
        "crash",
        partners=[
            at("refusing", "refuse", caps=[{"per": "hour", "leads": REFUSING_LEADS}]),
            at("flaky", "drop-after-body"),
            at("capped", "slow/0.02", caps=capped),
            at("spending", "accept", caps=spending),
            at("last", "slow/0.05"),
        ],
        profiles=[
            offer(
                "early",
                {"partner": "flaky", "priority": 9, "rules": some, "caps": few},
                {"partner": "refusing", "priority": 8},
                {"partner": "capped", "priority": 7},
            ),
            offer("late", "spending", "last"),
        ],
    )


@dataclass
class Log:
    """What the clients know: the ids that were acknowledged, by number and idempotency key."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    contradicted: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def note(self, key: str, answer: Answer) -> None:
        if answer.status == 503:
            return
        if answer.status not in (200, 201):
            self.failed.append(f"lead {key} was answered {answer!r}")
            return
        lead_id = answer.json["id"]
        if self.acknowledged.setdefault(key, lead_id) != lead_id:
            self.contradicted.append(f"{key} is {lead_id} and {self.acknowledged[key]}")


class Load:
    """Clients that post until they are told to stop; use it as a context.

    A lead whose answer is lost is posted again with its idempotency key, like a careful client
    does; every other one has no key, and is forgotten.
    """

    def __init__(self, account: Account) -> None:
        self.log = Log()
        self._account = account
        self._done = threading.Event()
        self._clients = [
            threading.Thread(target=self._post_on, args=(number,)) for number in range(CLIENTS)
        ]

    def __enter__(self) -> "Load":
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        for client in self._clients:
            client.join()

    def _post_on(self, client: int) -> None:
        number = 0
        while not self._done.is_set():
            try:
                with self._account.house.caller(self._account.key) as caller:
                    while not self._done.wait(PAUSE_SECONDS):
                        key = f"{client}-{number}"
                        self.log.note(key, self._post(caller.call, key, number))
                        number += 1
            except _LOST:
                number += number % 2
                self._done.wait(PAUSE_SECONDS * 5)

    def _post(self, call: Callable[..., Answer], key: str, number: int) -> Answer:
        body = {"entity": "solar", "fields": {"name": key, "zip": f"{number % 10}0210"}}
        headers = {} if number % 2 else {"Idempotency_Key": key}
        while True:
            answer = call("POST", "/api/v1/leads", body, **headers)
            if answer.status != 503 or self._done.wait(PAUSE_SECONDS * 5):
                return answer


def kill_under_load(
    house: House, account: Account, *, kills: int, seed: int, lives: tuple[float, float]
) -> Log:
    """Kill the engine, or only its sender, after so many seconds; return what the clients know.

    The last one lives until enough leads came to fill the caps.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    with Load(account) as load:
        for _ in range(kills):
            threading.Event().wait(chance.uniform(*lives))
            if chance.random() < SENDERS_SHARE:
                house.kill_child()
            else:
                house.kill()
                house.start()
        eventually(lambda: len(load.log.acknowledged) >= LEAST_LEADS)
    return load.log


def crash_under_load(
    account: Account, crash: Callable[[], object], *, crashes: int, seed: int
) -> Log:
    """Let something else than the house crash at random moments; the house is left alone."""
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    with Load(account) as load:
        for _ in range(crashes):
            threading.Event().wait(chance.uniform(0.5, 1.5))
            crash()
        threading.Event().wait(1.5)
    return load.log


def settle(open_deliveries: Callable[[], int], *, within_seconds: float) -> int:
    """Wait until nothing is under way any more; return how much still is."""
    try:
        eventually(lambda: open_deliveries() == 0, within_seconds=within_seconds)
    except AssertionError:
        return open_deliveries()
    return 0
