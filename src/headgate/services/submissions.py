"""A lead as somebody submits it, and the answers it can get."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from headgate.domain.cleaning.texts import line_cleaner, textarea_cleaner
from headgate.domain.entities import Entity
from headgate.domain.flaws import Flaw, Flawed
from headgate.domain.forms import Suspicion
from headgate.domain.ids import ImportId, LeadId, SourceId
from headgate.domain.intake_keys import EXTERNAL_ID_LIMIT, storable_value
from headgate.domain.matching import EntityPlan
from headgate.domain.sources import API_SOURCE, OnDuplicate, OnInvalid, Source
from headgate.services.form_tokens import Token
from headgate.services.setups import Setup
from headgate.storage.deliveries import Delivery
from headgate.storage.keys import Caller, KeyScope
from headgate.storage.leads import Lead


class Submission(Struct, frozen=True):
    """As it came in at the door; nothing is judged yet.

    `loose` payloads have names that are matched to fields; what matches nothing is kept apart.
    `caller` is the digest of an API key, or a door of the account's own. `on_duplicate` and
    `on_invalid` say otherwise than the source does. `added_by` is who typed it in by hand.
    `body_digest` is what an idempotency key is compared by.
    """

    id: LeadId
    caller: str | Caller
    entity: str
    fields: dict[str, Any]
    received_at: datetime
    status: object = None
    source: object = None
    test: bool = False
    distribute: bool = True
    external_id: object = None
    consent: dict[str, Any] | None = None
    note: object = None
    loose: bool = False
    on_duplicate: OnDuplicate | None = None
    on_invalid: OnInvalid | None = None
    added_by: str | None = None
    import_id: ImportId | None = None
    import_row: int | None = None
    idempotency_key: str | None = None
    body_digest: bytes = b""
    suspicion: Suspicion | None = None
    token: Token | None = None


class Receipt(Struct):
    """A stored lead with its deliveries; `replayed` when an earlier request had stored it."""

    setup: Setup
    caller: Caller
    lead: Lead
    deliveries: list[Delivery]
    replayed: bool = False


class KeyNotInForce(Exception):
    """There is no such API key, or it was revoked."""


class NotAllowed(Exception):
    """The key is in force, but its scope does not cover this; the message says what does."""


class UnknownEntity(LookupError):
    """The account has no such entity."""


class UnknownSource(LookupError):
    """The entity has no such source."""


class KeyReused(Exception):
    """The idempotency key stands for another request."""


class TokenSpent(Exception):
    """The form's token made a lead before, of which nothing more is known."""


class TooFast(Exception):
    """The source sends more than its rate allows."""

    def __init__(self, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"too many leads; try again in {retry_after_seconds} s")


class Unavailable(Exception):
    """It could not be stored now; the message says why."""


class Admitted(Struct):
    """A submission whose source is known, with its clean values.

    `refusal` is why it must not be stored; a replay of a stored one is answered all the same.
    `flaws` without it quarantine the lead.
    """

    submission: Submission
    caller: Caller
    setup: Setup
    plan: EntityPlan
    source_id: SourceId
    source: Source
    values: dict[str, Any]
    extra: dict[str, Any]
    consent: dict[str, Any] | None
    status: str
    test: bool
    external_id: str | None
    note: str | None
    flaws: tuple[Flaw, ...]
    refusal: Exception | None = None


def admit(submission: Submission, caller: Caller, setup: Setup) -> Admitted:
    """Judge one submission by its caller and its entity's fields.

    :raises NotAllowed, UnknownEntity, UnknownSource: it is nobody's.
    """
    plan = setup.plan.entities.get(submission.entity)
    if plan is None:
        raise UnknownEntity(f"there is no entity {submission.entity!r}")
    fields, extra = submission.fields, {}
    status, source, test = submission.status, submission.source, submission.test
    external_id, note = submission.external_id, submission.note
    wished = None
    if submission.loose:
        matched = setup.matchers[submission.entity](submission.fields)
        fields, extra, said = matched.fields, matched.extra, matched.envelope
        status, source, test = said.status, said.source, said.test
        external_id, note = said.external_id, _joined(said.note, said.notes)
        wished = said.dedup_mode
        if caller.scope is KeyScope.INTAKE:
            source = None  # the caller says whose lead it is
    source_id, source_settings = _source(caller, setup, submission.entity, source)
    policy = submission.on_duplicate
    if policy is None and wished is not None:
        policy = _allowed_policy(OnDuplicate(wished), caller, source_settings)
        extra = extra if policy is not None else {**extra, "dedup_mode": wished}
    source_settings = _wished(source_settings, policy, submission.on_invalid)
    cleaned = setup.cleaners[submission.entity](fields)
    flaws = list(cleaned.flaws)
    admitted = Admitted(
        submission=submission,
        caller=caller,
        setup=setup,
        plan=plan,
        source_id=source_id,
        source=source_settings,
        values=cleaned.values,
        extra=extra,
        consent=_consent(submission.consent, flaws),
        status=read_status(plan.entity, status, flaws),
        test=test,
        external_id=_cleaned(_external_id, external_id, flaws),
        note=read_note(note, flaws),
        flaws=tuple(flaws),
    )
    if flaws and source_settings.on_invalid is OnInvalid.REFUSE:
        admitted.refusal = Flawed(flaws)
    admitted.extra = {**admitted.extra, **_unclean(plan.entity, fields, flaws)}
    return admitted


