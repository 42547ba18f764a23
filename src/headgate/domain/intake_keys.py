"""What each name in a flat payload means, however a stranger spelled it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import IntEnum

from msgspec import Struct, convert

from headgate.domain.cleaning.numbers import boolean_cleaner
from headgate.domain.cleaning.texts import folded, line_cleaner, storable, textarea_cleaner
from headgate.domain.cleaning.values import Clean, Value
from headgate.domain.fields import RESERVED_KEYS, Field
from headgate.domain.flaws import Flawed
from headgate.domain.sources import OnDuplicate

EXTERNAL_ID_LIMIT = 255
# Nobody names a field at such length, and folding takes time.
_LONGEST_NAME = 200
# The words for it here, and those of systems that people come from.
_DEDUP_MODES = {
    **{each.value: each.value for each in OnDuplicate},
    "skip": OnDuplicate.REJECT.value,
    "ignore": OnDuplicate.REJECT.value,
    "overwrite": OnDuplicate.UPDATE.value,
    "merge": OnDuplicate.UPDATE.value,
    "create": OnDuplicate.ALLOW.value,
    "create_new": OnDuplicate.ALLOW.value,
}
_DEEPEST_EXTRA = 32
_PIPELINE = "status:"  # elsewhere a status is of one pipeline among several


class Envelope(Struct, frozen=True):
    """What the payload says about the lead itself; None where it says nothing."""

    status: str | None = None
    source: str | None = None
    test: bool = False
    external_id: str | None = None
    note: str | None = None
    notes: str | None = None
    dedup_mode: str | None = None


class Matched(Struct, frozen=True):
    """`fields` by our keys, as raw as they came; `extra`, fit to be stored, matched nothing."""

    fields: dict[str, object]
    extra: dict[str, object]
    envelope: Envelope


Matcher = Callable[[Mapping[str, object]], Matched]


class _Closeness(IntEnum):
    EXACT = 0  # the field's key, letter by letter
    KEY = 1  # its key, loosely read
    LABEL = 2  # its label, loosely read


_Meaning = tuple[str, _Closeness]


def compile_matcher(
    fields: Iterable[Field], *, statuses: Iterable[str], sources: Iterable[str]
) -> Matcher:
    """Compile the matching for one entity.

    When several names mean one field, the closest counts, then the first; the others are extra.
    A special name whose value names nothing that exists is a name like any other.
    """
    fields = tuple(fields)
    encrypted = {field.key for field in fields if field.encrypted}
    exact, loose = _meanings(fields)
    specials = _specials(loose, statuses, sources)

    def match(flat: Mapping[str, object]) -> Matched:
        said: dict[str, Value] = {}
        best: dict[str, tuple[_Closeness, str]] = {}
        extra: dict[str, object] = {}
        for name, value in flat.items():
            meaning = exact.get(name)
            if meaning is None:
                spelled = _loosely(name)
                if spelled.startswith(_PIPELINE):
                    spelled = "status"
                if spelled in specials and _is_said(specials[spelled], value, said):
                    continue
                meaning = loose.get(spelled)
            spare = name if meaning is None else _seat(best, *meaning, name)
            # What is extra is kept in clear, so a second name of an encrypted field is not.
            if spare is not None and (meaning is None or meaning[0] not in encrypted):
                extra[storable(spare)] = storable_value(flat[spare])
        chosen = {key: flat[name] for key, (_, name) in best.items()}
        return Matched(chosen, extra, convert(said, Envelope))

    return match


def _meanings(fields: tuple[Field, ...]) -> tuple[dict[str, _Meaning], dict[str, _Meaning]]:
    """Return what names mean as they are written, and loosely read."""
    exact = {field.key: (field.key, _Closeness.EXACT) for field in fields}
    loose: dict[str, _Meaning] = {}
    for field in fields:
        loose.setdefault(_loosely(field.key), (field.key, _Closeness.KEY))
    for field in fields:
        loose.setdefault(_loosely(field.label), (field.key, _Closeness.LABEL))
    loose.pop("", None)
    return exact, loose


_Special = tuple[str, Clean]


def _specials(
    taken: Collection[str], statuses: Iterable[str], sources: Iterable[str]
) -> dict[str, _Special]:
    """Return the special names, loosely read; a field comes before one that is not reserved."""
    cleaners: dict[str, Clean] = {
        "status": _one_of(statuses),
        "source": _one_of(sources),
        "test": boolean_cleaner("test"),
        "external_id": _external_id,
        "note": textarea_cleaner("note"),
        "notes": _notes,
        "dedup_mode": _dedup_mode,
    }
    return {
        _loosely(name): (name, clean)
        for name, clean in cleaners.items()
        if name in RESERVED_KEYS or _loosely(name) not in taken
    }


def _is_said(special: _Special, value: object, said: dict[str, Value]) -> bool:
    """Note in `said` what the special name says, if it says something and was not said before."""
    name, clean = special
    if value is None or name in said:
        return False
    try:
        meant = clean(value)
    except Flawed:
        return False
    if meant is None:
        return False
    said[name] = meant
    return True


def _seat(
    best: dict[str, tuple[_Closeness, str]], key: str, closeness: _Closeness, name: str
) -> str | None:
    """Seat the name at its field, and return the name that is left without a seat."""
    seated = best.get(key)
    if seated is not None and seated[0] <= closeness:
        return name
    best[key] = closeness, name
    return None if seated is None else seated[1]


def _loosely(name: str) -> str:
    if len(name) > _LONGEST_NAME:
        return ""
    return folded(name).replace(" ", "").replace("_", "").replace("-", "")


def _one_of(names: Iterable[str]) -> Clean:
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(folded(name), name)
    line = line_cleaner("")

    def clean(value: object) -> str | None:
        text = line(value)
        return None if text is None else known.get(folded(text))

    return clean


def _notes(value: object) -> str | None:
    """Join several notes, each a text or an object with one, as other systems take them."""
    texts = []
    for each in value if isinstance(value, list) else [value]:
        text = _note(each.get("text") if isinstance(each, dict) else each)
        texts += [text] if text else []
    return _note("\n".join(texts))


def _dedup_mode(value: object) -> str | None:
    text = _line(value)
    return None if text is None else _DEDUP_MODES.get(folded(text))


_note = textarea_cleaner("note")
_line = line_cleaner("")
_external_id_text = line_cleaner("external_id", EXTERNAL_ID_LIMIT)


def _external_id(value: object) -> str | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return _external_id_text(str(value) if whole else value)


def storable_value(value: object, depth: int = 0) -> object:
    """Return `value` without what no database takes: unstorable characters, endless nesting."""
    match value:
        case str():
            return storable(value)
        case list() | dict() if depth == _DEEPEST_EXTRA:
            return "…"
        case list():
            return [storable_value(item, depth + 1) for item in value]
        case dict():
            return {storable(key): storable_value(item, depth + 1) for key, item in value.items()}
        case _:
            return value
