"""Hand one message to Apprise, which says yes or no and nothing more.

A no may come before a byte was sent, or after the service has taken the message: so it is
ambiguous, as everything is that goes wrong once Apprise was asked.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from apprise import Apprise, AppriseAsset

from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate_channel_apprise.options import NotAllowed, check
from headgate_channel_apprise.request import MessageRequest, Text

_AT_ONCE = 16

Notify = Callable[[str, Text], bool]


def notify(url: str, message: Text) -> bool:
    """Send by Apprise, blocking.

    :raises NotAllowed: the address is not one that Apprise may be given; nothing was sent.
    """
    check(url)
    target = Apprise.instantiate(url, asset=AppriseAsset(), suppress_exceptions=True)
    if target is None:
        raise NotAllowed("url: Apprise does not understand it")
    if not target.verify_certificate:
        raise NotAllowed("url: verify=no is not allowed; certificates are always verified")
    return bool(target.notify(body=message.text, title=message.title))


class AppriseSender:
    """Apprise blocks, and so each message has a thread; one that is late is left to its thread."""

    def __init__(self, send_by: Notify) -> None:
        self._notify = send_by
        self._threads = ThreadPoolExecutor(_AT_ONCE, "apprise")

    async def send(self, request: MessageRequest, *, now: datetime) -> Sent:  # noqa: ARG002
        loop = asyncio.get_running_loop()
        started = loop.time()
        outcome, error = await self._attempt(request)
        return Sent(
            outcome=outcome,
            ms=round((loop.time() - started) * 1000),
            written=outcome is not Outcome.NOT_SENT,
            error=error,
        )

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _attempt(self, request: MessageRequest) -> tuple[Outcome, str | None]:
        loop = asyncio.get_running_loop()
        sending = loop.run_in_executor(self._threads, self._notify, request.url, request.said)
        try:
            async with asyncio.timeout(request.timeout_seconds):
                is_taken = await sending
        except NotAllowed as error:
            return Outcome.NOT_SENT, str(error)
        except TimeoutError:
            return Outcome.AMBIGUOUS, f"Apprise did not end within {request.timeout_seconds:g} s"
        except Exception as error:
            # Whatever a plugin of Apprise raises; its words may hold the address.
            return Outcome.AMBIGUOUS, f"Apprise failed: {type(error).__name__}"
        if is_taken:
            return Outcome.DELIVERED, None
        return Outcome.AMBIGUOUS, "Apprise says no, and not whether the service has the message"
