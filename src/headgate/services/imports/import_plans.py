"""What an import is to be: whose leads, what each column means, what makes two of them the same."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, json

from headgate.domain.csv_files import EXTRA, Columns, Record, columns_of
from headgate.domain.ids import ImportId, LeadId
from headgate.domain.sources import API_SOURCE, OnDuplicate
from headgate.services.csv_reading import CsvFile
from headgate.services.identity import fresh_id
from headgate.services.setups import Setup
from headgate.services.submissions import Submission, UnknownEntity, UnknownSource
from headgate.services.writing import write_json
from headgate.storage.imports import Import
from headgate.storage.keys import Caller, KeyScope

IMPORT_SOURCE = "import"  # the default, where the configuration lists it


class Wanted(Struct, frozen=True):
    """How a file is to be imported; None leaves it to the defaults."""

    entity: str
    source: str | None = None
    mapping: Mapping[str, str] = {}
    on_duplicate: OnDuplicate | None = None
    distribute: bool = False


def wanted_of(setup: Setup, begun: Import) -> Wanted:
    """Return how an import that was begun was wanted.

    :raises UnknownEntity, UnknownSource: what it is for is no longer in force.
    """
    entity = setup.entity_slugs.get(begun.entity_id, "")
    source = setup.source_slugs.get(begun.source_id, "")
    return Wanted(
        entity=entity,
        source=source,
        mapping=json.decode(begun.mapping, type=dict[str, str]),
        on_duplicate=OnDuplicate(begun.on_duplicate) if begun.on_duplicate else None,
        distribute=begun.distribute,
    )


def caller_of(setup: Setup, wanted: Wanted) -> tuple[Caller, dict[str, Any]]:
    """Return the import as a caller, and the ids of its entity and source."""
    plan = setup.plan.entities.get(wanted.entity)
    if plan is None:
        known = ", ".join(setup.plan.entities) or "none yet"
        raise UnknownEntity(f"there is no entity {wanted.entity!r}; there are: {known}")
    slug = wanted.source
    if slug is None:
        slug = IMPORT_SOURCE if setup.source(wanted.entity, IMPORT_SOURCE) else API_SOURCE
    found = setup.source(wanted.entity, slug)
    if found is None:
        raise UnknownSource(f"the entity {wanted.entity!r} has no source {slug!r}")
    caller = Caller(setup.account.id, KeyScope.INTAKE, slug, wanted.entity)
    return caller, {"entity_id": plan.id, "source_id": found[0]}


def guess_of(setup: Setup, entity: str, column: str) -> str:
    """Return what a column is taken for unless somebody says otherwise, `EXTRA` for nothing."""
    keys = [field.key for field in setup.plan.entities[entity].entity.fields]
    meant = columns_of((column,), {}, setup.matchers[entity], keys).fields
    return meant.get(column, EXTRA)


def without_guesses(setup: Setup, entity: str, mapping: Mapping[str, str]) -> dict[str, str]:
    """Return what a mapping says beyond the guesses.

    So a file is known as the same one, whether its columns were confirmed or left to be guessed.
    """
    return {
        column: meant
        for column, meant in mapping.items()
        if meant != guess_of(setup, entity, column)
    }


def columns_for(setup: Setup, file: CsvFile, wanted: Wanted) -> Columns:
    fields = setup.plan.entities[wanted.entity].entity.fields
    keys = [field.key for field in fields]
    return columns_of(file.header, wanted.mapping, setup.matchers[wanted.entity], keys)


def submission_of(
    record: Record,
    *,
    caller: Caller,
    columns: Columns,
    distribute: bool,
    on_duplicate: OnDuplicate | None,
    import_id: ImportId | None,
    now: datetime,
) -> Submission:
    """Return what a row submits."""
    return Submission(
        id=LeadId(fresh_id(now)),
        caller=caller,
        entity=caller.entity or "",
        fields=dict(columns.submitted(record.cells)),
        received_at=now,
        distribute=distribute,
        loose=True,
        on_duplicate=on_duplicate,
        import_id=import_id,
        import_row=record.row,
    )


def fingerprint_of(file: CsvFile, wanted: Wanted) -> str:
    """Return what two imports of the same rows for the same entity have in common."""
    read = (file.digest, file.encoding, file.delimiter)
    said = write_json([*read, wanted.entity, sorted(wanted.mapping.items())])
    return hashlib.sha256(said.encode()).hexdigest()
