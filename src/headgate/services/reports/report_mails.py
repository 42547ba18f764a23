"""Reports go out by mail when they are due: none is lost, and a crash sends one twice at most."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from hashlib import blake2b

import msgspec
from msgspec import Struct

from headgate.channels.contract import Sent, Unrenderable
from headgate.channels.email import notices
from headgate.channels.email.request import EmailRequest
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import AccountId
from headgate.domain.instants import to_milliseconds
from headgate.domain.reports import Days, ScheduledReport, days_of, due_again, next_due
from headgate.services import setups
from headgate.services.reports import report_letters, reporting
from headgate.services.sealing import Unopenable
from headgate.services.setups import MissingSecret, Setup
from headgate.storage import accounts, report_mails
from headgate.storage.report_mails import ReportMail
from headgate.storage.reports import ReportFilter

SEND_AGAIN_AFTER = timedelta(minutes=5)
_NO_SERVER = "the account has no mail server; set one up in Email Settings"


class Letter(Struct, frozen=True):
    """One report on its way to everybody that it goes to."""

    mail: ReportMail
    report: ScheduledReport
    request: EmailRequest


class Standing(Struct, frozen=True):
    """A scheduled report as it stands; `error` is why the last try reached nobody."""

    due_at: datetime
    sent_at: datetime | None
    error: str | None


def take_letters(*, now: datetime) -> list[Letter]:
    """Return the letters that are due; one of which nobody notes the end comes again."""
    with_any = report_mails.accounts_with_any()
    letters = []
    for account in accounts.list_all():
        if not account.config_version:
            continue
        setup = setups.in_force(account.id)
        if setup.configuration.reports or account.id in with_any:
            letters += _take(setup, now)
    return letters


def record_letter(*, letter: Letter, sent: Sent, now: datetime) -> bool:
    """Note how a letter ended; False where it has to be tried again.

    What the server refuses for good is not tried again, nor what may have arrived.
    """
    if sent.outcome is Outcome.NOT_SENT:
        report_mails.note_failure(letter.mail, sent.error or "the mail could not be sent")
        return False
    zone = setups.in_force(letter.mail.account_id).zone
    is_refused = sent.outcome is Outcome.REFUSED
    report_mails.note_done(
        letter.mail,
        due_at=due_again(letter.report, zone, letter.mail.due_at, now=now),
        sent_at=None if is_refused else now,
        error=(sent.error or "the server refused it") if is_refused else None,
    )
    return True


def standings(*, account_id: AccountId, now: datetime) -> dict[ScheduledReport, Standing]:
    """Return how each report of the set-up in force stands."""
    setup = setups.in_force(account_id)
    known = {each.digest: each for each in report_mails.list_all(account_id)}
    found = {}
    for report in setup.configuration.reports:
        mail = known.get(_digest(report))
        found[report] = (
            Standing(next_due(report, setup.zone, now), None, None)
            if mail is None
            else Standing(mail.due_at, mail.sent_at, mail.error)
        )
    return found


def _take(setup: Setup, now: datetime) -> list[Letter]:
    reports = {_digest(report): report for report in setup.configuration.reports}
    _follow(setup, reports, now)
    letters = []
    again_at = now + SEND_AGAIN_AFTER
    for mail in report_mails.take_due(setup.account.id, again_at=again_at, now=now):
        report = reports.get(mail.digest)
        if report is None:  # another process begins with it already, by a newer set-up
            continue
        request = _request(setup, mail, report, now)
        if isinstance(request, EmailRequest):
            letters.append(Letter(mail, report, request))
        else:
            report_mails.note_failure(mail, request)
    return letters


def _follow(setup: Setup, reports: Mapping[str, ScheduledReport], now: datetime) -> None:
    """Begin with the reports that are new in the set-up, and end those that left it."""
    account_id = setup.account.id
    known = {each.digest for each in report_mails.list_all(account_id)}
    new = {
        digest: next_due(report, setup.zone, now)
        for digest, report in reports.items()
        if digest not in known
    }
    if new:
        report_mails.add(account_id, new)
    if gone := known - reports.keys():
        report_mails.drop(account_id, gone)


def _request(
    setup: Setup, mail: ReportMail, report: ScheduledReport, now: datetime
) -> EmailRequest | str:
    """Return the letter as a request, or why there is none."""
    smtp = setup.configuration.email.smtp
    if smtp is None:
        return _NO_SERVER
    days = days_of(report, setup.zone, mail.due_at)
    figures = _figures(setup, report, days, now)
    name = setup.configuration.account.name
    written = report_letters.write_letter(figures, days, account=name)
    try:
        return notices.made_notice(
            smtp,
            report.to,
            # The same on every try, so that a server that got it twice can tell.
            id=f"report-{mail.id}-{to_milliseconds(mail.due_at)}",
            subject=written.subject,
            text=written.text,
            html=written.html,
            enclosures=(written.enclosure,),
            secret_of=setup.secret,
            now=now,
        )
    except (Unrenderable, MissingSecret, Unopenable) as error:
        return str(error)


def _figures(setup: Setup, report: ScheduledReport, days: Days, now: datetime) -> reporting.Report:
    since = datetime.combine(days.first, time(), setup.zone)
    until = datetime.combine(days.last + timedelta(days=1), time(), setup.zone)
    wanted = ReportFilter(since=since, until=until)
    return reporting.report(account_id=setup.account.id, by=report.by, wanted=wanted, now=now)


def _digest(report: ScheduledReport) -> str:
    """Return the name of a report: one that goes out otherwise is another one."""
    written = msgspec.json.encode((sorted(report.to), report.by, report.every, report.at))
    return blake2b(written, digest_size=16).hexdigest()
