"""Reports that go out by mail: to whom, by what, how often and when."""

import re

from headgate.domain.configuration.reading.section import Section
from headgate.domain.configuration.reading.shapes import mail_address
from headgate.domain.reports import By, Rhythm, ScheduledReport

MOST_REPORTS = 50
_MOST_RECIPIENTS = 20
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


def read_reports(section: Section) -> tuple[ScheduledReport, ...]:
    """Read the part `reports` of a whole file."""
    listed = section.sections("reports")
    if len(listed) > MOST_REPORTS:
        message = f"{len(listed)} reports; at most {MOST_REPORTS} go out by mail"
        section.note("reports", "too_many", message)
    reports = tuple([_read_report(each) for each in listed])
    for index, report in enumerate(reports):
        if report in reports[:index]:
            first = reports.index(report)
            message = f"the same as reports[{first}]; keep one of them"
            section.note(f"reports[{index}]", "repeated", message)
    return reports


def _read_report(section: Section) -> ScheduledReport:
    report = ScheduledReport(
        to=_recipients(section),
        by=section.one_of("by", By.PARTNER),
        every=section.one_of("every", Rhythm.DAY),
        at=_time(section),
    )
    section.finish()
    return report


def _recipients(section: Section) -> tuple[str, ...]:
    before = len(section.flaws)
    to = section.texts("to")
    if not to and len(section.flaws) == before:
        section.note("to", "required", "'to' is missing; write the addresses that it goes to")
    if len(to) > _MOST_RECIPIENTS:
        message = f"{len(to)} addresses; a report goes to at most {_MOST_RECIPIENTS}"
        section.note("to", "too_many", message)
    for index, each in enumerate(to):
        if each:
            mail_address(section, f"to[{index}]", each)
    return to


def _time(section: Section) -> str:
    at = section.maybe_text("at")
    if at is not None and not _TIME.fullmatch(at):
        section.note("at", "bad_time", f'{at!r} is no time of day; write one such as "07:00"')
    return at or "07:00"
