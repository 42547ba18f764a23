"""A route: who answers which method and path, who may ask, and what goes in and out."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from headgate.storage.keys import KeyScope
from headgate.web.api.http import Request, Response
from headgate.web.doors import Doors

Handler = Callable[[Request, Doors], Awaitable[Response]]

ADMIN = frozenset((KeyScope.ADMIN,))
READERS = frozenset((KeyScope.READ, KeyScope.ADMIN))
SENDERS = frozenset((KeyScope.INTAKE, KeyScope.ADMIN))
EVERYBODY = frozenset(KeyScope)
ANYBODY = frozenset[KeyScope]()  # without a key


class Parameter(Struct, frozen=True):
    """A query parameter, as the document describes it."""

    name: str
    description: str
    type: str = "string"
    options: tuple[str, ...] = ()


class Route(Struct, frozen=True, kw_only=True):
    """`keyed_in_batch` routes have their key looked up where their lead is stored.

    `body` is a type, None for nothing; `answers` are the types of which one comes back.
    `refusals` are the statuses that can come beside those of every route with a key.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    scopes: frozenset[KeyScope]
    keyed_in_batch: bool = False
    query: tuple[Parameter, ...] = ()
    body: Any = None
    body_media: tuple[str, ...] = ("application/json",)
    answers: tuple[Any, ...] = ()
    media: tuple[str, ...] = ("application/json",)
    status: int = 200
    refusals: tuple[int, ...] = ()
