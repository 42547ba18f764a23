"""One field, one value, and what the cleaner makes of it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from headgate.domain.cleaning import Cleaned, compile_cleaner
from headgate.domain.fields import Field, FieldType

CleanOne = Callable[..., Cleaned]


@pytest.fixture(scope="session")
def clean_one() -> CleanOne:
    """Clean one value of a field `it`, in an account of Denver that counts in dollars."""

    def clean(kind: str, value: object, *, currency: str = "USD", **parts: object) -> Cleaned:
        field = Field(key="it", type=FieldType(kind), label="It", **parts)  # type: ignore[arg-type]
        cleaner = compile_cleaner([field], zone=ZoneInfo("America/Denver"), currency=currency)
        return cleaner({"it": value})

    return clean


@pytest.fixture(scope="session")
def value_of(clean_one: CleanOne) -> Callable[..., object]:
    """Return the clean value, or None when there is none; a flaw fails the test."""

    def value(kind: str, given: object, **parts: object) -> object:
        cleaned = clean_one(kind, given, **parts)
        assert cleaned.flaws == ()
        return cleaned.values.get("it")

    return value


@pytest.fixture(scope="session")
def code_of(clean_one: CleanOne) -> Callable[..., str]:
    """Return the code of the one flaw; a value beside it fails the test."""

    def code(kind: str, given: object, **parts: object) -> str:
        cleaned = clean_one(kind, given, **parts)
        assert cleaned.values == {}
        (flaw,) = cleaned.flaws
        return flaw.code

    return code
