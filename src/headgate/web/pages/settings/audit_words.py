"""How the audit log says what was done."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from headgate.domain.audit import Action

_WORDS: dict[str, Promise] = {
    Action.CONFIGURED: _("changed the configuration"),
    Action.ROLLED_BACK: _("put an earlier configuration in force"),
    Action.SIGNED_IN: _("signed in"),
    Action.SIGN_IN_FAILED: _("failed to sign in"),
    Action.SIGNED_OUT_EVERYWHERE: _("signed out everywhere else"),
    Action.CREDENTIAL_CHANGED: _("changed how they sign in"),
    Action.MEMBER_INVITED: _("invited a member"),
    Action.INVITATION_WITHDRAWN: _("withdrew an invitation"),
    Action.MEMBER_JOINED: _("joined"),
    Action.MEMBER_CHANGED: _("changed a member"),
    Action.MEMBER_REMOVED: _("removed a member"),
    Action.PORTAL_USER_CHANGED: _("changed who uses the portal"),
    Action.PARTNER_NOTED: _("kept notes about a partner"),
    Action.KEY_CREATED: _("made an API key"),
    Action.KEY_REVOKED: _("revoked an API key"),
    Action.LEAD_ADDED: _("added a lead"),
    Action.LEAD_EDITED: _("edited a lead"),
    Action.LEAD_ERASED: _("erased a lead"),
    Action.LEAD_DISTRIBUTED: _("distributed a lead"),
    Action.LEAD_STOPPED_WAITING: _("ended a lead’s wait"),
    Action.LEADS_EXPORTED: _("exported leads"),
    Action.DELIVERY_RETRIED: _("retried a delivery"),
    Action.DELIVERY_RESOLVED: _("settled a delivery"),
    Action.DELIVERY_CANCELLED: _("cancelled a delivery"),
    Action.DELIVERY_TOLD_OF: _("said what became of a lead"),
    Action.DELIVERY_RETURNED: _("gave a lead back"),
    Action.IMPORT_STARTED: _("began an import"),
    Action.IMPORT_CANCELLED: _("cancelled an import"),
    Action.IMPORT_UNDONE: _("undid an import"),
    Action.CHANNEL_ENABLED: _("enabled a channel again"),
    Action.MAIL_RESUMED: _("resumed the account’s mail"),
    Action.ADJUSTED: _("adjusted the ledger"),
    Action.TOPPED_UP: _("topped up a balance"),
    Action.RETURN_ASKED: _("asked for a return"),
    Action.RETURN_SETTLED: _("settled a return"),
    Action.INVOICE_CHANGED: _("changed an invoice"),
    Action.SUPPRESSION_CHANGED: _("changed a suppression list"),
    Action.SETTING_CHANGED: _("changed a setting"),
}


def said_of(action: str) -> str:
    return str(_WORDS.get(action, action))
