"""The account, its mail servers, who is told what, what a return means, what is kept how long."""

import re
from zoneinfo import ZoneInfo

from headgate.domain.configuration.reading.billing import read_seller
from headgate.domain.configuration.reading.secrets import maybe_secret, signing_secret
from headgate.domain.configuration.reading.section import Section, readable
from headgate.domain.configuration.reading.shapes import (
    host,
    mail_address,
    maybe_web_address,
    maybe_zone,
)
from headgate.domain.configuration.value import (
    Account,
    Alerts,
    EmailServers,
    Imap,
    Security,
    Smtp,
)
from headgate.domain.retention import TEST_LEADS_DAYS, Retention
from headgate.domain.returns import LONGEST_REASON, Decide, ReturnRule, Returns

_MOST_DAYS = 36_500
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_SMTP_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}
_IMAP_PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143}


def read_account(section: Section) -> Account:
    slug, billing = section.slug(), section.section("billing")
    account = Account(
        slug=slug,
        name=section.maybe_text("name") or readable(slug),
        timezone=_zone(section),
        currency=_currency(section),
        billing=read_seller(billing) if billing else None,
    )
    section.finish()
    return account


def zone_of(account: Account) -> ZoneInfo:
    return ZoneInfo(account.timezone)


def _zone(section: Section) -> str:
    before = len(section.flaws)
    zone = maybe_zone(section, "timezone")
    if zone is None and len(section.flaws) == before:
        message = "'timezone' is missing; write one such as America/Los_Angeles or UTC"
        section.note("timezone", "required", message)
    return zone or "UTC"


def _currency(section: Section) -> str:
    currency = section.text("currency")
    if currency and not _CURRENCY.fullmatch(currency):
        message = f"{currency!r} is not a currency; write its three capitals, such as USD"
        section.note("currency", "bad_currency", message)
    # Later amounts are read with two decimals, so that this flaw causes no others.
    return currency if _CURRENCY.fullmatch(currency) else "USD"


def read_email(section: Section) -> EmailServers:
    smtp, imap = section.section("smtp"), section.section("imap")
    section.finish()
    return EmailServers(
        smtp=_read_smtp(smtp) if smtp else None,
        imap=_read_imap(imap) if imap else None,
    )


def read_alerts(section: Section) -> Alerts:
    emails = section.texts("emails")
    for index, each in enumerate(emails):
        if each:
            mail_address(section, f"emails[{index}]", each)
    secret = signing_secret(section, "secret")
    if secret is not None and not section.has("webhook"):
        section.note("secret", "not_allowed", "it signs what a `webhook` gets, and there is none")
    alerts = Alerts(emails, maybe_web_address(section, "webhook"), secret)
    section.finish()
    return alerts


def read_returns(section: Section) -> Returns:
    bounced, granted = section.section("bounced"), section.section("granted")
    returns = Returns(
        bounced=_read_return_rule(bounced) if bounced else ReturnRule(),
        granted=_read_return_rule(granted) if granted else ReturnRule(),
        reasons=_reasons(section),
        within_days=_days(section, "within_days"),
        most_percent=section.maybe_number("most_percent", least=0, most=100),
        decide=section.one_of("decide", Decide.STAFF),
        replacements=section.flag("replacements", default=False),
    )
    section.finish()
    return returns


def _reasons(section: Section) -> tuple[str, ...]:
    reasons = section.texts("reasons")
    for index, reason in enumerate(reasons):
        if len(reason) > LONGEST_REASON:
            message = f"{len(reason)} characters; a reason has at most {LONGEST_REASON}"
            section.note(f"reasons[{index}]", "too_long", message)
    return reasons


def read_retention(section: Section) -> Retention:
    retention = Retention(
        leads_days=_days(section, "leads_days"),
        duplicates_days=_days(section, "duplicates_days"),
        attempt_bodies_days=_days(section, "attempt_bodies_days"),
        test_leads_days=_days(section, "test_leads_days") or TEST_LEADS_DAYS,
    )
    section.finish()
    return retention


def _days(section: Section, key: str) -> int | None:
    return section.maybe_number(key, least=1, most=_MOST_DAYS)


def _read_return_rule(section: Section) -> ReturnRule:
    rule = ReturnRule(
        credit=section.flag("credit", default=True),
        give_place_back=section.flag("give_place_back", default=False),
    )
    section.finish()
    return rule


def _read_smtp(section: Section) -> Smtp:
    security = section.one_of("security", Security.TLS)
    sender = section.text("sender")
    if sender:
        mail_address(section, "sender", sender, named=True)
    smtp = Smtp(
        host=host(section, "host"),
        port=section.number("port", _SMTP_PORTS[security], least=1, most=65_535),
        sender=sender,
        security=security,
        username=section.maybe_text("username") or "",
        password=maybe_secret(section, "password"),
    )
    section.finish()
    return smtp


def _read_imap(section: Section) -> Imap:
    security = section.one_of("security", Security.TLS)
    imap = Imap(
        host=host(section, "host"),
        port=section.number("port", _IMAP_PORTS[security], least=1, most=65_535),
        security=security,
        username=section.maybe_text("username") or "",
        password=maybe_secret(section, "password"),
        folder=section.maybe_text("folder") or "INBOX",
    )
    section.finish()
    return imap
