"""The OpenAPI document tells the truth about the table of routes."""

import json
import re
from collections.abc import Iterator
from typing import Any

from desk import Desk

from headgate.web.api.routes import ROUTES

HIDDEN = {"/api/v1/openapi.json", "/api/v1/docs"}


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def document(desk: Desk) -> Any:
    return desk.call("GET", "/api/v1/openapi.json", key=None).json


class TestTheDocument:
    def test_describes_every_route(self, desk: Desk) -> None:
        described = {
            (method.upper(), path)
            for path, methods in document(desk)["paths"].items()
            for method in methods
        }

        assert described == {(r.method, r.path) for r in ROUTES if r.path not in HIDDEN}

    def test_points_only_at_what_it_holds(self, desk: Desk) -> None:
        openapi = document(desk)

        known = {f"#/components/schemas/{name}" for name in openapi["components"]["schemas"]}
        assert openapi["openapi"].startswith("3.1")
        assert set(references(openapi)) <= known

    def test_names_each_operation_once(self, desk: Desk) -> None:
        operations = re.findall(
            r'"operationId":"([^"]+)"', json.dumps(document(desk), separators=(",", ":"))
        )

        assert len(operations) == len(set(operations)) > 30

    def test_wants_a_key_exactly_where_one_is_wanted(self, desk: Desk) -> None:
        paths = document(desk)["paths"]

        for route in ROUTES:
            if route.path not in HIDDEN:
                operation = paths[route.path][route.method.lower()]
                assert ("security" in operation) == bool(route.scopes)


class TestThePage:
    def test_shows_every_operation_without_a_script(self, desk: Desk) -> None:
        page = desk.call("GET", "/api/v1/docs", key=None)

        html = page.body.decode()
        assert page.headers["content-security-policy"].startswith("default-src 'self'")
        assert "<script" not in html
        assert "style=" not in html
        assert all(f"{r.method} {r.path}" in html for r in ROUTES if r.path not in HIDDEN)
