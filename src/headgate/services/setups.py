"""The set-up in force: what a configuration version says, compiled once per process."""

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from headgate.domain.caps import Window, window
from headgate.domain.cleaning import Cleaner, compile_cleaner
from headgate.domain.configuration.value import Configuration
from headgate.domain.configuration.writing import write_configuration
from headgate.domain.configuration.yaml_text import to_yaml
from headgate.domain.events import EventType, EventWebhook, listeners
from headgate.domain.identities import Identities
from headgate.domain.ids import AccountId, AssignmentId, EntityId, PartnerId, ProfileId, SourceId
from headgate.domain.intake_keys import Matcher, compile_matcher
from headgate.domain.matching import EntityPlan, Plan, compile_plan
from headgate.domain.passing_ids import with_passing_ids
from headgate.domain.seats import Seat
from headgate.domain.secrets import EnvSecret, PlainSecret, SealedSecret, Secret
from headgate.domain.sources import Source
from headgate.services import sealing
from headgate.storage import accounts, setup

_Id = TypeVar("_Id", EntityId, PartnerId, ProfileId)
_decoder = msgspec.json.Decoder(Configuration)


class MissingSecret(LookupError):
    """A secret cannot be had; the message says which, and what to do."""


class Setup:
    """One account at one configuration version, ready for use."""

    def __init__(
        self,
        account: accounts.Account,
        version: int,
        configuration: Configuration,
        identities: Identities,
    ) -> None:
        self.account = account
        self.version = version
        self.vault = sealing.open_vault(account.wrapped_key)
        self.configuration = configuration
        self.plan: Plan = compile_plan(self.configuration, identities, version=version)
        self.zone = ZoneInfo(self.configuration.account.timezone)
        self.currency = self.configuration.account.currency
        self.cleaners: Mapping[str, Cleaner] = {
            entity.slug: compile_cleaner(entity.fields, zone=self.zone, currency=self.currency)
            for entity in self.configuration.entities
        }
        self.matchers: Mapping[str, Matcher] = {
            entity.slug: compile_matcher(
                entity.fields,
                statuses=entity.statuses,
                sources=[s for e, s in identities.sources if e == entity.slug],
            )
            for entity in self.configuration.entities
        }
        self.entity_slugs: Mapping[EntityId, str] = _inverted(identities.entities)
        self.partner_slugs: Mapping[PartnerId, str] = _inverted(identities.partners)
        self.profile_slugs: Mapping[ProfileId, str] = _inverted(identities.profiles)
        self.assignment_slugs: Mapping[AssignmentId, str] = {
            id: slug for (_, slug), id in identities.assignments.items()
        }
        self.source_slugs: Mapping[SourceId, str] = {
            id: slug for (_, slug), id in identities.sources.items()
        }
        self.seats: Mapping[AssignmentId, Seat] = {
            seat.id: seat
            for entity_plan in self.plan.entities.values()
            for line in entity_plan.lines
            for seat in line.seats
        }
        self.parked: frozenset[PartnerId] = parked_partners(self.configuration, identities.partners)
        self.listeners: Mapping[EventType, tuple[EventWebhook, ...]] = listeners(
            self.configuration.webhooks
        )
        self._windows: tuple[Window, ...] = ()
        self._closed: tuple[datetime | None, frozenset[AssignmentId]] = (None, frozenset())

    @cached_property
    def as_yaml(self) -> str:
        """Return what the version says; secrets are only named."""
        return to_yaml(write_configuration(self.configuration, based_on=self.version))

    def entity_plan(self, entity_id: EntityId) -> EntityPlan | None:
        return self.plan.entities.get(self.entity_slugs.get(entity_id, ""))

    def entity_ids(self, slugs: Iterable[str] | None) -> frozenset[EntityId] | None:
        """Return the ids of those that there are; None stands for every entity."""
        ids = self.plan.identities.entities
        return None if slugs is None else frozenset(ids[slug] for slug in slugs if slug in ids)

    def source(self, entity: str, slug: str) -> tuple[SourceId, Source] | None:
        source = self.configuration.source(entity, slug)
        source_id = self.plan.identities.sources.get((entity, slug))
        return None if source is None or source_id is None else (source_id, source)

    def windows_at(self, now: datetime) -> tuple[Window, ...]:
        """Return the current window of every cap slot."""
        current = self._windows
        if len(current) != len(self.plan.slots) or not all(
            each.start <= now and (each.end is None or now < each.end) for each in current
        ):
            current = tuple(window(slot.cap.per, slot.zone, now) for slot in self.plan.slots)
            self._windows = current
        return current

    def closed_at(self, now: datetime) -> frozenset[AssignmentId]:
        """Return the assignments outside their hours; hours change at full minutes only."""
        minute = now.replace(second=0, microsecond=0)
        if self._closed[0] != minute:
            closed = frozenset(seat.id for seat in self.seats.values() if not seat.is_open(now))
            self._closed = (minute, closed)
        return self._closed[1]

    def secret(self, secret: Secret) -> str:
        """Return a secret in clear, for the moment of its use.

        :raises MissingSecret:
        """
        match secret:
            case SealedSecret():
                return self.vault.open_secret(secret)
            case EnvSecret(name):
                value = os.environ.get(name)
                if not value:
                    raise MissingSecret(f"the environment variable {name} is not set")
                return value
            case PlainSecret(value):
                return value
        raise MissingSecret("a secret that should be kept was never stored")


def parked_partners(
    configuration: Configuration, ids: Mapping[str, PartnerId]
) -> frozenset[PartnerId]:
    """Return the partners whose open deliveries wait until they are active again."""
    return frozenset(ids[each.slug] for each in configuration.partners if each.parks_open)


def in_force(account_id: AccountId) -> Setup:
    """Return the set-up of the version in force at this moment."""
    version = accounts.version_in_force(account_id)
    _last_versions[account_id] = version
    return at_version(account_id, version)


def last_seen(account_id: AccountId) -> Setup:
    """Return the set-up that was in force when this process last looked.

    It is enough where the version is held, and compared, before anything is written.
    """
    version = _last_versions.get(account_id)
    return in_force(account_id) if version is None else at_version(account_id, version)


_last_versions: dict[AccountId, int] = {}


@lru_cache(maxsize=64)
def at_version(account_id: AccountId, version: int) -> Setup:
    """Return the set-up of one version; versions never change, so it is kept.

    :raises VersionNotFound: nothing was applied yet, or there is no such version.
    """
    configuration = _decoder.decode(setup.get_document(account_id, version))
    return Setup(accounts.get(account_id), version, configuration, setup.identities(account_id))


def drafted(account_id: AccountId, configuration: Configuration) -> Setup:
    """Return the set-up that a drafted configuration would be, for dry runs alone.

    What is new in it has a passing id, below zero, by which no row is ever found.
    """
    known = with_passing_ids(setup.identities(account_id), configuration)
    account = accounts.get(account_id)
    return Setup(account, account.config_version, configuration, known)


def forget_all() -> None:
    """Forget what this process compiled: the database behind it is another one now."""
    _last_versions.clear()
    at_version.cache_clear()


def _inverted(ids: Mapping[str, _Id]) -> dict[_Id, str]:
    return {id: slug for slug, id in ids.items()}
