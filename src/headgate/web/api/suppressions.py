"""Suppression lists are made, filled, asked, exported and deleted."""

import tempfile
from collections.abc import Callable, Mapping
from functools import partial

import msgspec
from msgspec import Struct

from headgate import clock
from headgate.domain.flaws import Flaw
from headgate.services.csv_reading import Pieces
from headgate.services.privacy import suppressing, suppression_files
from headgate.services.privacy.suppressing import Added, ListShown, Removed
from headgate.services.privacy.suppression_files import UNREADABLE, Filling, NothingListable
from headgate.storage.keys import Key
from headgate.web.api import decoding, parameters
from headgate.web.api.http import (
    CONFIGURATION_LIMIT,
    Request,
    Response,
    StreamedResponse,
    json_response,
)
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors
from headgate.web.errors import Problem

FILE_LIMIT = 100 * 1024 * 1024
CSV = "text/csv"
READING = (
    Parameter(
        "mode", "add (the default), or replace what stands on it", options=("add", "replace")
    ),
    Parameter("column", "the name of the column with the values"),
    Parameter("region", "the country whose national phone numbers are read, such as US"),
)


class WantedList(Struct, forbid_unknown_fields=True):
    """Without a partner it keeps leads from every partner."""

    slug: str
    name: str = ""
    partner: str | None = None


class Values(Struct, forbid_unknown_fields=True):
    """Email addresses, phone numbers, domains, or SHA-256 or MD5 hashes of them in hex."""

    values: list[str]
    region: str | None = None


class Value(Struct, forbid_unknown_fields=True):
    value: str
    region: str | None = None


class ListPage(Struct, frozen=True):
    items: list[ListShown]
    next: None = None


class Found(Struct, frozen=True):
    """The lists that keep back a lead with this value."""

    lists: list[ListShown]


_wanted = msgspec.json.Decoder(WantedList)
_values = msgspec.json.Decoder(Values)
_value = msgspec.json.Decoder(Value)


async def list_lists(request: Request, doors: Doors) -> Response:
    request.query()
    show = partial(suppressing.show_lists, account_id=request.key.account_id)
    return json_response(ListPage(await doors.read(show)))


async def show_list(request: Request, doors: Doors) -> Response:
    request.query()
    (slug,) = request.parts
    show = partial(suppressing.show_list, account_id=request.key.account_id, slug=slug)
    return json_response(await doors.read(show))


async def create_list(request: Request, doors: Doors) -> Response:
    request.query()
    wanted = decoding.decode(await request.body(CONFIGURATION_LIMIT), _wanted)
    create = partial(
        suppressing.create_list,
        account_id=request.key.account_id,
        slug=wanted.slug,
        name=wanted.name,
        partner=wanted.partner,
        made_by=_made_by(request.key),
        now=clock.now(),
    )
    return json_response(await doors.write(create), 201)


async def delete_list(request: Request, doors: Doors) -> Response:
    request.query()
    (slug,) = request.parts
    delete = partial(
        suppressing.delete_some,
        account_id=request.key.account_id,
        slug=slug,
        made_by=_made_by(request.key),
        now=clock.now(),
    )
    while await doors.write(delete):
        pass
    return Response(204, b"")


async def add_values(request: Request, doors: Doors) -> Response:
    return await _change_values(request, doors, suppressing.add_values)


async def remove_values(request: Request, doors: Doors) -> Response:
    return await _change_values(request, doors, suppressing.remove_values)


async def find_value(request: Request, doors: Doors) -> Response:
    """Take the value in the body, for addresses of requests are logged on their way."""
    request.query()
    wanted = decoding.decode(await request.body(CONFIGURATION_LIMIT), _value)
    find = partial(
        suppressing.find_value,
        account_id=request.key.account_id,
        value=wanted.value,
        region=wanted.region,
    )
    return json_response(Found(await doors.read(find)))


async def import_values(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(READING))
    replaces = parameters.word_of(query, "mode", ("add", "replace")) == "replace"
    (slug,) = request.parts
    account_id = request.key.account_id
    # Nobody should send a long file to a list that is not there.
    await doors.read(partial(suppressing.show_list, account_id=account_id, slug=slug))
    if request.content_type != CSV:
        raise Problem(415, "unsupported_media_type", f"send {CSV}")
    with tempfile.TemporaryFile() as file:
        await request.pour(file, FILE_LIMIT)
        pieces = partial(suppression_files.pieces_of, file)
        filling = await _begin(request, doors, query, pieces, replaces=replaces)
        parts = suppression_files.parts(filling)
        while part := await doors.read(lambda: next(parts, None)):
            take = partial(suppression_files.take_part, filling, part, now=clock.now())
            await doors.write(take)
    finish = partial(
        suppression_files.finish_some, filling, made_by=_made_by(request.key), now=clock.now()
    )
    try:
        while await doors.write(finish):
            pass
    except NothingListable as nothing:
        flaws = tuple(
            Flaw(f"line {row.line}", "not_listable", row.message) for row in filling.bad_rows
        )
        raise Problem(422, "nothing_listable", str(nothing), flaws=flaws) from nothing
    return json_response(suppression_files.filled(filling))


async def export_values(request: Request, doors: Doors) -> Response:
    request.query()
    (slug,) = request.parts
    export = partial(suppressing.export_csv, account_id=request.key.account_id, slug=slug)
    pieces = await doors.read(export)
    return StreamedResponse(
        lambda: doors.read(lambda: next(pieces, b"")), content_type=b"text/csv; charset=utf-8"
    )


async def _change_values(
    request: Request, doors: Doors, change: Callable[..., Added | Removed]
) -> Response:
    request.query()
    (slug,) = request.parts
    said = decoding.decode(await request.body(CONFIGURATION_LIMIT), _values)
    make_it = partial(
        change,
        account_id=request.key.account_id,
        slug=slug,
        values=said.values,
        region=said.region,
        made_by=_made_by(request.key),
        now=clock.now(),
    )
    return json_response(await doors.write(make_it))


async def _begin(
    request: Request, doors: Doors, query: Mapping[str, str], pieces: Pieces, *, replaces: bool
) -> Filling:
    region = parameters.text_of(query, "region")
    column = parameters.text_of(query, "column")
    look = partial(suppression_files.look_through, pieces, column=column, region=region)
    (slug,) = request.parts
    try:
        file = await doors.read(look)
    except UNREADABLE as bad:
        raise Problem(422, "unreadable_file", str(bad)) from bad
    begin = partial(
        suppression_files.begin_filling,
        account_id=request.key.account_id,
        slug=slug,
        file=file,
        replaces=replaces,
        region=region,
    )
    return await doors.write(begin)


def _made_by(key: Key) -> str:
    return f"API key {key.id}"
