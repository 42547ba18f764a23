"""The difference between two configurations, in words that a broker understands."""

from collections.abc import Callable, Container, Iterator, Sequence
from itertools import pairwise
from typing import Any

from headgate.domain.assignments import Assignment
from headgate.domain.configuration.value import Configuration
from headgate.domain.configuration.wording import Words, changes
from headgate.domain.entities import Entity
from headgate.domain.events import EventWebhook
from headgate.domain.fields import Field
from headgate.domain.forms import Form
from headgate.domain.identities import NOTHING_KNOWN, Identities
from headgate.domain.partners import Partner
from headgate.domain.profiles import Profile
from headgate.domain.reports import ScheduledReport
from headgate.domain.sources import API_SOURCE, Source

Lines = Iterator[str]


def differences(
    old: Configuration | None, new: Configuration, *, known: Identities = NOTHING_KNOWN
) -> tuple[str, ...]:
    """Say what applying `new` would change; empty when that is nothing. Never shows a secret.

    What is `known` and not in `old` was archived, and comes back.
    """
    if old is None:
        created = f"Account {new.account.slug} is new"
        return (created, *_all_changes(Configuration(account=new.account), new, known))
    return tuple(_all_changes(old, new, known))


def _all_changes(old: Configuration, new: Configuration, known: Identities) -> Lines:
    words = Words(new.account.currency)
    yield from changes("Account", old.account, new.account, words)
    yield from changes("Email", old.email, new.email, words)
    yield from changes("Alerts", old.alerts, new.alerts, words)
    yield from changes("Rule for returns", old.returns, new.returns, words)
    yield from changes("Retention", old.retention, new.retention, words)
    yield from _report_changes(old.reports, new.reports)
    yield from _of_kind(
        "entity", old.entities, new.entities, _entity_changes(words), known=known.entities
    )
    yield from _of_kind(
        "source",
        old.sources,
        new.sources,
        _source_changes(words),
        naming=_source_name,
        known={
            source.slug
            for source in new.sources
            if (source.entity, source.slug) in known.sources and source.slug != API_SOURCE
        },
    )
    yield from _of_kind(
        "partner", old.partners, new.partners, _partner_changes(words), known=known.partners
    )
    yield from _of_kind(
        "profile",
        old.profiles,
        new.profiles,
        _profile_changes(old, new, known),
        known=known.profiles,
    )
    yield from _of_kind("form", old.forms, new.forms, _form_changes(words))
    yield from _of_kind("webhook", old.webhooks, new.webhooks, _webhook_changes(words))


def _report_changes(old: Sequence[ScheduledReport], new: Sequence[ScheduledReport]) -> Lines:
    """A report that goes out otherwise is another one."""
    yield from (f"{_report(each)} no longer goes out" for each in old if each not in new)
    yield from (f"{_report(each)} goes out from now on" for each in new if each not in old)
    if set(old) == set(new) and old != new:
        yield "The reports by mail are listed in another order"


def _report(report: ScheduledReport) -> str:
    to = ", ".join(report.to)
    return f"The report by {report.by} to {to}, every {report.every} at {report.at},"


def _of_kind(
    kind: str,
    old: Sequence[Any],
    new: Sequence[Any],
    changed: Callable[[Any, Any], Lines],
    *,
    naming: Callable[[Any], str] = lambda item: str(item.slug),
    known: Container[str] = (),
) -> Lines:
    """Match objects by their name; say which are new, archived, back, changed or moved."""
    before, after = {naming(item): item for item in old}, {naming(item): item for item in new}
    gone = [name for name in before if name not in after]
    back = [name for name in after if name not in before and name in known]
    added = [name for name in after if name not in before and name not in known]
    title = kind.capitalize()
    yield from (f"{title} {name} is archived" for name in gone)
    yield from (f"{title} {name} comes back, with its counts" for name in back)
    yield from (f"{title} {name} is new" for name in added)
    if gone and added:
        yield (
            f"Warning: {kind} {', '.join(gone)} is archived while {', '.join(added)} is new; "
            "a renamed slug is a new object, and its counts start again"
        )
    for name, item in after.items():
        if name in before:
            yield from changed(before[name], item)
    yield from _moves(
        kind,
        [name for name in before if name in after],
        [name for name in after if name in before],
    )


