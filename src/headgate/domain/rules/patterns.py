"""Patterns of `matches`: RE2, within bounds, found anywhere in the text, in any case."""

from typing import Any

import re2

MAX_PATTERN = 500
_MAX_MEMORY = 1 << 20


class BadPattern(ValueError):
    """The text is not a pattern that RE2 takes within the bounds; the message says why."""


def compile_pattern(pattern: str) -> Any:
    """Return the compiled pattern.

    :raises BadPattern: too long, too large, or not RE2 syntax.
    """
    if len(pattern) > MAX_PATTERN:
        raise BadPattern(f"a pattern has at most {MAX_PATTERN} characters; this has {len(pattern)}")
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = _MAX_MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise BadPattern(f"{pattern!r} is not an RE2 pattern: {reason}") from None
