"""What every sending channel has: the choice of fields, and when to try again."""

from headgate.domain.configuration.reading.section import Section, shown
from headgate.domain.configuration.reading.shapes import names_of
from headgate.domain.delivery_settings import STANDARD_RETRY, FieldChoice
from headgate.domain.entities import Entity

ALL_FIELDS = "all"
NO_RETRY = "none"
MOST_PAUSES = 50
MOST_PAUSE_SECONDS = 604_800


def read_choice(section: Section, entity: Entity | None) -> FieldChoice:
    """Read `all`, a list of our keys, or `{their_name: our_key}`."""
    raw = section.take("fields")
    if raw is None or raw == ALL_FIELDS:
        return FieldChoice()
    if isinstance(raw, list):
        keys = section.texts("fields")
        for index, key in enumerate(keys):
            _note_unknown(section, f"fields[{index}]", key, entity)
        return FieldChoice(tuple((key, key) for key in keys))
    if not isinstance(raw, dict):
        allowed = "all, a list of field keys, or {their_name: our_key}"
        section.note("fields", "bad_choice", f"{shown(raw)} is not {allowed}")
        return FieldChoice()
    renamed = Section(raw, section.at("fields"), section.flaws)
    pairs = tuple((theirs, renamed.text(theirs)) for theirs in renamed.keys())  # noqa: SIM118
    for theirs, ours in pairs:
        _note_unknown(renamed, theirs, ours, entity)
    return FieldChoice(pairs)


def _note_unknown(section: Section, place: str, key: str, entity: Entity | None) -> None:
    if key and entity and key not in (known := names_of(entity)):
        message = f"no field {key!r} in {entity.slug}"
        section.note_stranger(place, "unknown_field", message, key, known)


def read_retry(section: Section) -> tuple[int, ...] | None:
    """Return the pauses before the 2nd, 3rd … try; None is the standard schedule."""
    raw = section.take("retry")
    if raw is None or raw == STANDARD_RETRY:
        return None
    if raw == NO_RETRY:
        return ()
    if not isinstance(raw, list):
        allowed = "standard, none, or pauses in seconds such as [1, 5]"
        section.note("retry", "bad_retry", f"{shown(raw)} is not {allowed}")
        return None
    if len(raw) > MOST_PAUSES:
        section.note("retry", "too_many", f"{len(raw)} pauses; at most {MOST_PAUSES} are allowed")
    return tuple(
        section.checked_number(pause, f"retry[{index}]", least=0, most=MOST_PAUSE_SECONDS)
        for index, pause in enumerate(raw)
    )
