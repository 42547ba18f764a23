"""What a cleaned value may be, and how a bad one is refused."""

from collections.abc import Callable
from decimal import Decimal

from headgate.domain.flaws import Flaw, Flawed

Value = str | int | Decimal | bool | list[str] | dict[str, str]
Clean = Callable[[object], Value | None]  # None: there is no value; raises Flawed


def refused(place: str, code: str, message: str) -> Flawed:
    """Make the refusal to raise; its message never repeats the value, which may be a secret."""
    return Flawed([Flaw(place, code, message)])
