"""The API: finds the route of a request, lets in who may ask, and turns errors into answers."""

import re
from contextlib import suppress

from headgate import clock
from headgate.services import key_use
from headgate.services.submissions import KeyNotInForce, NotAllowed, Unavailable
from headgate.storage import keys
from headgate.web import counting
from headgate.web.api.diary import Diary
from headgate.web.api.http import Receive, Request, Response, Scope, Send, problem_response
from headgate.web.api.route import Route
from headgate.web.api.routes import ROUTES
from headgate.web.doors import Doors
from headgate.web.errors import Problem, problem_of

_ByMethod = dict[str, Route]


class Api:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._diary = Diary(doors)
        self._fixed: dict[str, _ByMethod] = {}
        patterns: dict[str, _ByMethod] = {}
        for route in ROUTES:
            table = patterns if "{" in route.path else self._fixed
            table.setdefault(route.path, {})[route.method] = route
        self._patterns = [
            (re.compile(re.sub(r"\{\w+\}", "([^/]+)", path)), routes)
            for path, routes in patterns.items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path, taking = scope["method"], "none", None
        try:
            routes, parts = self._find(scope["path"])
            if method == "OPTIONS":
                response = _options(routes)
            else:
                route = _route_for(method, routes, scope["path"])
                path = route.path
                request = Request(scope, receive, parts)
                taking = request if route.keyed_in_batch else None
                response = await self._respond(route, request)
        except Exception as error:
            problem = problem_of(error)
            response = problem_response(problem)
            if taking is not None:
                self._diary.note(taking, path, problem)
        counting.count_request(method, path, response.status)
        await response.send(send, with_body=method != "HEAD")

    async def _respond(self, route: Route, request: Request) -> Response:
        if route.scopes and not route.keyed_in_batch:
            request.key = await self._admit(route, request)
        return await route.handler(request, self._doors)

    async def _admit(self, route: Route, request: Request) -> keys.Key:
        """Look the key up anew, so that a revoked one fails at once."""
        digest = request.key_digest()
        found = await self._doors.read(lambda: keys.find([digest]))
        key = found.get(digest)
        if key is None:
            raise KeyNotInForce
        if key.scope not in route.scopes:
            wanted = " or ".join(sorted(route.scopes))
            raise NotAllowed(f"this needs a key of scope {wanted}; yours is of {key.scope}")
        now = clock.now()
        if key_use.is_due(key.id, now=now):
            # Whoever only reads is answered also while nothing can be written.
            with suppress(Unavailable):
                await self._doors.write(lambda: key_use.note_use([key.id], now=now))
        return key

    def _find(self, path: str) -> tuple[_ByMethod, tuple[str, ...]]:
        routes = self._fixed.get(path)
        if routes is not None:
            return routes, ()
        for pattern, found in self._patterns:
            match = pattern.fullmatch(path)
            if match is not None:
                return found, match.groups()
        raise Problem(404, "not_found", f"there is nothing at {path}")


def _route_for(method: str, routes: _ByMethod, path: str) -> Route:
    route = routes.get("GET" if method == "HEAD" else method)
    if route is None:
        allowed = _allowed(routes)
        detail = f"{path} takes {', '.join(allowed)}"
        raise Problem(405, "method_not_allowed", detail, allow=allowed)
    return route


def _options(routes: _ByMethod) -> Response:
    return Response(204, b"", headers=((b"allow", ", ".join(_allowed(routes)).encode()),))


def _allowed(routes: _ByMethod) -> tuple[str, ...]:
    also = {"HEAD", "OPTIONS"} if "GET" in routes else {"OPTIONS"}
    return tuple(sorted(routes.keys() | also))
