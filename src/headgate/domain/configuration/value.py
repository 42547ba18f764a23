"""The whole account set-up as one frozen value."""

from enum import StrEnum

from msgspec import Struct

from headgate.domain.entities import Entity
from headgate.domain.events import EventWebhook
from headgate.domain.forms import Form
from headgate.domain.invoices.parties import Seller
from headgate.domain.partners import Partner
from headgate.domain.profiles import Profile
from headgate.domain.reports import ScheduledReport
from headgate.domain.retention import Retention
from headgate.domain.returns import Returns
from headgate.domain.secrets import Secret
from headgate.domain.sources import API_SOURCE, Source


class Account(Struct, frozen=True, omit_defaults=True):
    """Without `billing` it issues no invoices."""

    slug: str
    name: str
    timezone: str
    currency: str
    billing: Seller | None = None


class Security(StrEnum):
    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class Smtp(Struct, frozen=True, omit_defaults=True):
    host: str
    port: int
    sender: str
    security: Security = Security.TLS
    username: str = ""
    password: Secret | None = None


class Imap(Struct, frozen=True, omit_defaults=True):
    host: str
    port: int
    security: Security = Security.TLS
    username: str = ""
    password: Secret | None = None
    folder: str = "INBOX"


class EmailServers(Struct, frozen=True, omit_defaults=True):
    smtp: Smtp | None = None
    imap: Imap | None = None


class Alerts(Struct, frozen=True, omit_defaults=True):
    """Who is told what somebody should look at; without `emails` the account's owners are.

    The `secret` signs what the webhook gets.
    """

    emails: tuple[str, ...] = ()
    webhook: str | None = None
    secret: Secret | None = None


class Configuration(Struct, frozen=True, omit_defaults=True):
    """Profiles stand in the order in which they run."""

    account: Account
    email: EmailServers = EmailServers()
    alerts: Alerts = Alerts()
    returns: Returns = Returns()
    retention: Retention = Retention()
    reports: tuple[ScheduledReport, ...] = ()
    entities: tuple[Entity, ...] = ()
    sources: tuple[Source, ...] = ()
    partners: tuple[Partner, ...] = ()
    profiles: tuple[Profile, ...] = ()
    forms: tuple[Form, ...] = ()
    webhooks: tuple[EventWebhook, ...] = ()

    def entity(self, slug: str) -> Entity | None:
        return next((entity for entity in self.entities if entity.slug == slug), None)

    def partner(self, slug: str) -> Partner | None:
        return next((partner for partner in self.partners if partner.slug == slug), None)

    def profile(self, slug: str) -> Profile | None:
        return next((profile for profile in self.profiles if profile.slug == slug), None)

    def webhook(self, slug: str) -> EventWebhook | None:
        return next((webhook for webhook in self.webhooks if webhook.slug == slug), None)

    def source(self, entity: str, slug: str) -> Source | None:
        """Return the source, or the built-in one named `api` with the defaults."""
        listed = (s for s in self.sources if s.slug == slug and s.entity == entity)
        built_in = Source(API_SOURCE, entity, "API") if slug == API_SOURCE else None
        return next(listed, built_in)
