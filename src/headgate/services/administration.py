"""Members change one thing of an account's set-up at a time; every change is a new version."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from django.db import transaction

from headgate.domain.configuration import editing
from headgate.domain.configuration.differences import differences
from headgate.domain.configuration.editing import Document, Kind, Thing
from headgate.domain.configuration.value import Configuration
from headgate.domain.configuration.writing import write_configuration
from headgate.domain.flaws import Flawed
from headgate.domain.ids import AccountId
from headgate.services import configuration, drafting
from headgate.services.configuration import Applied
from headgate.storage import accounts, setup

Section = Literal["account", "email", "alerts", "returns", "retention", "reports"]


class ChangedMeanwhile(Exception):
    """Somebody else changed the same thing since it was looked at; `changes` says what, in words.

    Nothing is saved: look at it again, then change it.
    """

    def __init__(self, version: int, changes: tuple[str, ...]) -> None:
        self.version = version
        self.changes = changes
        super().__init__(
            f"this was changed meanwhile (version {version}); look at it again, then change it"
        )


def written(*, account_id: AccountId) -> tuple[int, Document]:
    """Return the version in force and its document, which is the caller's to change.

    It says everything as a configuration file does; secrets are `{env: NAME}` or
    `{stored: true}`, which keeps what is stored.
    """
    account = accounts.get(account_id)
    return account.config_version, _document(account_id, account.config_version)


def new_slug(*, account_id: AccountId, kind: Kind, name: str) -> str:
    """Make a slug of a name; that of something archived would bring it back, and is not taken."""
    _, document = written(account_id=account_id)
    archived = setup.list_archived(account_id, kind)
    taken = {*(said["slug"] for said in document[kind]), *(each.slug for each in archived)}
    return editing.free_slug(name, taken)


def save_thing(
    *,
    account_id: AccountId,
    kind: Kind,
    said: Document,
    instead: Thing | None,
    seen: int | None,
    made_by: str,
    now: datetime,
) -> Applied:
    """Add a thing (`instead` None), or put `said` in the place of the one that stands there.

    `seen` is the version that the person was looking at; None takes whatever is in force.

    :raises Flawed: places are seen from the thing (`caps[0].leads`); those outside it are whole.
    :raises ChangedMeanwhile:
    :raises ThingNotThere:
    """
    place = ""

    def edit(document: Document) -> None:
        nonlocal place
        place = f"{kind}[{editing.put(document, kind, said, instead=instead)}]"

    try:
        return _change(account_id, edit, looked_at=instead, seen=seen, made_by=made_by, now=now)
    except Flawed as error:
        raise Flawed(editing.seen_from(error.flaws, place)) from error


def archive_thing(
    *, account_id: AccountId, thing: Thing, seen: int | None, made_by: str, now: datetime
) -> Applied:
    """Take a thing out of force; its counts and history stay, and its slug brings it back.

    :raises Flawed: what still names it.
    :raises ChangedMeanwhile:
    :raises ThingNotThere:
    """
    return _change(
        account_id,
        lambda document: editing.take_out(document, thing),
        looked_at=thing,
        seen=seen,
        made_by=made_by,
        now=now,
    )


def save_assignment(
    *,
    account_id: AccountId,
    profile: str,
    said: Document,
    instead: str | None,
    seen: int | None,
    made_by: str,
    now: datetime,
) -> Applied:
    """Add a seat to a profile, or put `said` in the place of the one whose slug is `instead`.

    :raises Flawed: places are seen from the assignment.
    :raises ChangedMeanwhile: the profile was.
    :raises ThingNotThere: the profile, or the assignment.
    """
    place = ""

    def edit(document: Document) -> None:
        nonlocal place
        index = editing.put_assignment(document, profile, said, instead=instead)
        of = editing.index_of(document, Thing("profiles", profile))
        place = f"profiles[{of}].assignments[{index}]"

    looked_at = Thing("profiles", profile)
    try:
        return _change(account_id, edit, looked_at=looked_at, seen=seen, made_by=made_by, now=now)
    except Flawed as error:
        raise Flawed(editing.seen_from(error.flaws, place)) from error


def archive_assignment(
    *,
    account_id: AccountId,
    profile: str,
    slug: str,
    seen: int | None,
    made_by: str,
    now: datetime,
) -> Applied:
    """:raises Flawed, ChangedMeanwhile, ThingNotThere: as `archive_thing`."""
    return _change(
        account_id,
        lambda document: editing.take_out_assignment(document, profile, slug),
        looked_at=Thing("profiles", profile),
        seen=seen,
        made_by=made_by,
        now=now,
    )


def reorder_things(
    *, account_id: AccountId, kind: Kind, slugs: Sequence[str], made_by: str, now: datetime
) -> Applied:
    """Let the named things stand in this order; what is not named keeps its place.

    :raises ThingNotThere:
    """
    return _change(
        account_id,
        lambda document: editing.reorder(document, kind, slugs),
        looked_at=None,
        seen=None,
        made_by=made_by,
        now=now,
    )


def save_section(
    *,
    account_id: AccountId,
    section: Section,
    said: Document | list[Document],
    seen: int,
    made_by: str,
    now: datetime,
) -> Applied:
    """Put a part of the set-up whose things have no names of their own in force.

    :raises Flawed: places are seen from the part (`smtp.host`); those of a list are whole.
    :raises ChangedMeanwhile:
    """

    def edit(document: Document) -> None:
        document[section] = said

    try:
        return _change(account_id, edit, looked_at=section, seen=seen, made_by=made_by, now=now)
    except Flawed as error:
        if isinstance(said, list):
            raise
        raise Flawed(editing.seen_from(error.flaws, section)) from error


def draft_thing(
    *, account_id: AccountId, kind: Kind, said: Document, instead: Thing | None
) -> Configuration:
    """Return the configuration that saving it would put in force; nothing is written.

    Where nothing was changed, it is the one in force.

    :raises Flawed: as `save_thing`.
    :raises ThingNotThere:
    """
    version, document = written(account_id=account_id)
    if instead is not None and editing.find(document, instead) == said:
        return drafting.load(account_id, version)
    place = editing.put(document, kind, said, instead=instead)
    try:
        return drafting.draft_configuration(
            source=msgspec.json.encode(document),
            account_slug=accounts.get(account_id).slug,
            trusted=False,
        ).configuration
    except Flawed as error:
        raise Flawed(editing.seen_from(error.flaws, f"{kind}[{place}]")) from error


def _change(
    account_id: AccountId,
    edit: Callable[[Document], None],
    *,
    looked_at: Thing | Section | None,
    seen: int | None,
    made_by: str,
    now: datetime,
) -> Applied:
    with transaction.atomic():
        accounts.hold_version_alone(account_id)
        version, document = written(account_id=account_id)
        if seen is not None and looked_at is not None:
            _refuse_if_changed(account_id, document, looked_at, seen=seen, version=version)
        edit(document)
        return configuration.apply_configuration(
            source=msgspec.json.encode(document),
            account_slug=accounts.get(account_id).slug,
            trusted=False,
            made_by=made_by,
            now=now,
        )


def _refuse_if_changed(
    account_id: AccountId,
    document: Mapping[str, Any],
    looked_at: Thing | Section,
    *,
    seen: int,
    version: int,
) -> None:
    if seen == version:
        return
    try:
        before = _document(account_id, seen)
    except setup.VersionNotFound:
        before = {}
    if before and _part(before, looked_at) == _part(document, looked_at):
        return
    old = drafting.load(account_id, seen) if before else None
    raise ChangedMeanwhile(version, differences(old, drafting.load(account_id, version)))


def _part(document: Mapping[str, Any], looked_at: Thing | Section) -> object:
    if isinstance(looked_at, Thing):
        return editing.find(document, looked_at)
    return document[looked_at]


def _document(account_id: AccountId, version: int) -> Document:
    return write_configuration(drafting.load(account_id, version))
