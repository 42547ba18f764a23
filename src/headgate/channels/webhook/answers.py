"""What an answer means: the assignment's own rules first, then the contract's table."""

from collections.abc import Callable
from functools import lru_cache

import re2
from msgspec import Struct

from headgate.channels.webhook import json_path
from headgate.domain.deliveries import Outcome
from headgate.domain.delivery_settings import AnswerRule, AnswerRules

# Statuses by which a partner says nothing about the lead: the request was not taken up.
_NOT_ABOUT_THE_LEAD = frozenset((401, 403, 407, 408, 425, 429))
_NOT_SENT = _NOT_ABOUT_THE_LEAD | {404, 405}
_CHARSETS = frozenset(
    ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "windows-1252", "utf-16")
)


class Unreadable(Exception):
    """The body is not whole, too long, or not what a rule can read."""


class Answer:
    """A status and a body; the body is decoded and parsed only when a rule looks at it."""

    def __init__(
        self,
        status: int,
        body: bytes,
        *,
        is_complete: bool,
        content_type: str = "",
        content_encoding: str = "",
    ) -> None:
        self.status = status
        self._body = body
        self._is_complete = is_complete
        self._content_type = content_type
        self._content_encoding = content_encoding
        self._text: str | None = None
        self._document: object = Unreadable

    def text(self) -> str:
        """:raises Unreadable: there is no whole text."""
        if self._text is None:
            if not self._is_complete or self._content_encoding.lower() not in ("", "identity"):
                raise Unreadable
            try:
                self._text = self._body.decode(_charset(self._content_type)).removeprefix("\ufeff")
            except UnicodeDecodeError:
                raise Unreadable from None
        return self._text

    def at(self, path: str) -> str | None:
        """Return what stands at `path`, as text, or None.

        :raises Unreadable: there is no whole JSON document.
        """
        if self._document is Unreadable:
            try:
                self._document = json_path.decode(self.text())
            except json_path.NotJson:
                raise Unreadable from None
        return json_path.find(self._document, path)


class Meaning(Struct, frozen=True):
    outcome: Outcome
    by_own_rule: bool = False
    why: str | None = None


def reads_body(rules: AnswerRules) -> bool:
    """Tell whether anything depends on the body of the answer."""
    return bool(
        rules.price
        or rules.redirect
        or any(rule is not None and _reads_body(rule) for rule in (rules.refuse, rules.accept))
    )


def flaw(rules: AnswerRules) -> str | None:
    """Return what keeps these rules from being used, or None."""
    try:
        for rule in (rules.refuse, rules.accept):
            if rule is not None and rule.path is not None:
                json_path.parse(rule.path)
            if rule is not None and rule.regex is not None:
                _pattern(rule.regex)
        for path in (rules.price, rules.redirect):
            if path is not None:
                json_path.parse(path)
    except json_path.BadPath as error:
        return str(error)
    except re2.error as error:
        return f"the regular expression is not one that RE2 knows: {error}"
    return None


def meaning(rules: AnswerRules, answer: Answer) -> Meaning:
    """Judge a whole answer; `why` is for people when it was not accepted."""
    try:
        return _own(rules, answer) or by_table(answer.status)
    except Unreadable:
        return Meaning(
            Outcome.AMBIGUOUS,
            why=f"HTTP {answer.status}, but its body, which the answer rules read, is not"
            " complete and readable within 16 KiB",
        )


def by_table(status: int) -> Meaning:
    """Judge a status by the contract's table."""
    if 200 <= status < 300:
        return Meaning(Outcome.DELIVERED)
    if 300 <= status < 400:
        return Meaning(Outcome.NOT_SENT, why=f"HTTP {status}: redirects are not followed")
    if status in _NOT_SENT:
        return Meaning(Outcome.NOT_SENT, why=f"HTTP {status}: the partner did not take the request")
    if 400 <= status < 500:
        return Meaning(Outcome.REFUSED, why=f"HTTP {status}: the partner refused the lead")
    return Meaning(Outcome.AMBIGUOUS, why=f"HTTP {status}: the partner may have the lead")


def _own(rules: AnswerRules, answer: Answer) -> Meaning | None:
    """Return what the assignment's own rules say, or None when they leave it to the table."""
    refuse, accept = rules.refuse, rules.accept
    if refuse is not None and _holds(refuse, answer):
        return Meaning(Outcome.REFUSED, by_own_rule=True, why="The answer meets the refuse rule")
    if accept is None or accept == AnswerRule():
        return None
    if _holds(accept, answer):
        return Meaning(Outcome.DELIVERED)
    if not 200 <= answer.status < 300:
        return None
    if _reads_body(accept):
        # Only a readable 2xx is refused, even where its status alone broke the rule.
        answer.text() if accept.path is None else answer.at(accept.path)
    return Meaning(Outcome.REFUSED, why="The answer does not meet the accept rule")


def _holds(rule: AnswerRule, answer: Answer) -> bool:
    if rule == AnswerRule():
        return False
    return all(part(rule, answer) for part in _PARTS)


def _status_holds(rule: AnswerRule, answer: Answer) -> bool:
    return not rule.status or any(_covers(spec, answer.status) for spec in rule.status)


def _value_holds(rule: AnswerRule, answer: Answer) -> bool:
    if rule.path is None:
        return rule.equals is None or answer.text().strip() == rule.equals
    found = answer.at(rule.path)
    return found is not None if rule.equals is None else found == rule.equals


def _regex_holds(rule: AnswerRule, answer: Answer) -> bool:
    return rule.regex is None or _pattern(rule.regex)(answer.text()) is not None


# The status comes first: where it decides alone, the body is not looked at.
_PARTS: tuple[Callable[[AnswerRule, Answer], bool], ...] = (
    _status_holds,
    _value_holds,
    _regex_holds,
)


def _covers(spec: str, status: int) -> bool:
    if spec.lower().endswith("xx"):
        return spec[0] == str(status)[0] and status not in _NOT_ABOUT_THE_LEAD
    return spec == str(status)


def _reads_body(rule: AnswerRule) -> bool:
    return rule.path is not None or rule.equals is not None or rule.regex is not None


@lru_cache(maxsize=1024)
def _pattern(regex: str) -> Callable[[str], object]:
    search: Callable[[str], object] = re2.compile(regex).search
    return search


def _charset(content_type: str) -> str:
    _, found, rest = content_type.lower().partition("charset=")
    name = rest.partition(";")[0].strip(" \"'") if found else ""
    return name if name in _CHARSETS else "utf-8"
