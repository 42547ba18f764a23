"""What the audit log says of a change: who did what to what, and what it was before and after."""

from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from headgate.domain.instants import rfc3339

COMMAND_LINE = "command line"


class Action(StrEnum):
    """What was done; a stored value never changes its meaning."""

    CONFIGURED = "configuration.changed"  # a new version, the difference in words
    ROLLED_BACK = "configuration.rolled_back"
    SIGNED_IN = "sign_in.done"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGNED_OUT_EVERYWHERE = "sign_in.ended_everywhere"
    CREDENTIAL_CHANGED = "sign_in.credential_changed"  # password, authenticator app, passkey
    MEMBER_INVITED = "member.invited"
    INVITATION_WITHDRAWN = "member.invitation_withdrawn"
    MEMBER_JOINED = "member.joined"
    MEMBER_CHANGED = "member.changed"  # role or entities
    MEMBER_REMOVED = "member.removed"
    PORTAL_USER_CHANGED = "portal.user_changed"
    PARTNER_NOTED = "partner.noted"  # that somebody did, never what the note says
    KEY_CREATED = "key.created"
    KEY_REVOKED = "key.revoked"
    LEAD_ADDED = "lead.added"  # by hand
    LEAD_EDITED = "lead.edited"  # which fields, never their values
    LEAD_ERASED = "lead.erased"
    LEAD_DISTRIBUTED = "lead.distributed"
    LEAD_STOPPED_WAITING = "lead.stopped_waiting"
    LEADS_EXPORTED = "lead.exported"
    DELIVERY_RETRIED = "delivery.retried"
    DELIVERY_RESOLVED = "delivery.resolved"
    DELIVERY_CANCELLED = "delivery.cancelled"
    DELIVERY_RETURNED = "delivery.returned"
    DELIVERY_TOLD_OF = "delivery.disposition"  # which one, never its note
    IMPORT_STARTED = "import.started"
    IMPORT_CANCELLED = "import.cancelled"
    IMPORT_UNDONE = "import.undone"
    CHANNEL_ENABLED = "channel.enabled"
    MAIL_RESUMED = "mail.resumed"
    ADJUSTED = "ledger.adjusted"
    TOPPED_UP = "ledger.topped_up"
    RETURN_ASKED = "return.asked"
    RETURN_SETTLED = "return.settled"
    INVOICE_CHANGED = "invoice.changed"
    SUPPRESSION_CHANGED = "suppression.changed"  # how many values, never which
    SETTING_CHANGED = "setting.changed"


class Entry(Struct, frozen=True):
    """One line of an account's log; `number` counts them without gaps, from 1.

    `before` and `after` are JSON, of the part that changed; they never hold a lead's values.
    """

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: str | None
    after: str | None


def content(account_id: int, entry: Entry) -> bytes:
    """Return the bytes that an entry's digest is about, beside the digest before it."""
    said = (entry.actor, entry.action, entry.subject, entry.before, entry.after)
    return msgspec.json.encode((account_id, entry.number, rfc3339(entry.at), *said))
