"""An import before it begins: its columns with samples, its choices, and what would come of it."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from headgate import clock
from headgate.domain.csv_files import DELIMITERS, ENCODINGS, EXTRA, BadMapping
from headgate.domain.entities import Entity
from headgate.domain.sources import API_SOURCE, OnDuplicate
from headgate.services import setups
from headgate.services.csv_reading import CsvFile
from headgate.services.imports import import_jobs, import_plans, import_preview, uploading
from headgate.services.imports.import_plans import IMPORT_SOURCE, Wanted
from headgate.services.imports.import_preview import Preview
from headgate.services.setups import Setup
from headgate.services.submissions import UnknownEntity, UnknownSource
from headgate.storage.uploads import Upload
from headgate.web.pages.frame import Names
from headgate.web.visits import Visitor

Options = tuple[tuple[str, Promise | str], ...]
SPECIAL: Options = (
    ("status", _("Status")),
    ("test", _("Test lead, yes or no")),
    ("external_id", _("Your own id of the lead")),
    ("note", _("Note")),
)
ON_DUPLICATE: dict[str, Promise] = {
    OnDuplicate.REJECT: _("Reject: kept as duplicates, sent to nobody"),
    OnDuplicate.FLAG: _("Flag: taken, with a link to the earlier lead"),
    OnDuplicate.UPDATE: _("Update: the earlier lead gets the new values"),
    OnDuplicate.ALLOW: _("Allow: not looked at"),
}
_DELIMITERS: dict[str, Promise] = {
    ",": _("Comma"),
    ";": _("Semicolon"),
    "\t": _("Tab"),
    "|": _("Vertical bar"),
}


class Column(Struct, frozen=True):
    number: int
    name: str
    samples: list[str]
    meant: str


class Draft(Struct, frozen=True):
    """`preview` is None where nothing can be told yet; `refused` says why the last try ended."""

    upload: Upload
    entity: Entity
    entities: list[Entity]
    columns: list[Column]
    fields: Options
    sources: Options
    source: str
    on_duplicate: str
    distribute: bool
    preview: Preview | None
    refused: str | None
    remembered: bool
    special: Options = SPECIAL
    policies: Options = tuple(ON_DUPLICATE.items())
    encodings: tuple[str, ...] = ENCODINGS

    @property
    def delimiters(self) -> Options:
        return tuple(("tab" if each == "\t" else each, _DELIMITERS[each]) for each in DELIMITERS)

    @property
    def delimiter(self) -> str:
        return "tab" if self.upload.delimiter == "\t" else self.upload.delimiter


def draft_of(
    visitor: Visitor, upload: Upload, said: Mapping[str, Any] | None, refused: str | None
) -> Draft:
    """Return the draft as a person filled it in, or as it is guessed at first."""
    setup = setups.in_force(visitor.account_id)
    entity = _entity_of(setup, upload)
    columns: list[Column] = []
    preview, remembered = None, False
    if upload.flaw is None:
        file = uploading.file_of(upload)
        saved = import_jobs.saved_mapping(upload.entity_id, file.header)
        remembered = bool(saved) and said is None
        columns = _columns(setup, entity.slug, file, saved, said)
        try:
            wanted = _wanted(setup, entity.slug, columns, said or {})
            preview = import_preview.preview(
                account_id=visitor.account_id, file=file, wanted=wanted, now=clock.now()
            )
        except (BadMapping, UnknownEntity, UnknownSource) as error:
            refused = str(error)
    sources = _sources_of(setup, entity.slug)
    default = IMPORT_SOURCE if IMPORT_SOURCE in dict(sources) else API_SOURCE
    return Draft(
        upload=upload,
        entity=entity,
        entities=visitor.entities,
        columns=columns,
        fields=tuple((each.key, each.label) for each in entity.fields),
        sources=sources,
        source=(said or {}).get("source") or default,
        on_duplicate=(said or {}).get("on_duplicate", ""),
        distribute=(said or {}).get("distribute") == "yes",
        preview=preview,
        refused=refused,
        remembered=remembered,
    )


def wanted_of(visitor: Visitor, upload: Upload, said: Mapping[str, Any]) -> Wanted:
    """Return what a person chose.

    :raises NotReadable: the file cannot be read so.
    """
    setup = setups.in_force(visitor.account_id)
    entity = _entity_of(setup, upload).slug
    file = uploading.file_of(upload)
    return _wanted(setup, entity, _columns(setup, entity, file, {}, said), said)


def _wanted(setup: Setup, entity: str, columns: list[Column], said: Mapping[str, Any]) -> Wanted:
    mapping = {column.name: column.meant for column in columns}
    policy = said.get("on_duplicate", "")
    return Wanted(
        entity=entity,
        source=said.get("source") or None,
        mapping=import_plans.without_guesses(setup, entity, mapping),
        on_duplicate=OnDuplicate(policy) if policy in set(OnDuplicate) else None,
        distribute=said.get("distribute") == "yes",
    )


def _columns(
    setup: Setup,
    entity: str,
    file: CsvFile,
    saved: Mapping[str, str],
    said: Mapping[str, Any] | None,
) -> list[Column]:
    """Return the columns, each field guessed once at most."""
    columns: list[Column] = []
    taken: set[str] = set()
    for number, (name, samples) in enumerate(
        zip(file.header, import_preview.samples_of(file), strict=True)
    ):
        if said is not None:
            meant = said.get(f"column-{number}", EXTRA)
        else:
            meant = saved.get(name) or (
                "" if name in saved else import_plans.guess_of(setup, entity, name)
            )
            meant = EXTRA if meant in taken else meant
            taken |= {meant} - {EXTRA, ""}
        columns.append(Column(number, name, samples, meant))
    return columns


def _sources_of(setup: Setup, entity: str) -> Options:
    names = Names(setup)
    known = sorted(slug for of, slug in setup.plan.identities.sources if of == entity)
    in_force = (slug for slug in known if setup.source(entity, slug))
    return tuple((slug, names.source(entity, slug)) for slug in in_force)


def _entity_of(setup: Setup, upload: Upload) -> Entity:
    return setup.plan.entities[setup.entity_slugs[upload.entity_id]].entity
