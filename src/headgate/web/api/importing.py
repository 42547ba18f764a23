"""Files come in whole, and their imports are followed, cancelled, undone."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO, cast

import msgspec
from msgspec import Struct

from headgate import clock
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import ImportId
from headgate.domain.sources import OnDuplicate
from headgate.services.imports import (
    import_jobs,
    import_preview,
    import_showing,
    undoing,
    uploading,
)
from headgate.services.imports.import_plans import Wanted
from headgate.services.imports.import_showing import ImportShown
from headgate.services.imports.importing import Begun, Standing
from headgate.storage.imports import ImportState
from headgate.storage.uploads import Upload
from headgate.web.api import parameters
from headgate.web.api.http import Request, Response, StreamedResponse, json_response
from headgate.web.api.route import Parameter
from headgate.web.doors import Doors
from headgate.web.errors import Problem

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = ("text/csv", WORKBOOK, "application/octet-stream")
UPLOADING = (
    Parameter("entity", "whose leads they are; required"),
    Parameter("source", "`import` where it is listed, else `api`, when left out"),
    Parameter("name", "what the file is called in lists"),
    Parameter("mapping", "a JSON object, column to field; see Importing files"),
    Parameter("on_duplicate", "instead of the source's", options=tuple(OnDuplicate)),
    Parameter("distribute", "true: decide the leads at once; they are held otherwise", "boolean"),
    Parameter("encoding", "such as `utf-8` or `cp1252`; detected when left out"),
    Parameter("delimiter", "`,` `;` `|` or `tab`; detected when left out"),
    Parameter("sheet", "of a workbook; the first when left out"),
    Parameter("force", "true: import the same rows once more", "boolean"),
    Parameter("dry_run", "true: only say what would become of the first rows", "boolean"),
)
FILTERS = (
    Parameter("entity", "the entity's slug"),
    Parameter("state", "the state", options=tuple(ImportState)),
    *parameters.PAGING,
)
_mapping = msgspec.json.Decoder(dict[str, str])


class RowFailed(Struct, frozen=True):
    line: int
    reason: str


class DryRun(Struct, frozen=True):
    """What would become of the first `looked_at` rows of `rows`."""

    rows: int
    looked_at: int
    encoding: str
    delimiter: str
    new: int
    duplicates: int
    quarantined: int
    failed: int
    reasons: list[RowFailed]


async def post_import(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(UPLOADING))
    wanted = _wanted(query)
    if request.content_type not in MEDIA:
        raise Problem(415, "unsupported_media_type", f"send {' or '.join(MEDIA)}")
    with NamedTemporaryFile(prefix="headgate-") as file:
        await request.pour(cast(BinaryIO, file), uploading.MOST_BYTES)
        file.flush()
        upload = await doors.read(partial(_keep, request, query, Path(file.name)))
    is_needed = False
    try:
        if parameters.flag_of(query, "dry_run"):
            return json_response(await doors.read(partial(_tried, upload, wanted)))
        force = parameters.flag_of(query, "force")
        begun = await _begun(request, doors, upload, wanted, force=force)
        is_needed = begun.standing is not Standing.DONE
    finally:
        if not is_needed:
            discard = partial(
                uploading.discard, account_id=request.key.account_id, upload_id=upload.id
            )
            await doors.write(discard)
    status = 201 if begun.standing is Standing.NEW else 200
    return json_response(await _shown(request, doors, begun.progress.id), status)


async def _begun(
    request: Request, doors: Doors, upload: Upload, wanted: Wanted, *, force: bool
) -> Begun:
    return await doors.write(
        partial(
            import_jobs.begin_upload,
            account_id=request.key.account_id,
            upload_id=upload.id,
            wanted=wanted,
            force=force,
            made_by=f"API key {request.key.id}",
            now=clock.now(),
        )
    )


async def list_imports(request: Request, doors: Doors) -> Response:
    query = request.query(*parameters.names(FILTERS))
    entity = parameters.text_of(query, "entity")
    read = partial(
        import_showing.list_imports,
        account_id=request.key.account_id,
        entities=None if entity is None else (entity,),
        state=parameters.word_of(query, "state", tuple(ImportState)),
        before=parameters.number_cursor_of(query),
        limit=parameters.limit_of(query),
    )
    return json_response(await doors.read(read))


async def show_import(request: Request, doors: Doors) -> Response:
    request.query()
    return json_response(await _shown(request, doors, _id(request)))


async def cancel_import(request: Request, doors: Doors) -> Response:
    return await _act(request, doors, undoing.cancel_import)


async def undo_import(request: Request, doors: Doors) -> Response:
    return await _act(request, doors, undoing.begin_undoing)


async def go_on_with_import(request: Request, doors: Doors) -> Response:
    return await _act(request, doors, import_jobs.go_on)


async def list_failed_rows(request: Request, doors: Doors) -> Response:
    request.query()
    parts = import_showing.failed_rows_csv(
        account_id=request.key.account_id, import_id=_id(request)
    )
    # An import that is not there is found out before the answer begins.
    pieces = [await doors.read(partial(next, parts))]

    async def next_piece() -> bytes:
        piece: str = pieces.pop() if pieces else await doors.read(partial(next, parts, ""))
        return piece.encode()

    return StreamedResponse(next_piece, content_type=b"text/csv; charset=utf-8")


async def _act(request: Request, doors: Doors, act: Any) -> Response:
    request.query()
    import_id = _id(request)
    done = partial(
        act,
        account_id=request.key.account_id,
        import_id=import_id,
        by=f"API key {request.key.id}",
        now=clock.now(),
    )
    await doors.write(done)
    return json_response(await _shown(request, doors, import_id))


async def _shown(request: Request, doors: Doors, import_id: ImportId) -> ImportShown:
    return await doors.read(
        partial(
            import_showing.show_import,
            account_id=request.key.account_id,
            import_id=import_id,
        )
    )


def _tried(upload: Upload, wanted: Wanted) -> DryRun:
    file = uploading.file_of(upload)
    found = import_preview.preview(
        account_id=upload.account_id, file=file, wanted=wanted, now=clock.now()
    )
    return DryRun(
        rows=file.rows,
        looked_at=found.rows,
        encoding=file.encoding,
        delimiter=file.delimiter,
        new=found.new,
        duplicates=found.duplicates,
        quarantined=found.quarantined,
        failed=found.failed,
        reasons=[RowFailed(line, reason) for line, reason in found.reasons],
    )


def _keep(request: Request, query: Mapping[str, str], path: Path) -> Upload:
    account_id = request.key.account_id
    upload = uploading.keep_file(
        account_id=account_id,
        entity=query["entity"],
        path=path,
        name=query.get("name") or "upload",
        sheet=query.get("sheet"),
        now=clock.now(),
    )
    encoding, delimiter = query.get("encoding"), query.get("delimiter")
    if encoding or delimiter:
        upload = uploading.read_otherwise(
            account_id=account_id,
            upload_id=upload.id,
            encoding=encoding,
            delimiter="\t" if delimiter == "tab" else delimiter,
        )
    return upload


def _wanted(query: Mapping[str, str]) -> Wanted:
    if not query.get("entity"):
        raise Flawed([Flaw("entity", "required", "say whose leads they are: ?entity=SLUG")])
    on_duplicate = parameters.word_of(query, "on_duplicate", tuple(OnDuplicate))
    try:
        mapping = _mapping.decode(query.get("mapping", "{}"))
    except msgspec.MsgspecError as error:
        message = 'a JSON object of texts, such as {"Phone no.": "phone"}'
        raise Flawed([Flaw("mapping", "wrong_type", message)]) from error
    return Wanted(
        entity=query["entity"],
        source=query.get("source"),
        mapping=mapping,
        on_duplicate=OnDuplicate(on_duplicate) if on_duplicate else None,
        distribute=parameters.flag_of(query, "distribute"),
    )


def _id(request: Request) -> ImportId:
    return ImportId(parameters.number_of(request.parts[0], of="import"))
