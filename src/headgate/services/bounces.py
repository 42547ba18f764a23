"""Bounces: a mail that was taken and came back makes its deliveries `returned`, once."""

from datetime import datetime

from django.db import transaction
from msgspec import Struct

from headgate.channels.email.bounces import Bounce
from headgate.channels.email.imap import ImapServer
from headgate.domain.alerts import AlertKind, Finding
from headgate.domain.deliveries import OPEN, State, Step, returned
from headgate.domain.delivery_settings import Email
from headgate.domain.ids import AccountId
from headgate.services import setups
from headgate.services.errands import Errand
from headgate.services.identity import fresh_id
from headgate.services.routing import Leases
from headgate.services.settling import Settling
from headgate.storage import accounts, alerts, deliveries, mailed


class Mailbox(Struct, frozen=True):
    """Where one account's bounces come back to."""

    account_id: AccountId
    server: ImapServer


def list_mailboxes() -> list[Mailbox]:
    """Return the mailboxes of all accounts that have one; secrets that are missing hide theirs."""
    return [
        mailbox
        for account in accounts.list_all()
        if account.config_version and (mailbox := _mailbox(account.id)) is not None
    ]


def return_bounced(*, account_id: AccountId, bounce: Bounce, now: datetime) -> bool:
    """Have the deliveries of a bounced mail returned; the account's rule says what that means.

    False while a delivery of it is still open, because nothing can be said of it yet: the bounce
    should be looked at again. A bounce that nobody signed changes nothing, and is done with.
    """
    setup = setups.in_force(account_id)
    mail_id = setup.vault.read_return_token(bounce.token)
    if mail_id is None:
        return True
    with transaction.atomic():
        lead_ids = [each.lead_id for each in mailed.find(account_id, mail_id)]
        settling = Settling(account_id, lead_ids, uses_caps=True, leases=Leases(0), now=now)
        bounced = [
            each for each in settling.deliveries.values() if mail_id in (each.id, each.letter_id)
        ]
        if any(each.state in OPEN for each in bounced):
            return False
        step = returned(setup.configuration.returns.bounced)
        changed = [each for each in bounced if _return(settling, each, bounce, step)]
        settling.finish()
        if changed:
            partner = setup.partner_slugs[changed[0].partner_id]
            text = f"A mail to partner {partner} came back; its deliveries say why."
            finding = Finding(AlertKind.MAIL_BOUNCED, str(mail_id), text)
            alerts.open_all(account_id, {fresh_id(now): finding}, now=now)
    return True


def _return(settling: Settling, delivery: deliveries.Delivery, bounce: Bounce, step: Step) -> bool:
    """Apply a bounce to a delivery; where others got the mail, or may have, it is only noted."""
    if delivery.state not in (State.DELIVERED, State.UNKNOWN):
        return False
    delivery.error = f"The mail came back: {bounce.words}"
    if delivery.state == State.DELIVERED and _reached_nobody(settling, delivery, bounce):
        settling.apply(delivery, step)
    else:
        settling.touch(delivery)
    return True


def _reached_nobody(settling: Settling, delivery: deliveries.Delivery, bounce: Bounce) -> bool:
    setup = setups.at_version(delivery.account_id, delivery.config_version)
    settings = Errand(setup, delivery, settling.leads[delivery.lead_id]).settings
    to = {each.lower() for each in settings.to} if isinstance(settings, Email) else set()
    # A single recipient may be an alias, and the bounce may name what is behind it.
    return len(to) == 1 or (bool(to) and to <= bounce.recipients)


def _mailbox(account_id: AccountId) -> Mailbox | None:
    setup = setups.in_force(account_id)
    imap = setup.configuration.email.imap
    if imap is None:
        return None
    try:
        password = setup.secret(imap.password) if imap.password else ""
    except setups.MissingSecret:
        return None
    server = ImapServer(imap.host, imap.port, imap.security, imap.username, password, imap.folder)
    return Mailbox(account_id, server)
