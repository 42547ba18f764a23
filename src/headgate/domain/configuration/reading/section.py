"""One mapping of the file: its keys are taken one by one, and every flaw keeps its place."""

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar
from unicodedata import normalize

from headgate.domain.flaws import Flaw
from headgate.domain.money import BadAmount, format_amount, parse_amount

Choice = TypeVar("Choice", bound=StrEnum)

MAX_LINE = 1_000
MAX_TEXT = 100_000
MAX_MINOR = 10**12
# Comparing takes about 2 µs a name, and a file may have thousands of flaws.
MOST_COMPARED = 1_000
MOST_ADVISED = 200
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
_CONTROL_BUT_BREAKS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def shown(value: object) -> str:
    """Show a value from the file in a message, cut where it is long."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def readable(key: str) -> str:
    """Make a label from a key: `property_type` is "Property type"."""
    words = " ".join(re.split(r"[_-]+", key)).strip()
    return words[:1].upper() + words[1:]


def _advice(value: str, names: Collection[str]) -> str:
    """Say which of the names was probably meant, or which there are."""
    likely = sorted(filter(None, names))[:MOST_COMPARED]
    close = get_close_matches(value, likely, 1, 0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"there are: {', '.join(likely[:20])}" if likely else "there are none yet"


class Section:
    """A mapping at its place. What a method returns for a flawed value is never used:

    whoever holds the flaws raises them before the configuration is seen.
    """

    def __init__(self, raw: object, place: str, flaws: list[Flaw]) -> None:
        self.place = place
        self.flaws = flaws
        self._taken: set[str] = set()
        self._raw: dict[str, object] = {}
        if not isinstance(raw, dict):
            # A text is not shown: under `auth` or `headers` it is likely a secret.
            found = "a text" if isinstance(raw, str) else shown(raw)
            self.note("", "not_a_mapping", f"{found} stands here; write keys and values")
            self.flaws = []  # that its keys are missing follows, and goes without saying
            return
        for key, value in raw.items():
            if isinstance(key, str):
                self._raw[key] = value
            else:
                self.note("", "not_text", f'the key {shown(key)} must be text: quote it, "{key}"')

    def at(self, key: str) -> str:
        return ".".join(filter(None, (self.place, key)))

    def note(self, key: str, code: str, message: str) -> None:
        """Note a flaw at one of the keys, or at the section itself when the key is empty."""
        self.flaws.append(Flaw(self.at(key) or "file", code, message))

    def note_stranger(
        self, key: str, code: str, message: str, value: str, names: Collection[str]
    ) -> None:
        """Note a value that is none of the names, with the name that was probably meant."""
        advised = len(self.flaws) < MOST_ADVISED
        self.note(key, code, f"{message}; {_advice(value, names)}" if advised else message)

    def finish(self) -> None:
        """Note every key that nobody took."""
        for key in self._raw:
            if key not in self._taken:
                message = f"there is no key {key!r} here"
                self.note_stranger(key, "unknown_key", message, key, self._taken)

    def keys(self) -> tuple[str, ...]:
        """Take every key, where the file chooses the names."""
        self._taken.update(self._raw)
        for key in self._raw:
            if not key.strip() or key != key.strip() or _CONTROL.search(key):
                self.note(key, "bad_key", f"{key!r} has control characters or spaces around it")
        return tuple(self._raw)

    def take(self, key: str) -> object | None:
        self._taken.add(key)
        return self._raw.get(key)

    def has(self, key: str) -> bool:
        return self._raw.get(key) is not None

    def maybe_text(self, key: str, *, lines: bool = False) -> str | None:
        """Return None when there is no value; only texts of several `lines` keep their bytes."""
        value = self.take(key)
        if value is None:
            return None
        return self._checked_text(value, key, lines=lines)

    def _checked_text(self, value: object, key: str, *, lines: bool = False) -> str | None:
        if not isinstance(value, str):
            self.note(key, "not_text", not_text(value))
            return None
        most, control = (MAX_TEXT, _CONTROL_BUT_BREAKS) if lines else (MAX_LINE, _CONTROL)
        if len(value) > most:
            self.note(key, "too_long", f"{len(value):,} characters; at most {most:,} are allowed")
        if control.search(value.strip()):
            what = "control characters" if lines else "line breaks or control characters"
            self.note(key, "control_character", f"{shown(value)} has {what}; take them out")
        if not value.strip():
            return None
        return value if lines else normalize("NFC", value.strip())

    def text(self, key: str, *, lines: bool = False) -> str:
        before = len(self.flaws)
        found = self.maybe_text(key, lines=lines)
        if found is None and len(self.flaws) == before:
            self.note(key, "required", f"{key!r} is missing; it must be given")
        return found or ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of texts; no value is an empty list."""
        found = []
        for place, value in self._items(key):
            checked = self._checked_text(value, place)
            if checked is None and isinstance(value, str):
                self.note(place, "required", "an empty text; write one or take the item out")
            found.append(checked or "")
        self._note_repeats(key, found)
        return tuple(found)

    def _note_repeats(self, key: str, found: list[str]) -> None:
        seen = {""}
        for index, value in enumerate(found):
            if value and value in seen:
                self.note(f"{key}[{index}]", "repeated", f"{value!r} stands twice; keep one")
            seen.add(value)

    def _items(self, key: str) -> Iterator[tuple[str, object]]:
        value = self.take(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.note(key, "not_a_list", f"{shown(value)} stands here; write a list: [ … ]")
            return
        for index, item in enumerate(value):
            yield f"{key}[{index}]", item

    def slug(self, key: str = "slug") -> str:
        return self._well_formed(key, self.text(key))

    def maybe_slug(self, key: str) -> str | None:
        value = self.maybe_text(key)
        return None if value is None else self._well_formed(key, value)

    def _well_formed(self, key: str, value: str) -> str:
        if value and not _SLUG.fullmatch(value):
            allowed = "1 to 63 of a-z, 0-9, _ and -, beginning with a letter or digit"
            self.note(key, "bad_slug", f"{value!r} is no {key}; write {allowed}")
            return ""
        return value

    def number(self, key: str, default: int, *, least: int, most: int) -> int:
        found = self.maybe_number(key, least=least, most=most)
        return default if found is None else found

    def maybe_number(self, key: str, *, least: int, most: int) -> int | None:
        value = self.take(key)
        if value is None:
            return None
        return self.checked_number(value, key, least=least, most=most)

    def checked_number(self, value: object, key: str, *, least: int, most: int) -> int:
        allowed = f"a whole number from {least:,} to {most:,}"
        if isinstance(value, bool) or not isinstance(value, int):
            quoted = isinstance(value, str) and re.fullmatch(r"\s*-?\d+\s*", value)
            hint = ", without quotes" if quoted else ""
            self.note(key, "not_a_number", f"{shown(value)} is not {allowed}{hint}")
            return least
        if not least <= value <= most:
            self.note(key, "out_of_range", f"{shown(value)} is not allowed; write {allowed}")
        return int(value)

    def flag(self, key: str, default: bool) -> bool:
        found = self.maybe_flag(key)
        return default if found is None else found

    def maybe_flag(self, key: str) -> bool | None:
        value = self.take(key)
        if value is None or isinstance(value, bool):
            return value
        self.note(key, "not_a_boolean", f"{shown(value)} is not allowed; write true or false")
        return False

    def one_of(self, key: str, default: Choice) -> Choice:
        """Take one of the names that the default's kind has."""
        value = self.take(key)
        return default if value is None else self._chosen(value, key, default)

    def several_of(self, key: str, kind: Choice) -> tuple[Choice, ...]:
        found = [self._chosen(value, place, kind) for place, value in self._items(key)]
        self._note_repeats(key, list(found))
        return tuple(found)

    def _chosen(self, value: object, key: str, default: Choice) -> Choice:
        kind = type(default)
        try:
            return kind(value if isinstance(value, str) else "")
        except ValueError:
            names = [str(member) for member in kind]
            meant = get_close_matches(str(value), names, 1, 0.6)
            hint = f"; did you mean {meant[0]!r}?" if meant else ""
            allowed = ", ".join(names)
            self.note(key, "unknown_choice", f"{shown(value)} is not one of {allowed}{hint}")
            return default

    def amount(self, key: str, currency: str) -> int | None:
        """Take an amount of money that is not negative, as minor units."""
        value = self.take(key)
        if value is None:
            return None
        example = format_amount(1250, currency)
        if not isinstance(value, str):
            fix = f'quote it: "{value}"' if _is_number(value) else f'write it like "{example}"'
            self.note(key, "not_text", f"{shown(value)} is no amount of {currency}; {fix}")
            return 0
        try:
            minor = parse_amount(value, currency)
        except BadAmount as error:
            self.note(key, "bad_amount", str(error))
            return 0
        if not 0 <= minor <= MAX_MINOR:
            most = format_amount(MAX_MINOR, currency)
            self.note(key, "out_of_range", f"{value!r} is not an amount from 0 to {most}")
        return minor

    def reference(self, key: str, names: Collection[str], kind: str) -> str:
        """Take a slug that must name one of the objects of that kind."""
        value = self.text(key)
        if value and value not in names:
            self.note_stranger(key, "unknown_reference", f"no {kind} {value!r}", value, names)
        return value

    def note_unknown(
        self, key: str, values: Collection[str], names: Collection[str], kind: str
    ) -> None:
        """Note each value of a list that names none of the objects of that kind."""
        for index, value in enumerate(values):
            if value and value not in names:
                place, message = f"{key}[{index}]", f"no {kind} {value!r}"
                self.note_stranger(place, "unknown_reference", message, value, names)

    def section(self, key: str) -> "Section | None":
        value = self.take(key)
        return None if value is None else Section(value, self.at(key), self.flaws)

    def sections(self, key: str) -> list["Section"]:
        return [Section(item, self.at(place), self.flaws) for place, item in self._items(key)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def not_text(value: object) -> str:
    """Say how to mend a value that had to be text."""
    if isinstance(value, bool):
        return f'{shown(value)} is read as yes or no; quote it: "{shown(value)}"'
    if _is_number(value):
        return f'{shown(value)} is read as a number; quote it: "{value}"'
    return f"{shown(value)} stands here; write text"
