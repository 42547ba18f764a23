"""Configuration versions, and the lasting ids behind an account's slugs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from headgate.domain.configuration.value import Configuration
from headgate.domain.identities import Identities
from headgate.domain.ids import AccountId, AssignmentId, EntityId, PartnerId, ProfileId, SourceId
from headgate.domain.sources import API_SOURCE
from headgate.storage import models


class VersionNotFound(LookupError):
    """The account has no such configuration version."""


def add_version(
    account_id: AccountId,
    version: int,
    document: bytes,
    *,
    made_by: str,
    summary: str,
    now: datetime,
) -> None:
    models.ConfigVersion.objects.create(
        account_id=account_id,
        version=version,
        document=document.decode(),
        made_by=made_by,
        summary=summary,
        made_at=now,
    )


class Version(Struct, frozen=True):
    """A configuration version as a list shows it; `changes` are in words."""

    version: int
    made_at: datetime
    made_by: str
    changes: tuple[str, ...]


def list_versions(account_id: AccountId, *, before: int | None, limit: int) -> list[Version]:
    """Return versions, the newest first, older than `before`."""
    rows = models.ConfigVersion.objects.filter(account_id=account_id)
    if before is not None:
        rows = rows.filter(version__lt=before)
    columns = ("version", "made_at", "made_by", "summary")
    return [
        Version(version, made_at, made_by, tuple(summary.splitlines()))
        for version, made_at, made_by, summary in rows.order_by("-version").values_list(*columns)[
            :limit
        ]
    ]


def versions_during(
    account_id: AccountId, begin: datetime, end: datetime
) -> list[tuple[datetime, int]]:
    """Return since when which version was in force, from the one that was at `begin`."""
    rows = models.ConfigVersion.objects.filter(account_id=account_id, made_at__lt=end)
    made = list(rows.order_by("version").values_list("made_at", "version"))
    earlier = [each for each in made if each[0] <= begin]
    return earlier[-1:] + [each for each in made if each[0] > begin]


def get_document(account_id: AccountId, version: int) -> bytes:
    """:raises VersionNotFound:"""
    rows = models.ConfigVersion.objects.filter(account_id=account_id, version=version)
    document = rows.values_list("document", flat=True).first()
    if document is None:
        raise VersionNotFound(f"the account has no configuration version {version}")
    return document.encode()


def identities(account_id: AccountId) -> Identities:
    mine = {"account_id": account_id}
    entities = models.Entity.objects.filter(**mine).values_list("slug", "id")
    sources = models.Source.objects.filter(**mine).values_list("entity__slug", "slug", "id")
    partners = models.Partner.objects.filter(**mine).values_list("slug", "id")
    profiles = models.Profile.objects.filter(**mine).values_list("slug", "id")
    seats = models.Assignment.objects.filter(**mine).values_list("profile__slug", "slug", "id")
    return Identities(
        entities={slug: EntityId(id) for slug, id in entities},
        sources={(entity, slug): SourceId(id) for entity, slug, id in sources},
        partners={slug: PartnerId(id) for slug, id in partners},
        profiles={slug: ProfileId(id) for slug, id in profiles},
        assignments={(profile, slug): AssignmentId(id) for profile, slug, id in seats},
    )


def register(account_id: AccountId, configuration: Configuration, *, now: datetime) -> None:
    """Give every slug its id: new ones are added, returning ones revived, absent ones archived."""
    _register(models.Entity, account_id, {}, _names(configuration.entities), now)
    _register(models.Partner, account_id, {}, _names(configuration.partners), now)
    _register(models.Profile, account_id, {}, _names(configuration.profiles), now)
    _register(
        models.Form, account_id, {}, [(form.slug, form.title) for form in configuration.forms], now
    )
    known = identities(account_id)
    for entity in configuration.entities:
        listed = [(s.slug, s.name) for s in configuration.sources if s.entity == entity.slug]
        built_in = [] if API_SOURCE in dict(listed) else [(API_SOURCE, "API")]
        within = {"entity_id": known.entities[entity.slug]}
        _register(models.Source, account_id, within, listed + built_in, now)
    partners = dict(_names(configuration.partners))
    for profile in configuration.profiles:
        seats = [(seat.slug, partners[seat.partner]) for seat in profile.assignments]
        profile_id = known.profiles[profile.slug]
        _register(models.Assignment, account_id, {"profile_id": profile_id}, seats, now)
        models.Turn.objects.get_or_create(profile_id=profile_id, defaults={"standing": "{}"})


class Archived(Struct, frozen=True):
    """A thing that the configuration in force leaves out; `entity` is a source's alone."""

    slug: str
    name: str
    archived_at: datetime
    entity: str | None = None


_KINDS: Mapping[str, Any] = {
    "entities": models.Entity,
    "sources": models.Source,
    "partners": models.Partner,
    "profiles": models.Profile,
    "forms": models.Form,
}


def list_archived(account_id: AccountId, kind: str) -> list[Archived]:
    """Return what was once configured of a kind, such as `partners`.

    Webhooks leave nothing behind that one would want to find again.
    """
    if kind not in _KINDS:
        return []
    rows = _KINDS[kind].objects.filter(account_id=account_id, archived_at__isnull=False)
    columns = ["slug", "name", "archived_at"]
    if kind == "sources":
        columns.append("entity__slug")
    return [Archived(*row) for row in rows.order_by("slug", "id").values_list(*columns)]


def _names(things: Iterable[Any]) -> list[tuple[str, str]]:
    return [(thing.slug, thing.name) for thing in things]


def _register(
    model: Any,
    account_id: AccountId,
    parent: Mapping[str, int],
    wanted: list[tuple[str, str]],
    now: datetime,
) -> None:
    stored = {row.slug: row for row in model.objects.filter(account_id=account_id, **parent)}
    for slug, name in wanted:
        row = stored.pop(slug, None)
        if row is None:
            model.objects.create(account_id=account_id, slug=slug, name=name, **parent)
        elif row.name != name or row.archived_at is not None:
            model.objects.filter(id=row.pk).update(name=name, archived_at=None)
    gone = [row.pk for row in stored.values() if row.archived_at is None]
    model.objects.filter(id__in=gone).update(archived_at=now)
