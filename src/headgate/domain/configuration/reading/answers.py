"""Answer rules: what in a partner's answer accepts, refuses, or names a price."""

import re

from headgate.domain.configuration.reading.section import Section, shown
from headgate.domain.delivery_settings import AnswerRule, AnswerRules
from headgate.domain.rules.patterns import BadPattern, compile_pattern

_STATUS = re.compile(r"[1-5](?:xx|\d\d)", re.ASCII)
_PATH = re.compile(r"\$(?:\.[^.\[\]\s]+|\[\d{1,6}\])+", re.ASCII)


def read_answer(section: Section | None, *, currency: str) -> AnswerRules:
    if section is None:
        return AnswerRules()
    answer = AnswerRules(
        accept=_read_rule(section.section("accept")),
        refuse=_read_rule(section.section("refuse")),
        price=_maybe_path(section, "price"),
        price_min_minor=section.amount("price_min", currency),
        redirect=_maybe_path(section, "redirect"),
    )
    if answer.price_min_minor is not None and not section.has("price"):
        section.note("price_min", "not_allowed", "price_min needs `price`, the path of the price")
    section.finish()
    return answer


def _read_rule(section: Section | None) -> AnswerRule | None:
    if section is None:
        return None
    before = len(section.flaws)
    rule = AnswerRule(
        status=_read_statuses(section),
        path=_maybe_path(section, "path"),
        equals=section.maybe_text("equals"),
        regex=_maybe_pattern(section),
    )
    section.finish()
    if rule == AnswerRule() and len(section.flaws) == before:
        section.note("", "required", "an empty rule; give status, path and equals, or regex")
    if rule.equals is not None and not section.has("path"):
        section.note("equals", "not_allowed", "equals needs `path`, such as $.status")
    return rule


def _read_statuses(section: Section) -> tuple[str, ...]:
    raw = section.take("status")
    if raw is None:
        return ()
    found = []
    for index, item in enumerate(raw if isinstance(raw, list) else [raw]):
        status = str(item)
        if isinstance(item, bool) or not _STATUS.fullmatch(status):
            place = f"status[{index}]" if isinstance(raw, list) else "status"
            allowed = 'a number such as 404, "2xx", or a list of them'
            section.note(place, "bad_status", f"{shown(item)} is not {allowed}")
        found.append(status)
    return tuple(found)


def _maybe_path(section: Section, key: str) -> str | None:
    path = section.maybe_text(key)
    if path is not None and not _PATH.fullmatch(path):
        section.note(key, "bad_path", f"{path!r} is not a path such as $.status or $.bids[0].price")
    return path


def _maybe_pattern(section: Section) -> str | None:
    pattern = section.maybe_text("regex")
    if pattern is not None:
        try:
            compile_pattern(pattern)
        except BadPattern as error:
            section.note("regex", "bad_pattern", str(error))
    return pattern
