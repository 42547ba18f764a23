"""What the web needs of the engine behind it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from msgspec import Struct

from headgate.channels.contract import Sent
from headgate.domain.ids import LeadId
from headgate.services.errands import Errand
from headgate.services.routing import Leases
from headgate.services.submissions import Receipt, Submission

_Result = TypeVar("_Result")


class Event(Protocol):
    async def wait(self) -> object: ...
    def clear(self) -> None: ...


class Pulse(Struct, frozen=True):
    """How the engine is: what waits in its queues, and whether the dispatcher still looks.

    The last is None unless the database refused the lead that came last.
    """

    leads_waiting: int
    outcomes_waiting: int
    calls_waiting: int
    sending: int
    dispatcher_looked_seconds_ago: float
    lead_refused_seconds_ago: float | None = None


class Doors(Protocol):
    async def receive(self, submission: Submission) -> Receipt:
        """Store and route a lead; raises the reason why not."""

    async def write(self, function: Callable[[], _Result]) -> _Result:
        """Run a service that writes, where everything is written."""

    async def read(self, function: Callable[[], _Result]) -> _Result:
        """Run a function that only reads, beside whatever is being written."""

    def watching(self, lead_id: LeadId) -> AbstractContextManager[Event]:
        """Give an event that is set whenever a delivery of the lead is recorded."""

    def leases(self) -> Leases:
        """Say how many new deliveries can be sent at once."""

    def send(self, errands: Sequence[Errand]) -> None:
        """Send what a service made or leased."""

    async def ask(self, channel: str, request: object) -> Sent:
        """Send what is no delivery, and wait for how it ends."""

    def look_now(self) -> None:
        """Have what a service made due sent at once."""

    def pulse(self) -> Pulse: ...
