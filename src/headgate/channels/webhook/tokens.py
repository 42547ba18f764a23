"""Access tokens by OAuth 2 client credentials, kept until shortly before they expire."""

import asyncio
from collections import defaultdict
from urllib.parse import quote_plus, urlencode

import msgspec
from msgspec import Struct

from headgate.channels.outbound_http import Exchange, OutboundHttp
from headgate.channels.webhook.auth import basic
from headgate.channels.webhook.request import TokenGrant

_MARGIN_SECONDS = 30.0
_DEFAULT_SECONDS = 300.0
_LONGEST_SECONDS = 86_400.0
_MOST_TOKENS = 1_024


class NoToken(Exception):
    """The token's server gave none; nothing was sent to the partner."""

    def __init__(self, message: str, ms: int) -> None:
        self.ms = ms
        super().__init__(message)


class Token(Struct, frozen=True):
    text: str
    took_seconds: float = 0.0


class _Granted(Struct, frozen=True):
    access_token: str
    expires_in: float | str | None = None


class Tokens:
    """One token for each grant, however many attempts want it at once."""

    def __init__(self, http: OutboundHttp) -> None:
        self._http = http
        self._kept: dict[TokenGrant, tuple[str, float]] = {}
        self._asking: defaultdict[TokenGrant, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, grant: TokenGrant, *, deadline_seconds: float) -> Token:
        """Return a token that is still good.

        :raises NoToken: there is none to be had within the deadline.
        """
        found = self._good(grant)
        if found is not None:
            return Token(found)
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(deadline_seconds), self._asking[grant]:
                text = self._good(grant) or await self._ask(grant, deadline_seconds)
        except TimeoutError:
            ms = round(deadline_seconds * 1000)
            raise NoToken(f"no answer from {grant.url} within the deadline", ms) from None
        return Token(text, loop.time() - started)

    def drop(self, grant: TokenGrant) -> None:
        """Forget a token that the partner no longer takes."""
        self._kept.pop(grant, None)

    def _good(self, grant: TokenGrant) -> str | None:
        text, until = self._kept.get(grant, ("", 0.0))
        return text if until > asyncio.get_running_loop().time() else None

    async def _ask(self, grant: TokenGrant, deadline_seconds: float) -> str:
        form = {"grant_type": "client_credentials"}
        if grant.scope:
            form["scope"] = grant.scope
        client = basic(quote_plus(grant.client_id), quote_plus(grant.client_secret))
        exchange = await self._http.exchange(
            "POST",
            grant.url,
            (
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Accept", "application/json"),
                ("Accept-Encoding", "identity"),
                ("Authorization", client),
            ),
            urlencode(form).encode(),
            deadline_seconds=deadline_seconds,
            needs_body=True,
        )
        granted = _granted(grant, exchange)
        if len(self._kept) >= _MOST_TOKENS:
            self._kept.clear()
        until = asyncio.get_running_loop().time() + _lifetime(granted)
        self._kept[grant] = (granted.access_token, until)
        return granted.access_token


def _granted(grant: TokenGrant, exchange: Exchange) -> _Granted:
    if exchange.status is None:
        raise NoToken(exchange.error or "no answer", exchange.ms)
    if exchange.status != 200:
        raise NoToken(f"{grant.url} answered HTTP {exchange.status}", exchange.ms)
    try:
        granted = msgspec.json.decode(exchange.body, type=_Granted)
    except msgspec.DecodeError:
        granted = _Granted("")
    if not granted.access_token.isascii() or not granted.access_token.isprintable():
        granted = _Granted("")
    if not granted.access_token:
        raise NoToken(f"the answer of {grant.url} holds no access_token", exchange.ms)
    return granted


def _lifetime(granted: _Granted) -> float:
    try:
        seconds = float(granted.expires_in or _DEFAULT_SECONDS)
    except ValueError:
        seconds = _DEFAULT_SECONDS
    return min(max(seconds - _MARGIN_SECONDS, 0.0), _LONGEST_SECONDS)
