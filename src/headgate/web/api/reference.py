"""The OpenAPI document, made from the table of routes and the types that go in and out."""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import msgspec
from django.template.loader import render_to_string

from headgate import __version__
from headgate.storage.keys import KeyScope
from headgate.web.api.http import Request, Response, json_response
from headgate.web.api.route import Parameter, Route
from headgate.web.doors import Doors
from headgate.web.errors import ProblemBody
from headgate.web.policy import CONTENT_SECURITY_POLICY

PROBLEM = "application/problem+json"
_REF = "#/components/schemas/{name}"
_WORDS = {
    200: "Done",
    201: "Stored",
    204: "Done, and there is nothing to say",
    400: "Malformed",
    401: "No key in force",
    403: "The key's scope does not cover this",
    404: "There is no such thing",
    408: "The body took too long",
    409: "Its state does not allow it",
    413: "The body is too long",
    415: "Another media type is wanted",
    422: "Values are not valid; each is named",
    429: "Too many; `Retry-After` says when",
    501: "What draws PDF is not installed",
    503: "Not possible now; `Retry-After` says when",
}
_INTRODUCTION = (
    "Send a key with every request: `Authorization: Bearer hg_…`. Errors are RFC 9457 problems. "
    "Ids are UUIDv7, times RFC 3339 in UTC, money is text with the currency's decimals. Lists "
    "answer `items` and `next`, which is the `cursor` of the page after."
)


class Reference:
    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = routes

    async def show_document(self, request: Request, doors: Doors) -> Response:  # noqa: ARG002
        return json_response(self.document)

    async def show_page(self, request: Request, doors: Doors) -> Response:  # noqa: ARG002
        return Response(
            200,
            self._page,
            content_type=b"text/html; charset=utf-8",
            headers=(
                (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
                (b"x-content-type-options", b"nosniff"),
            ),
        )

    @cached_property
    def document(self) -> dict[str, Any]:
        bodies = [route.body for route in self._routes if route.body is not None]
        answers = [each for route in self._routes for each in route.answers]
        schemas, components = msgspec.json.schema_components(
            [ProblemBody, *bodies, *answers], schema_hook=_any_value, ref_template=_REF
        )
        problem, *said = schemas
        of_body, of_answer = iter(said[: len(bodies)]), iter(said[len(bodies) :])
        paths: dict[str, Any] = {}
        for route in self._routes:
            body = None if route.body is None else next(of_body)
            found = [next(of_answer) for _ in route.answers]
            answer = {"anyOf": found} if len(found) > 1 else next(iter(found), None)
            operation = _operation(route, body, answer, problem=problem)
            paths.setdefault(route.path, {})[route.method.lower()] = operation
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "Headgate",
                "version": __version__,
                "description": _INTRODUCTION,
            },
            "servers": [{"url": "/"}],
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            },
        }

    @cached_property
    def _page(self) -> bytes:
        operations = [
            {
                "path": path,
                "method": method.upper(),
                "said": said,
                "bodies": _typed(said.get("requestBody", {})),
                "answers": [
                    (status, answer["description"], _typed(answer))
                    for status, answer in said["responses"].items()
                ],
            }
            for path, methods in self.document["paths"].items()
            for method, said in methods.items()
        ]
        context = {
            "introduction": _INTRODUCTION,
            "operations": operations,
            "schemas": {
                name: msgspec.json.format(msgspec.json.encode(schema), indent=2).decode()
                for name, schema in self.document["components"]["schemas"].items()
            },
        }
        return render_to_string("api/reference.html", context).encode()


def _typed(said: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Return each media type of a body or an answer, with the names of what it may hold."""
    return [
        (media, re.findall(r"#/components/schemas/(\w+)", str(content["schema"])))
        for media, content in said.get("content", {}).items()
    ]


def _any_value(kind: type) -> dict[str, Any]:
    """Return the schema of what may be any JSON value."""
    if kind is object:
        return {"description": "any JSON value"}
    raise NotImplementedError(f"{kind} has no schema")


def _operation(route: Route, body: Any, answer: Any, *, problem: Any) -> dict[str, Any]:
    refusals = {*route.refusals, *((401, 403) if route.scopes else ())}
    content = {} if answer is None and route.media == ("application/json",) else route.media
    success: dict[str, Any] = {"description": _WORDS[route.status]}
    if content:
        success["content"] = {media: {"schema": answer or {}} for media in content}
    responses = {str(route.status): success}
    if route.status == 201 and route.keyed_in_batch:
        responses["200"] = {**success, "description": "Stored by an earlier request already"}
    for status in sorted(refusals):
        responses[str(status)] = {
            "description": _WORDS[status],
            "content": {PROBLEM: {"schema": problem}},
        }
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "parameters": [
            *(_path_parameter(name) for name in re.findall(r"\{(\w+)\}", route.path)),
            *(_query_parameter(parameter) for parameter in route.query),
        ],
        "responses": responses,
    }
    if route.scopes:
        scopes = [scope for scope in KeyScope if scope in route.scopes]
        operation["security"] = [{"key": []}]
        operation["description"] = f"For keys of scope {' or '.join(scopes)}."
    if body is not None:
        content = {media: {"schema": body} for media in route.body_media}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _operation_id(route: Route) -> str:
    words = re.findall(r"[a-z]+", route.path.removeprefix("/api/v1"))
    return "_".join((route.method.lower(), *words))


def _path_parameter(name: str) -> dict[str, Any]:
    is_id = name in ("lead", "delivery", "invoice")
    schema = {"type": "string", "format": "uuid"} if is_id else {"type": "string"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": parameter.type}
    if parameter.options:
        schema["enum"] = list(parameter.options)
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "schema": schema,
    }
