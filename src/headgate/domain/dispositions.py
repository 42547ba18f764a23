"""Dispositions: what a partner says became of a lead that it got."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from headgate.domain.cleaning.texts import line_cleaner
from headgate.domain.deliveries import State
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.money import BadAmount, format_amount, parse_amount

LONGEST_NOTE = 500
LONGEST_REFERENCE = 255


class Disposition(StrEnum):
    """A stored value never changes its meaning."""

    CONTACTED = "contacted"  # somebody spoke to the person
    NOT_REACHED = "not_reached"  # tried, and nobody answered so far
    APPOINTMENT = "appointment"  # they will meet
    QUOTED = "quoted"  # the person has an offer
    SOLD = "sold"  # the person bought
    LOST = "lost"  # spoken to, and will not buy
    BAD_CONTACT = "bad_contact"  # the number or the address is wrong
    DUPLICATE = "duplicate"  # the partner had the person already
    OTHER = "other"  # the note says what


REACHED = (
    Disposition.CONTACTED,
    Disposition.APPOINTMENT,
    Disposition.QUOTED,
    Disposition.SOLD,
    Disposition.LOST,
)
# Lists are narrowed to one disposition, or by these words to several.
GROUPS: Mapping[str, tuple[Disposition, ...]] = {"any": tuple(Disposition), "reached": REACHED}
WORDS = (*GROUPS, *Disposition)
# Only who got a lead can say what became of it; what was given back is still spoken of.
TOLD_OF = (State.DELIVERED, State.RETURNED)

_Value = TypeVar("_Value")
_note = line_cleaner("note", LONGEST_NOTE)
_reference = line_cleaner("reference", LONGEST_REFERENCE)


class Said(Struct, frozen=True):
    """What was said, and read; `value_minor` is what the partner sold for."""

    disposition: Disposition
    note: str | None = None
    value_minor: int | None = None
    reference: str | None = None

    def is_same(self, other: "Said") -> bool:
        """Tell whether both say the same, by whatever reference."""
        return (self.disposition, self.note, self.value_minor) == (
            other.disposition,
            other.note,
            other.value_minor,
        )


class Feedback(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody wrote, and nobody read yet."""

    disposition: str | None = None
    note: str | None = None
    value: str | None = None
    reference: str | None = None


def read_feedback(written: Feedback, currency: str) -> Said:
    """:raises Flawed: with everything that is wrong."""
    flaws: list[Flaw] = []
    disposition = _read(flaws, _disposition, written.disposition)
    note = _read(flaws, _note, written.note or "")
    value_minor = _read(flaws, _value, written.value or "", disposition, currency)
    reference = _read(flaws, _reference, written.reference or "")
    if disposition is None or flaws:
        raise Flawed(flaws)
    return Said(disposition, note, value_minor, reference)


def _read(flaws: list[Flaw], read: Callable[..., _Value | None], *written: object) -> _Value | None:
    try:
        return read(*written)
    except Flawed as flawed:
        flaws += flawed.flaws
        return None


def dispositions_of(word: str) -> tuple[Disposition, ...]:
    """Return what a list is narrowed to by this word; nothing where it is not one of `WORDS`."""
    if word in GROUPS:
        return GROUPS[word]
    return (Disposition(word),) if word in set(Disposition) else ()


def _disposition(written: str | None) -> Disposition:
    allowed = ", ".join(Disposition)
    if written is None or not written.strip():
        message = f"say what became of the lead; one of: {allowed}"
        raise Flawed([Flaw("disposition", "required", message)])
    word = written.strip().casefold().replace(" ", "_").replace("-", "_")
    try:
        return Disposition(word)
    except ValueError:
        message = f"this is no disposition; write one of: {allowed}"
        raise Flawed([Flaw("disposition", "unknown_choice", message)]) from None


def _value(written: str, disposition: Disposition | None, currency: str) -> int | None:
    if not written.strip():
        return None
    try:
        minor = parse_amount(written, currency)
    except BadAmount:
        minor = -1
    if minor < 0:
        example = format_amount(420000, currency)
        message = f"write an amount in {currency}, such as {example}, without a currency sign"
        raise Flawed([Flaw("value", "not_an_amount", message)])
    if disposition not in (None, Disposition.SOLD):
        message = f"only what is sold has a value; leave it out, or say {Disposition.SOLD}"
        raise Flawed([Flaw("value", "not_allowed", message)])
    return minor
