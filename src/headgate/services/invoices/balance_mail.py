"""The mail that tells a partner who pays ahead that its balance is low."""

from datetime import datetime

from headgate.channels.email import notices
from headgate.channels.email.request import EmailRequest
from headgate.services import balances, setups
from headgate.services.mail_test import NoMailServer
from headgate.storage.partner_mails import PartnerMail


def made_mail(*, mail: PartnerMail, now: datetime) -> EmailRequest:
    """Return the mail, with the balance of this moment.

    :raises NoMailServer, MissingSecret, Unopenable, Unrenderable:
    """
    setup = setups.in_force(mail.account_id)
    smtp = setup.configuration.email.smtp
    if smtp is None:
        raise NoMailServer
    slug = setup.partner_slugs[mail.partner_id]
    balance = balances.find_balance(account_id=mail.account_id, partner=slug)
    seller = setup.configuration.account.billing
    name = seller.name if seller else setup.configuration.account.name
    lines = [
        f"{balance.available} {balance.currency} is left of your balance with {name}.",
        "Leads come to you as long as it covers their price. Please top it up in time.",
    ]
    return notices.made_notice(
        smtp,
        (mail.to,),
        id=f"balance-{mail.id}",
        subject=f"Your balance with {name} is low",
        text="\n".join([*lines, "", name, ""]),
        secret_of=setup.secret,
        now=now,
    )
