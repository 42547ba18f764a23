"""API keys are made, shown once, found and revoked."""

import hashlib
import re
import secrets
import zlib
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from headgate.domain.audit import COMMAND_LINE, Action
from headgate.domain.ids import AccountId, KeyId, SourceId
from headgate.services import audit, setups
from headgate.storage import keys

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz"
_SHAPE = re.compile(r"hg_[0-9A-Za-z]{40}[0-9a-f]{8}", re.ASCII)


class SourceNeeded(ValueError):
    """An intake key belongs to one source, any other key to none."""


class SourceNotFound(LookupError):
    """The account has no such source, or more than one; the message says which there are."""


class KeyNotFound(LookupError):
    """The account has no such key in force."""


def create_key(
    *,
    account_id: AccountId,
    scope: keys.KeyScope,
    source: str | None,
    entity: str | None,
    name: str,
    by: str = COMMAND_LINE,
    now: datetime,
) -> str:
    """Make a key and return it; only its digest is stored, so nobody can show it again.

    `entity` is needed only where several entities have a source of that name.

    :raises SourceNeeded, SourceNotFound:
    """
    if (source is None) == (scope is keys.KeyScope.INTAKE):
        raise SourceNeeded("an intake key needs a source; a read or admin key has none")
    body = "".join(secrets.choice(_ALPHABET) for _ in range(40))
    key = f"hg_{body}{zlib.crc32(body.encode()):08x}"
    source_id = _source_id(account_id, source, entity) if source else None
    with transaction.atomic():
        keys.add(
            account_id,
            digest=digest_of(key),
            prefix=key[:9],
            name=name,
            scope=scope,
            source_id=source_id,
            now=now,
        )
        said = {"scope": scope, "source": source, "name": name}
        _note(account_id, Action.KEY_CREATED, key[:9], said, by=by, now=now)
    return key


def revoke_key(
    *, account_id: AccountId, key_id: KeyId, by: str = COMMAND_LINE, now: datetime
) -> None:
    """:raises KeyNotFound:"""
    with transaction.atomic():
        prefix = keys.revoke(account_id, key_id, now=now)
        if prefix is None:
            raise KeyNotFound(f"there is no key number {key_id} in force")
        _note(account_id, Action.KEY_REVOKED, prefix, None, by=by, now=now)


def digest_of(key: str) -> str:
    """Return what is stored of a key; it has too many bits to be guessed, so no salt."""
    return hashlib.sha256(key.encode()).hexdigest()


def looks_right(key: str) -> bool:
    """Tell whether it can be a key at all: its shape, and the checksum at its end."""
    return _SHAPE.fullmatch(key) is not None and f"{zlib.crc32(key[3:43].encode()):08x}" == key[43:]


def _source_id(account_id: AccountId, source: str, entity: str | None) -> SourceId:
    configuration = setups.in_force(account_id).configuration
    entities = [each.slug for each in configuration.entities]
    found = [
        slug for slug in entities if configuration.source(slug, source) and entity in (None, slug)
    ]
    if len(found) != 1:
        why = "there is none" if not found else f"the entities {', '.join(found)} each have one"
        raise SourceNotFound(f"source {source!r}: {why}")
    return setups.in_force(account_id).plan.identities.sources[found[0], source]


def _note(
    account_id: AccountId,
    action: Action,
    prefix: str,
    said: Mapping[str, object] | None,
    *,
    by: str,
    now: datetime,
) -> None:
    subject = f"key {prefix}…"
    audit.note(account_id=account_id, actor=by, action=action, subject=subject, after=said, now=now)
