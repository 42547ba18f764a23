"""Suppression lists are made, filled by hand, asked and deleted."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from msgspec import Struct

from headgate.domain.audit import Action
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.ids import AccountId, PartnerId
from headgate.domain.instants import rfc3339
from headgate.domain.suppressions import (
    NotListable,
    algorithm_of,
    hash_of,
    hashes_meaning,
    hashes_reaching,
    is_region,
)
from headgate.services import audit, sealing
from headgate.services.sealing import Vault
from headgate.storage import accounts, setup, suppressions
from headgate.storage.suppressions import Suppression, SuppressionList

OBJECTIONS = "objections"  # the slug of the list that erasing a person can put them on
MOST_AT_ONCE = 1_000
SOME = 2_000  # what one transaction takes of a long list, so that leads need not wait for it

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)
_LONGEST_NAME = 200


class ListShown(Struct, frozen=True):
    """`partner` is None where the list keeps leads from every partner."""

    slug: str
    name: str
    partner: str | None
    entries: int
    created_at: str


class Added(Struct, frozen=True):
    """How many values are new on the list, and how many stood there already."""

    added: int
    already: int


class Removed(Struct, frozen=True):
    """How many values are gone, and how many did not stand there."""

    removed: int
    absent: int


def create_list(
    *,
    account_id: AccountId,
    slug: str,
    name: str,
    partner: str | None,
    made_by: str,
    now: datetime,
) -> ListShown:
    """Make an empty list, for one partner or for all.

    :raises Flawed, ListExists:
    """
    name = " ".join(name.split()) or slug
    partners = setup.identities(account_id).partners
    _refuse_bad(slug, name, partner, partners)
    with transaction.atomic():
        made = suppressions.create_list(
            account_id, slug, name, partners[partner] if partner else None, now=now
        )
        note_change(account_id, slug, made_by, now, name=name, partner=partner)
    return _shown(made, partners, {})


def show_lists(*, account_id: AccountId) -> list[ListShown]:
    """Return the lists with their counts, the newest first."""
    found = suppressions.list_all(account_id)
    partners = setup.identities(account_id).partners
    counts = suppressions.count([each.id for each in found])
    return [_shown(each, partners, counts) for each in found]


def show_list(*, account_id: AccountId, slug: str) -> ListShown:
    """:raises ListNotFound:"""
    found = suppressions.get_list(account_id, slug)
    partners = setup.identities(account_id).partners
    return _shown(found, partners, suppressions.count([found.id]))


def add_values(
    *,
    account_id: AccountId,
    slug: str,
    values: Sequence[str],
    region: str | None,
    made_by: str,
    now: datetime,
) -> Added:
    """Put up to a thousand values on a list, all or none.

    :raises ListNotFound:
    :raises Flawed: `values[3]` says which is wrong.
    """
    found = suppressions.get_list(account_id, slug)
    hashes = _each(values, _one_hash_of, region)
    vault = open_vault(account_id)
    with transaction.atomic():
        run = suppressions.current_run(found.id)
        added = suppressions.add(entries_of(vault, found, hashes, run=run, now=now))
        note_change(account_id, slug, made_by, now, added=added)
    return Added(added, len(values) - added)


def remove_values(
    *,
    account_id: AccountId,
    slug: str,
    values: Sequence[str],
    region: str | None,
    made_by: str,
    now: datetime,
) -> Removed:
    """Take values off a list, in whatever form they stand there.

    :raises ListNotFound, Flawed:
    """
    found = suppressions.get_list(account_id, slug)
    vault = open_vault(account_id)
    hashes = _each(values, hashes_meaning, region)
    with transaction.atomic():
        removed = suppressions.remove(found.id, [vault.list_digest(each) for each in hashes])
        note_change(account_id, slug, made_by, now, removed=removed)
    return Removed(removed, max(0, len(values) - removed))


def find_value(*, account_id: AccountId, value: str, region: str | None) -> list[ListShown]:
    """Return the lists that keep back a lead with this value: by itself or by its domain.

    :raises Flawed:
    """
    hashes = _each([value], hashes_reaching, region, place="value")
    vault = open_vault(account_id)
    found = suppressions.find([vault.list_digest(each) for each in hashes])
    wanted = {list_id for list_ids in found.values() for list_id in list_ids}
    partners = setup.identities(account_id).partners
    return [
        _shown(each, partners, suppressions.count([each.id]))
        for each in suppressions.list_all(account_id)
        if each.id in wanted
    ]


def delete_some(*, account_id: AccountId, slug: str, made_by: str, now: datetime) -> bool:
    """Delete a part of a list, or with the last part the list; return whether more is left.

    :raises ListNotFound:
    """
    found = suppressions.get_list(account_id, slug)
    with transaction.atomic():
        if suppressions.remove_some(found.id, limit=SOME) == SOME:
            return True
        suppressions.delete_list(found.id)
        note_change(account_id, slug, made_by, now, deleted=True)
    return False


def export_csv(*, account_id: AccountId, slug: str) -> Iterator[bytes]:
    """Yield a CSV file with the hash of every value on the list, the oldest first, in pieces.

    Addresses and numbers themselves are kept nowhere; the file can be imported again.

    :raises ListNotFound: before anything is yielded.
    """
    found = suppressions.get_list(account_id, slug)
    return _exported(open_vault(account_id), found)


def open_vault(account_id: AccountId) -> Vault:
    return sealing.open_vault(accounts.get(account_id).wrapped_key)


def entries_of(
    vault: Vault,
    on: SuppressionList,
    hashes: Sequence[bytes],
    *,
    run: int,
    now: datetime,
) -> list[Suppression]:
    return [
        Suppression(on.id, vault.list_digest(each), vault.seal(each), run, now)
        for each in dict.fromkeys(hashes)
    ]


def refuse_bad_region(region: str | None) -> None:
    """:raises Flawed:"""
    if region is not None and not is_region(region):
        message = f"{region!r} is no country code such as US, in capitals"
        raise Flawed([Flaw("region", "unknown_region", message)])


def _exported(vault: Vault, of: SuppressionList) -> Iterator[bytes]:
    yield b"hash,algorithm,added_at\r\n"
    after = 0
    while rows := suppressions.read_some(of.id, after=after, limit=SOME):
        after = rows[-1][0]
        lines = []
        for _, sealed, added_at in rows:
            value_hash = vault.open(sealed)
            lines.append(f"{value_hash.hex()},{algorithm_of(value_hash)},{rfc3339(added_at)}\r\n")
        yield "".join(lines).encode()


def _each(
    values: Sequence[str],
    read: Callable[..., Iterable[bytes]],
    region: str | None,
    *,
    place: str | None = None,
) -> list[bytes]:
    """Read every value, or say of each that cannot be read why."""
    refuse_bad_region(region)
    if len(values) > MOST_AT_ONCE:
        message = f"{len(values):,} values; {MOST_AT_ONCE:,} at once, or import a file"
        raise Flawed([Flaw("values", "too_many", message)])
    hashes: list[bytes] = []
    flaws = []
    for position, value in enumerate(values):
        try:
            hashes += read(value, region=region)
        except NotListable as bad:
            flaws.append(Flaw(place or f"values[{position}]", "not_listable", str(bad)))
    if flaws:
        raise Flawed(flaws)
    return hashes


def _one_hash_of(value: str, *, region: str | None) -> tuple[bytes]:
    return (hash_of(value, region=region),)


def _refuse_bad(
    slug: str, name: str, partner: str | None, partners: Mapping[str, PartnerId]
) -> None:
    flaws = []
    if not _SLUG.fullmatch(slug):
        allowed = "1 to 63 of a-z, 0-9, _ and -, beginning with a letter or digit"
        flaws.append(Flaw("slug", "bad_slug", f"{slug!r} is no slug; write {allowed}"))
    if len(name) > _LONGEST_NAME:
        flaws.append(Flaw("name", "too_long", f"at most {_LONGEST_NAME} characters"))
    if partner is not None and partner not in partners:
        flaws.append(Flaw("partner", "unknown_partner", f"there is no partner {partner!r}"))
    if flaws:
        raise Flawed(flaws)


def _shown(
    each: SuppressionList, partners: Mapping[str, PartnerId], counts: Mapping[Any, int]
) -> ListShown:
    slugs = {id: slug for slug, id in partners.items()}
    return ListShown(
        slug=each.slug,
        name=each.name,
        partner=slugs.get(each.partner_id) if each.partner_id is not None else None,
        entries=counts.get(each.id, 0),
        created_at=rfc3339(each.created_at),
    )


def note_change(
    account_id: AccountId, slug: str, made_by: str, now: datetime, **after: Any
) -> None:
    audit.note(
        account_id=account_id,
        actor=made_by,
        action=Action.SUPPRESSION_CHANGED,
        subject=f"suppression list {slug}",
        after=after,
        now=now,
    )
