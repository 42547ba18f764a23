"""The API straight on ASGI over a real database; tests say what its partners answer."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode

from msgspec import Struct

from headgate import clock
from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import LeadId
from headgate.services import configuration, intake
from headgate.services.delivery import Report, record_outcomes
from headgate.services.errands import Errand, claim_errands
from headgate.services.people import api_keys
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.services.submissions import Receipt, Submission, Unavailable
from headgate.storage import accounts
from headgate.storage.keys import KeyScope
from headgate.web.api.app import Api
from headgate.web.doors import Event, Pulse

_Result = TypeVar("_Result")

ACME = """
version: 1
account: {slug: acme, name: Acme, timezone: America/Los_Angeles, currency: USD}
entities:
  - slug: solar
    name: Solar
    fields:
      - {key: first_name, type: text, required: true}
      - {key: email, type: email}
      - {key: budget, type: number}
      - {key: ssn, type: text, encrypted: true}
    statuses: [New, Won]
    duplicates: {match: [email], within_days: 30}
sources:
  - {slug: site, entity: solar, name: Site, cost: "2.00"}
  - {slug: rival-site, entity: solar, name: Another site}
partners:
  - slug: sunpeak
    name: SunPeak Energy
    caps: [{per: total, leads: 2}]
    delivery:
      channel: webhook
      url: "https://sunpeak.example/leads"
      retry: none
      auth: {type: bearer, token: s3cr3t-token}
  - {slug: helios, name: Helios, delivery: {channel: portal, accept: required}}
profiles:
  - slug: residential
    entity: solar
    name: Residential
    enabled: true
    price: "10.00"
    assignments:
      - {partner: sunpeak, priority: 10, price: "12.50",
         rules: {none: [{field: budget, op: gt, value: 100}]}}
      - {partner: helios, priority: 5, rules: {all: [{field: budget, op: is_not_empty}]}}
forms:
  - {slug: quote, entity: solar, source: site, title: Get a quote, fields: [first_name]}
"""
RIVAL = """
version: 1
account: {slug: rival, name: Rival, timezone: UTC, currency: EUR}
entities: [{slug: roofs, name: Roofs, fields: [{key: name, type: text}]}]
"""


class Answer(Struct):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Desk:
    """The doors as tests want them: one thread writes and reads, and nothing is sent."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._api = Api(self)
        self._rates = Rates()
        self.errands: list[Errand] = []
        self.looked = 0
        self.asked: list[tuple[str, Any]] = []
        self.told = Sent(outcome=Outcome.DELIVERED, ms=3, written=True, status=200, answer="yes")
        self.has_no_pulse = False
        self.takes_no_writes = False
        self.dispatcher_looked_seconds_ago = 0.5
        self.lead_refused_seconds_ago: float | None = None
        self.keys: dict[str, str] = {}

    def __enter__(self) -> "Desk":
        self.run(self._furnish)
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()

    def _furnish(self) -> None:
        for source in (ACME, RIVAL):
            apply = partial(configuration.apply_configuration, account_slug=None, trusted=True)
            apply(source=source.encode(), made_by="test", now=clock.now())
        for name, account, scope, source in (
            ("admin", "acme", KeyScope.ADMIN, None),
            ("read", "acme", KeyScope.READ, None),
            ("intake", "acme", KeyScope.INTAKE, "site"),
            ("other source", "acme", KeyScope.INTAKE, "rival-site"),
            ("rival admin", "rival", KeyScope.ADMIN, None),
        ):
            found = accounts.find(account)
            assert found is not None
            self.keys[name] = api_keys.create_key(
                account_id=found.id,
                scope=scope,
                source=source,
                entity=None,
                name=name,
                now=clock.now(),
            )

    def run(self, function: Callable[[], _Result]) -> _Result:
        """Run what touches the database where the API's own services run."""
        return self._thread.submit(function).result()

    async def receive(self, submission: Submission) -> Receipt:
        receive = partial(
            intake.receive_leads,
            submissions=[submission],
            rates=self._rates,
            leases=Leases(99),
            now=clock.now(),
        )
        received = await self.write(receive)
        self.send(received.errands)
        answer = received.answers[0]
        if isinstance(answer, Receipt):
            return answer
        raise answer

    async def write(self, function: Callable[[], _Result]) -> _Result:
        if self.takes_no_writes:
            raise Unavailable("the database does not take it now")
        return await self.read(function)

    async def read(self, function: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    @contextmanager
    def watching(self, lead_id: LeadId) -> Iterator[Event]:
        yield asyncio.Event()

    def leases(self) -> Leases:
        return Leases(99)

    def send(self, errands: Sequence[Errand]) -> None:
        self.errands += errands

    async def ask(self, channel: str, request: object) -> Sent:
        self.asked.append((channel, request))
        return self.told

    def look_now(self) -> None:
        self.looked += 1

    def pulse(self) -> Pulse:
        if self.has_no_pulse:
            raise RuntimeError("no pulse")
        return Pulse(
            1,
            2,
            3,
            len(self.errands),
            self.dispatcher_looked_seconds_ago,
            self.lead_refused_seconds_ago,
        )

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = "admin",
        headers: dict[str, str] | None = None,
        client: str = "127.0.0.1",
    ) -> Answer:
        """Make one request; a body that is not bytes is sent as JSON."""
        path, _, query = path.partition("?")
        said = {"content-type": "application/json"} if body is not None else {}
        if key is not None:
            said["authorization"] = f"Bearer {self.keys.get(key, key)}"
        said |= headers or {}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in said.items()],
            "client": (client, 1),
        }
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": content if body is not None else b""}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self._api(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], headers, b"".join(each["body"] for each in sent[1:]))

    def upload(self, content: bytes, *, key: str | None = "admin", **said: str) -> Answer:
        """Have a CSV file of solar leads imported."""
        query = urlencode({"entity": "solar", **said})
        headers = {"content-type": "text/csv"}
        return self.call("POST", f"/api/v1/imports?{query}", content, key=key, headers=headers)

    def post_lead(self, *, key: str = "admin", **said: Any) -> Any:
        """Store a lead of Ann's and return the answer; other fields come in `fields`."""
        fields = {"first_name": "Ann", "email": "ann@example.com", "ssn": "078-05-1120"}
        body = {"entity": "solar", **said, "fields": fields | said.get("fields", {})}
        answer = self.call("POST", "/api/v1/leads", body, key=key)
        assert answer.status == 201, answer.body
        return answer.json

    def end_tries(self, outcome: Outcome, **sent: Any) -> None:
        """Have every try that is under way, or due, come to this."""

        ended = [*self.errands, *self.claim()]
        self.errands = []

        def record() -> None:
            ended_as = Sent(outcome=outcome, ms=1, written=True, **sent)
            at = clock.now()
            recorded = record_outcomes(
                reports=[
                    Report(
                        errand=errand,
                        at=at,
                        ended_at=at,
                        sent=ended_as,
                        shown={"method": "POST", "url": "https://x", "headers": {}, "body": "Ann"},
                        body=b"Ann",
                    )
                    for errand in ended
                ],
                leases=Leases(99),
                now=at,
            )
            self.errands += recorded.errands

        self.run(record)

    def claim(self) -> list[Errand]:
        """Take what is due, as the dispatcher would."""
        return self.run(lambda: claim_errands(limit=99, busy_partners=(), now=clock.now()))

    def lead(self, lead_id: str) -> Any:
        return self.call("GET", f"/api/v1/leads/{lead_id}").json