def _moves(kind: str, stayed: list[str], moved: list[str]) -> Lines:
    if stayed == moved:
        return
    if kind == "profile":
        for first, second in pairwise(moved):
            if stayed.index(first) > stayed.index(second):
                yield f"Profile {first} now runs before {second}"
    else:
        title = {"entity": "Entities"}.get(kind, f"{kind.capitalize()}s")
        yield f"{title} are now listed in the order {', '.join(moved)}"


def _entity_changes(words: Words) -> Callable[[Entity, Entity], Lines]:
    def changed(old: Entity, new: Entity) -> Lines:
        name = new.slug
        yield from changes(f"Entity {name}", old, new, words, without=("fields",))
        yield from _field_changes(old, new, words)

    return changed


def _field_changes(old: Entity, new: Entity, words: Words) -> Lines:
    before, after = {f.key: f for f in old.fields}, {f.key: f for f in new.fields}
    where = f"of {new.slug}"
    yield from (f"Field {key} {where} is taken out" for key in before if key not in after)
    yield from (f"Field {key} {where} is new" for key in after if key not in before)
    for key, field in after.items():
        if key in before:
            yield from _one_field(before[key], field, f"Field {key} {where}", words)
    stayed, moved = ([k for k in a if k in b] for a, b in ((before, after), (after, before)))
    if stayed != moved:
        yield f"Entity {new.slug}: the fields now stand in the order {', '.join(moved)}"


def _one_field(old: Field, new: Field, subject: str, words: Words) -> Lines:
    yield from changes(subject, old, new, words)
    if old.options == new.options and list(old.options or ()) != list(new.options or ()):
        yield f"{subject}: the options now stand in the order {', '.join(new.options or ())}"


def _source_name(source: Source) -> str:
    """Every entity has its own source of the built-in name."""
    return f"{source.slug} of {source.entity}" if source.slug == API_SOURCE else source.slug


def _source_changes(words: Words) -> Callable[[Source, Source], Lines]:
    return lambda old, new: changes(f"Source {_source_name(new)}", old, new, words)


def _partner_changes(words: Words) -> Callable[[Partner, Partner], Lines]:
    return lambda old, new: changes(f"Partner {new.slug}", old, new, words)


def _form_changes(words: Words) -> Callable[[Form, Form], Lines]:
    return lambda old, new: changes(f"Form {new.slug}", old, new, words)


def _webhook_changes(words: Words) -> Callable[[EventWebhook, EventWebhook], Lines]:
    return lambda old, new: changes(f"Webhook {new.slug}", old, new, words)


def _profile_changes(
    before: Configuration, after: Configuration, known: Identities
) -> Callable[[Profile, Profile], Lines]:
    def changed(old: Profile, new: Profile) -> Lines:
        words = Words(after.account.currency, before.entity(old.entity), after.entity(new.entity))
        yield from changes(f"Profile {new.slug}", old, new, words, without=("assignments",))
        yield from (
            f"Profile {new.slug}: {line[:1].lower()}{line[1:]}"
            for line in _assignment_changes(old, new, words, known)
        )

    return changed


def _assignment_changes(old: Profile, new: Profile, words: Words, known: Identities) -> Lines:
    def changed(before: Assignment, after: Assignment) -> Lines:
        return changes(_seat(after), before, after, words)

    seats = {slug for profile, slug in known.assignments if profile == new.slug}
    return _of_kind("assignment", old.assignments, new.assignments, changed, known=seats)


def _seat(assignment: Assignment) -> str:
    """Name the seat by its partner, and by its own slug where that is another."""
    own = "" if assignment.slug == assignment.partner else f" ({assignment.slug})"
    return f"Partner {assignment.partner}{own}"
