"""Imports of uploaded files are begun by people, and worked at by the processes that serve."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import transaction
from msgspec import json

from headgate.domain.audit import Action
from headgate.domain.csv_files import BadMapping, Record
from headgate.domain.ids import AccountId, EntityId, ImportId, UploadId
from headgate.services import audit, setups
from headgate.services.imports import import_plans, importing, uploading
from headgate.services.imports.import_plans import Wanted
from headgate.services.imports.importing import CLAIMED, KEPT_UNUSED, Begun, Standing
from headgate.services.imports.undoing import NotInThatState
from headgate.services.imports.uploading import NotReadable
from headgate.services.submissions import UnknownEntity, UnknownSource
from headgate.services.writing import write_json
from headgate.storage import imports, mappings, uploads
from headgate.storage.imports import Import, ImportState
from headgate.storage.uploads import UploadNotFound

# With these the rows that are left can never be taken as the import was begun.
STAYS = (BadMapping, NotReadable, UnknownEntity, UnknownSource, UploadNotFound)


def begin_upload(
    *,
    account_id: AccountId,
    upload_id: UploadId,
    wanted: Wanted,
    force: bool,
    made_by: str,
    now: datetime,
) -> Begun:
    """Have an uploaded file imported, and remember what its columns mean.

    :raises UploadNotFound, NotReadable: and what `importing.begin_import` raises.
    """
    upload = uploads.get(account_id, upload_id)
    file = uploading.file_of(upload)
    with transaction.atomic():
        begun = importing.begin_import(
            account_id=account_id,
            file=file,
            wanted=wanted,
            force=force,
            made_by=made_by,
            upload_id=upload_id,
            now=now,
        )
        if begun.standing is not Standing.DONE:
            uploads.keep(upload_id, until=None)
        columns = _digest(file.header)
        said = write_json(dict(wanted.mapping))
        mappings.save(account_id, begun.progress.entity_id, columns, said, now=now)
    return begun


def saved_mapping(entity_id: EntityId, header: tuple[str, ...]) -> Mapping[str, str]:
    """Return what the columns of such a header meant the last time; nothing when it is new."""
    found = mappings.find(entity_id, _digest(header))
    return {} if found is None else json.decode(found, type=dict[str, str])


def go_on(
    *, account_id: AccountId, import_id: ImportId, by: str | None = None, now: datetime
) -> Import:
    """Let an import that was cancelled, or stopped by itself, go on from its file.

    :raises ImportNotFound, NotInThatState:
    """
    with transaction.atomic():
        imports.get(account_id, import_id)
        found = imports.lock(import_id)
        if found.state != ImportState.CANCELLED:
            raise NotInThatState(f"import {import_id} is {found.state}; it is not cancelled")
        if found.upload_id is None:
            raise NotInThatState(
                f"the file of import {import_id} is no longer kept; upload it again to go on"
            )
        importing.run_again(found)
        uploads.keep(found.upload_id, until=None)
        audit.note_act(
            account_id=account_id,
            by=by,
            action=Action.IMPORT_STARTED,
            subject=f"import {import_id}",
            after={"goes on after": found.cursor, "rows": found.rows},
            now=now,
        )
    return found


def claim_next(*, now: datetime) -> Import | None:
    """Take the oldest import that nobody is at for this process; None when there is none."""
    for import_id in imports.find_to_do(now=now):
        with transaction.atomic():
            if imports.claim(import_id, until=now + CLAIMED, now=now):
                return imports.lock(import_id)
    return None


def keep_claim(*, import_id: ImportId, now: datetime) -> None:
    """Say that this process is still at it."""
    imports.hold(import_id, until=now + CLAIMED)


def open_rows(found: Import) -> tuple[Begun, Iterator[list[Record]]]:
    """Return a claimed import as it was begun, and the rows that are left of its file.

    :raises BadMapping, NotReadable, UnknownEntity, UnknownSource, UploadNotFound: see `STAYS`.
    """
    if found.upload_id is None:
        raise UploadNotFound("the uploaded file is no longer kept; upload it again")
    setup = setups.in_force(found.account_id)
    wanted = import_plans.wanted_of(setup, found)
    caller, _ = import_plans.caller_of(setup, wanted)
    file = uploading.file_of(uploads.get(found.account_id, found.upload_id))
    columns = import_plans.columns_for(setup, file, wanted)
    begun = Begun(found, caller, columns, Standing.BROKEN_OFF)
    return begun, importing.batches(begun, file)


def stop(*, import_id: ImportId, trouble: str, now: datetime) -> None:
    """Cancel an import for a reason that will not go by itself; a person may let it go on."""
    with transaction.atomic():
        found = imports.lock(import_id)
        if found.state != ImportState.RUNNING:
            return
        found.state, found.finished_at, found.trouble = ImportState.CANCELLED, now, trouble
        importing.let_go(found, keep_for=KEPT_UNUSED, now=now)
        imports.save(found)


def _digest(header: tuple[str, ...]) -> str:
    return hashlib.sha256(write_json(header).encode()).hexdigest()
