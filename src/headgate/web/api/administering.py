"""Entities, sources, partners, profiles and all that, put in force one at a time."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from headgate import clock
from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.editing import Document, Kind, Thing
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.instants import rfc3339
from headgate.services import administration, catalogue
from headgate.services.configuration import Applied
from headgate.web.api import parameters
from headgate.web.api.catalogue import OF_ENTITY
from headgate.web.api.http import CONFIGURATION_LIMIT, Request, Response, json_response
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors

BASED_ON = (
    Parameter("based_on", "refuse if it changed after this configuration version", "integer"),
)


async def add_thing(request: Request, doors: Doors) -> Response:
    kind = cast(Kind, request.path.split("/")[3])
    seen = _seen(request)
    said = await _said(request)
    await _change(
        request, doors, administration.save_thing, kind=kind, said=said, instead=None, seen=seen
    )
    added = Thing(kind, said["slug"], said.get("entity") if kind == "sources" else None)
    return await _shown(request, doors, added, status=201)


async def put_thing(request: Request, doors: Doors) -> Response:
    thing, seen = _asked_for(request)
    said = await _said(request, slug=thing.slug)
    await _change(
        request,
        doors,
        administration.save_thing,
        kind=thing.kind,
        said=said,
        instead=thing,
        seen=seen,
    )
    return await _shown(request, doors, thing)


async def archive_thing(request: Request, doors: Doors) -> Response:
    thing, seen = _asked_for(request)
    await _change(request, doors, administration.archive_thing, thing=thing, seen=seen)
    return await _shown(request, doors, thing)


async def take_out_thing(request: Request, doors: Doors) -> Response:
    """Answer with what it was: of such a thing nothing is kept."""
    thing, seen = _asked_for(request)
    show = partial(
        catalogue.show_thing, account_id=request.key.account_id, kind=thing.kind, slug=thing.slug
    )
    was = await doors.read(show)
    await _change(request, doors, administration.archive_thing, thing=thing, seen=seen)
    return json_response({**was, "archived_at": rfc3339(clock.now())})


async def add_assignment(request: Request, doors: Doors) -> Response:
    profile, seen = request.parts[0], _seen(request)
    said = await _said(request)
    await _change(
        request,
        doors,
        administration.save_assignment,
        profile=profile,
        said=said,
        instead=None,
        seen=seen,
    )
    slug = str(said.get("slug", said["partner"]))
    return await _assignment(request, doors, profile, slug, status=201)


async def put_assignment(request: Request, doors: Doors) -> Response:
    profile, slug = request.parts
    seen = _seen(request)
    said = await _said(request, slug=slug)
    await _change(
        request,
        doors,
        administration.save_assignment,
        profile=profile,
        said=said,
        instead=slug,
        seen=seen,
    )
    return await _assignment(request, doors, profile, slug)


async def archive_assignment(request: Request, doors: Doors) -> Response:
    """Answer with the profile that is left."""
    profile, slug = request.parts
    seen = _seen(request)
    await _change(
        request,
        doors,
        administration.archive_assignment,
        profile=profile,
        slug=slug,
        seen=seen,
    )
    return await _shown(request, doors, Thing("profiles", profile))


async def _change(
    request: Request, doors: Doors, change: Callable[..., Applied], **what: Any
) -> None:
    key = request.key
    await doors.write(
        partial(
            change,
            account_id=key.account_id,
            made_by=f"API key {key.id}",
            now=clock.now(),
            **what,
        )
    )
    doors.look_now()


async def _said(request: Request, *, slug: str | None = None) -> Document:
    """Read a thing as a file would say it; its slug stands in the path, or in the body."""
    body = await request.body(CONFIGURATION_LIMIT)
    if not body.strip():
        raise Flawed([Flaw("", "empty", "send the thing as it stands in a configuration file")])
    said = dict(read_document(body))
    for told in ("archived_at", "channel_down", "failing_since", "halted_at"):
        said.pop(told, None)
    if slug is not None and said.setdefault("slug", slug) != slug:
        message = f"the path names {slug!r}; a slug cannot change: make a new one"
        raise Flawed([Flaw("slug", "other_slug", message)])
    return said


def _asked_for(request: Request) -> tuple[Thing, int | None]:
    """Return the thing of the path, and the version that the caller looked at."""
    kind = cast(Kind, request.path.split("/")[3])
    of = parameters.names(OF_ENTITY) if kind == "sources" else ()
    query = request.query(*of, *parameters.names(BASED_ON))
    thing = Thing(kind, request.parts[0], query.get("entity"))
    return thing, parameters.count_of(query, "based_on")


def _seen(request: Request) -> int | None:
    return parameters.count_of(request.query(*parameters.names(BASED_ON)), "based_on")


async def _shown(request: Request, doors: Doors, thing: Thing, *, status: int = 200) -> Response:
    show = partial(
        catalogue.show_thing,
        account_id=request.key.account_id,
        kind=thing.kind,
        slug=thing.slug,
        entity=thing.entity,
    )
    return json_response(await doors.read(show), status)


async def _assignment(
    request: Request, doors: Doors, profile: str, slug: str, *, status: int = 200
) -> Response:
    show = partial(
        catalogue.show_assignment,
        account_id=request.key.account_id,
        profile=profile,
        slug=slug,
    )
    return json_response(await doors.read(show), status)
