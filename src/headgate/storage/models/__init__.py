"""The tables: fields and constraints, no behaviour."""

from headgate.storage.models.audit import AuditEntry
from headgate.storage.models.deliveries import (
    Attempt,
    CapCounter,
    Delivery,
    HaltedChannel,
    PausedMail,
    Turn,
)
from headgate.storage.models.health import Alert, FailingChannel
from headgate.storage.models.imports import Import, ImportFailure
from headgate.storage.models.leads import Erasure, Lead, MatchKey
from headgate.storage.models.money import LedgerEntry
from headgate.storage.models.people import (
    Account,
    ApiKey,
    Installation,
    Membership,
    SetUpLink,
    User,
)
from headgate.storage.models.setup import (
    Assignment,
    ConfigVersion,
    Entity,
    Form,
    Partner,
    Profile,
    Source,
)

__all__ = [
    "Account",
    "Alert",
    "ApiKey",
    "Assignment",
    "Attempt",
    "AuditEntry",
    "CapCounter",
    "ConfigVersion",
    "Delivery",
    "Entity",
    "Erasure",
    "FailingChannel",
    "Form",
    "HaltedChannel",
    "Import",
    "ImportFailure",
    "Installation",
    "Lead",
    "LedgerEntry",
    "MatchKey",
    "Membership",
    "Partner",
    "PausedMail",
    "Profile",
    "SetUpLink",
    "Source",
    "Turn",
    "User",
]
