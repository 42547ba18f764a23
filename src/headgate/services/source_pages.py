"""A source's posting specification can be had at a secret address, until somebody closes it."""

import secrets

from headgate.domain.entities import Entity
from headgate.domain.ids import SourceId
from headgate.domain.sources import Source
from headgate.services import setups
from headgate.services.setups import Setup
from headgate.storage import source_pages


class NoSuchPage(LookupError):
    """No specification is open at this address, or no longer."""


def open_page(*, source_id: SourceId) -> str:
    """Give the specification a new secret address; an earlier one is void."""
    token = secrets.token_urlsafe(24)
    source_pages.set_token(source_id, token)
    return token


def close_page(*, source_id: SourceId) -> None:
    source_pages.set_token(source_id, None)


def token_of(*, source_id: SourceId) -> str | None:
    return source_pages.token_of(source_id)


def find_page(*, token: str) -> tuple[Setup, Entity, Source]:
    """Return what the specification at an address is of.

    :raises NoSuchPage: also where the source is no longer in force.
    """
    found = source_pages.find(token)
    if found is None:
        raise NoSuchPage
    account_id, source_id = found
    setup = setups.in_force(account_id)
    names = next(
        (key for key, id in setup.plan.identities.sources.items() if id == source_id), None
    )
    source = setup.configuration.source(*names) if names else None
    entity = setup.configuration.entity(names[0]) if names else None
    if source is None or entity is None:
        raise NoSuchPage
    return setup, entity, source
