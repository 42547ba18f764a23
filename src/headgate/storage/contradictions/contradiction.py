"""One way in which rows contradict each other."""

from msgspec import Struct


class Contradiction(Struct, frozen=True):
    """`words` are filled in with the columns that the statement returns."""

    name: str
    words: str
    sqlite: str
    postgresql: str


def on_both(name: str, words: str, sql: str) -> Contradiction:
    """Return a contradiction that one statement finds on both engines."""
    return Contradiction(name, words, sql, sql)
