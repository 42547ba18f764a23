"""Return paths: addresses to which a bounce comes back, telling which mail it is about."""

import re

MARK = "+hg-"
_TOKEN = re.compile(r"\+hg-([a-z2-7]{42})@", re.ASCII | re.IGNORECASE)
_LONGEST_LOCAL_PART = 64


def with_token(address: str, token: str) -> str:
    """Return the address with the token in it, or as it is where it has no room for one."""
    local, _, domain = address.rpartition("@")
    marked = f"{local}{MARK}{token}"
    return f"{marked}@{domain}" if len(marked) <= _LONGEST_LOCAL_PART else address


def tokens_in(text: str) -> set[str]:
    """Return the tokens of all return paths in a text; on the way letters may change case."""
    return {token.lower() for token in _TOKEN.findall(text)}