def _wished(
    source: Source, on_duplicate: OnDuplicate | None, on_invalid: OnInvalid | None
) -> Source:
    """Return the source with what is wished otherwise."""
    if on_duplicate is None and on_invalid is None:
        return source
    return replace(
        source,
        on_duplicate=on_duplicate or source.on_duplicate,
        on_invalid=on_invalid or source.on_invalid,
    )


def _unclean(entity: Entity, fields: dict[str, Any], flaws: list[Flaw]) -> dict[str, Any]:
    """Return as it came what could not be cleaned, but nothing that is encrypted at rest."""
    kept = {flaw.place for flaw in flaws if not entity.encrypts(flaw.place)}
    return {key: storable_value(value) for key, value in fields.items() if key in kept}


_external_id = line_cleaner("external_id", EXTERNAL_ID_LIMIT)
_note = textarea_cleaner("note")


def _source(caller: Caller, setup: Setup, entity: str, named: object) -> tuple[SourceId, Source]:
    if caller.scope is KeyScope.READ:
        raise NotAllowed("a read key posts no leads; use an intake or an admin key")
    if caller.scope is KeyScope.INTAKE:
        if caller.entity != entity:
            raise NotAllowed(f"this key posts leads of the entity {caller.entity!r} only")
        if named is not None and named != caller.source:
            raise NotAllowed(f"this key posts leads of the source {caller.source!r} only")
        named = caller.source
    slug = API_SOURCE if named is None else str(named)
    found = setup.source(entity, slug)
    if found is None:
        raise UnknownSource(f"the entity {entity!r} has no source {slug!r}")
    return found


def _allowed_policy(wished: OnDuplicate, caller: Caller, source: Source) -> OnDuplicate | None:
    """Return what a request may say of duplicates, None where it may not.

    A source is paid by the lead: it may say for itself only what is as strict as its settings.
    """
    is_own = caller.scope is not KeyScope.INTAKE
    is_strict = wished in (OnDuplicate.REJECT, source.on_duplicate)
    return wished if is_own or is_strict else None


def _joined(*notes: str | None) -> str | None:
    return "\n".join(note for note in notes if note) or None


def read_status(entity: Entity, given: object, flaws: list[Flaw]) -> str:
    """Return the entity's status of that name in any case, the first where none is given."""
    if given is None or given == "":
        return entity.statuses[0]
    for status in entity.statuses:
        if isinstance(given, str) and given.strip().casefold() == status.casefold():
            return status
    known = ", ".join(entity.statuses)
    flaws.append(Flaw("status", "unknown_status", f"{given!r} is no status; there are: {known}"))
    return entity.statuses[0]


def _consent(given: dict[str, Any] | None, flaws: list[Flaw]) -> dict[str, Any] | None:
    """Return the evidence as it can be stored; evidence that has to be changed for it is a flaw."""
    if given is None:
        return None
    kept: dict[str, Any] = dict(storable_value(given))  # type: ignore[call-overload]
    if kept != given:
        message = "holds NUL or half a character, or is nested too deep"
        flaws.append(Flaw("consent", "not_storable", message))
    return kept


def read_note(given: object, flaws: list[Flaw]) -> str | None:
    return _cleaned(_note, given, flaws)


def _cleaned(clean: Any, given: object, flaws: list[Flaw]) -> str | None:
    try:
        return None if given is None else clean(given)
    except Flawed as refusal:
        flaws += refusal.flaws
        return None
