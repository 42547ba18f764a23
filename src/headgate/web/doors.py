"""What the web needs of the engine behind it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from headgate.domain.ids import LeadId
from headgate.services.errands import Errand
from headgate.services.routing import Leases
from headgate.services.submissions import Receipt, Submission

_Result = TypeVar("_Result")


class Event(Protocol):
    async def wait(self) -> object: ...
    def clear(self) -> None: ...


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
