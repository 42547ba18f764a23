"""The API: which handler answers which method and path."""

import re
from collections.abc import Awaitable, Callable

from headgate.web.api import leads
from headgate.web.api.http import Receive, Request, Response, Scope, Send, problem_response
from headgate.web.doors import Doors
from headgate.web.errors import Problem, problem_of

Handler = Callable[[Request, Doors], Awaitable[Response]]

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/api/v1/leads", leads.post_lead),
    ("POST", "/api/v1/leads/bulk", leads.post_bulk),
    ("POST", "/api/v1/intake/{entity}", leads.post_flat),
)


class Api:
    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._fixed: dict[str, dict[str, Handler]] = {}
        self._patterns: list[tuple[re.Pattern[str], dict[str, Handler]]] = []
        patterns: dict[str, dict[str, Handler]] = {}
        for method, path, handler in ROUTES:
            table = patterns if "{" in path else self._fixed
            table.setdefault(path, {})[method] = handler
        for path, handlers in patterns.items():
            self._patterns.append((re.compile(re.sub(r"\{\w+\}", "([^/]+)", path)), handlers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            handler, parts = self._find(scope["method"], scope["path"])
            response = await handler(Request(scope, receive, parts), self._doors)
        except Exception as error:
            response = problem_response(problem_of(error))
        await response.send(send)

    def _find(self, method: str, path: str) -> tuple[Handler, tuple[str, ...]]:
        handlers, parts = self._fixed.get(path), tuple[str, ...]()
        if handlers is None:
            for pattern, found in self._patterns:
                match = pattern.fullmatch(path)
                if match is not None:
                    handlers, parts = found, match.groups()
                    break
        if handlers is None:
            raise Problem(404, "not-found", f"there is nothing at {path}")
        if method not in handlers:
            allowed = ", ".join(sorted(handlers))
            raise Problem(405, "method-not-allowed", f"{path} takes {allowed}")
        return handlers[method], parts
