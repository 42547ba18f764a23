"""Entities, sources, partners, profiles and forms, read from the configuration in force."""

from functools import partial
from typing import Any, cast

from msgspec import Struct

from headgate import clock
from headgate.domain.configuration.editing import Kind
from headgate.domain.flaws import Flaw, Flawed
from headgate.services import catalogue
from headgate.web.api import parameters
from headgate.web.api.http import Request, Response, json_response
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors

PAGING = parameters.PAGING
OF_ENTITY = (Parameter("entity", "only the sources of this entity"),)


class ThingPage(Struct, frozen=True):
    items: list[dict[str, Any]]
    next: str | None


async def list_things(request: Request, doors: Doors) -> Response:
    """Answer in the order of the file; a cursor is how many came before."""
    kind = cast(Kind, request.path.rpartition("/")[2])
    query = request.query(*parameters.names(PAGING), *_of_entity(kind))
    limit = parameters.limit_of(query)
    first = _first(query.get("cursor", "0"))
    listing = partial(
        catalogue.list_things,
        account_id=request.key.account_id,
        kind=kind,
        entity=query.get("entity"),
    )
    things = await doors.read(listing)
    following = first + limit
    return json_response(
        ThingPage(things[first:following], str(following) if following < len(things) else None)
    )


async def show_thing(request: Request, doors: Doors) -> Response:
    kind = cast(Kind, request.path.split("/")[3])
    query = request.query(*_of_entity(kind))
    show = partial(
        catalogue.show_thing,
        account_id=request.key.account_id,
        kind=kind,
        slug=request.parts[0],
        entity=query.get("entity"),
    )
    return json_response(await doors.read(show))


async def show_assignment(request: Request, doors: Doors) -> Response:
    request.query()
    return await _assignment(request, doors)


async def enable_channel(request: Request, doors: Doors) -> Response:
    request.query()
    profile, slug = request.parts
    enable = partial(
        catalogue.enable_channel,
        account_id=request.key.account_id,
        profile=profile,
        slug=slug,
        by=f"API key {request.key.id}",
        now=clock.now(),
    )
    await doors.write(enable)
    return await _assignment(request, doors)


async def _assignment(request: Request, doors: Doors) -> Response:
    profile, slug = request.parts
    show = partial(
        catalogue.show_assignment,
        account_id=request.key.account_id,
        profile=profile,
        slug=slug,
    )
    return json_response(await doors.read(show))


def _of_entity(kind: Kind) -> tuple[str, ...]:
    return parameters.names(OF_ENTITY) if kind == "sources" else ()


def _first(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise Flawed([Flaw("cursor", "bad_cursor", "send back the `next` of the page before")])
    return int(cursor)
