"""The kinds of routes: how leads come in, what is read, what is changed, what needs no key."""

from typing import Any

from headgate.web.api.route import ADMIN, ANYBODY, READERS, SENDERS, Handler, Route

V1 = "/api/v1"
_SENT = (400, 404, 413, 415, 422, 429, 503)


def taking(path: str, handler: Handler, summary: str, **said: Any) -> Route:
    """A route by which leads come in."""
    return Route(
        method="POST",
        path=V1 + path,
        handler=handler,
        summary=summary,
        scopes=SENDERS,
        keyed_in_batch=True,
        refusals=_SENT,
        **said,
    )


def reading(path: str, handler: Handler, summary: str, *answers: Any, **said: Any) -> Route:
    found = (404,) if "{" in path else ()
    return Route(
        method="GET",
        path=V1 + path,
        handler=handler,
        summary=summary,
        answers=answers,
        **{"scopes": READERS, "refusals": (*found, 422), **said},
    )


def acting(path: str, handler: Handler, summary: str, *answers: Any, **said: Any) -> Route:
    """A route by which a person or a program changes what is stored."""
    return Route(
        **{"method": "POST", "refusals": (400, 404, 409, 413, 422, 503), **said},
        path=V1 + path,
        handler=handler,
        summary=summary,
        scopes=ADMIN,
        answers=answers,
    )


def open_to_all(path: str, handler: Handler, summary: str, **said: Any) -> Route:
    return Route(method="GET", path=path, handler=handler, summary=summary, scopes=ANYBODY, **said)


def signed(path: str, handler: Handler, summary: str, *answers: Any, **said: Any) -> Route:
    """A route by which a partner's system, without a key, signs what it posts."""
    return Route(
        method="POST",
        path=V1 + path,
        handler=handler,
        summary=summary,
        scopes=ANYBODY,
        answers=answers,
        refusals=(400, 403, 404, 409, 413, 422, 429, 503),
        **said,
    )
