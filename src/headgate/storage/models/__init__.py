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
from headgate.storage.models.events import Event, FailingWebhook
from headgate.storage.models.feedback import Disposition
from headgate.storage.models.forms import SpentToken
from headgate.storage.models.health import Alert, FailingChannel
from headgate.storage.models.imports import (
    ColumnMapping,
    Import,
    ImportFailure,
    Upload,
    UploadPiece,
)
from headgate.storage.models.invoices import (
    CreditedCharge,
    Invoice,
    InvoicedEntry,
    InvoiceDraft,
    InvoiceEvent,
    InvoiceRun,
    InvoiceSeries,
    PartnerMail,
)
from headgate.storage.models.leads import Erasure, Lead, MatchKey
from headgate.storage.models.money import LedgerEntry, ReturnRequest
from headgate.storage.models.partner_notes import PartnerNote
from headgate.storage.models.people import (
    Account,
    ApiKey,
    Installation,
    Invitation,
    Membership,
    SetUpLink,
    User,
)
from headgate.storage.models.portal import PortalUser
from headgate.storage.models.report_mails import ReportMail
from headgate.storage.models.requests import RefusedRequest
from headgate.storage.models.setup import (
    Assignment,
    ConfigVersion,
    Entity,
    Form,
    Partner,
    Profile,
    Source,
)
from headgate.storage.models.suppressions import Suppression, SuppressionList
from headgate.storage.models.sweeps import Sweep
from headgate.storage.models.tallies import DeliveryTally, LeadTally, StaleHour

__all__ = [
    "Account",
    "Alert",
    "ApiKey",
    "Assignment",
    "Attempt",
    "AuditEntry",
    "CapCounter",
    "ColumnMapping",
    "ConfigVersion",
    "CreditedCharge",
    "Delivery",
    "DeliveryTally",
    "Disposition",
    "Entity",
    "Erasure",
    "Event",
    "FailingChannel",
    "FailingWebhook",
    "Form",
    "HaltedChannel",
    "Import",
    "ImportFailure",
    "Installation",
    "Invitation",
    "Invoice",
    "InvoiceDraft",
    "InvoiceEvent",
    "InvoiceRun",
    "InvoiceSeries",
    "InvoicedEntry",
    "Lead",
    "LeadTally",
    "LedgerEntry",
    "MatchKey",
    "Membership",
    "Partner",
    "PartnerMail",
    "PartnerNote",
    "PausedMail",
    "PortalUser",
    "Profile",
    "RefusedRequest",
    "ReportMail",
    "ReturnRequest",
    "SetUpLink",
    "Source",
    "SpentToken",
    "StaleHour",
    "Suppression",
    "SuppressionList",
    "Sweep",
    "Turn",
    "Upload",
    "UploadPiece",
    "User",
]
