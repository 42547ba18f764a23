"""Ids for what a drafted configuration has and the database does not know yet."""

from itertools import count
from typing import Any

from headgate.domain.configuration.value import Configuration
from headgate.domain.identities import Identities
from headgate.domain.sources import API_SOURCE


def with_passing_ids(known: Identities, configuration: Configuration) -> Identities:
    """Return the known ids, and below zero one for everything else."""
    passing = count(-1, -1)
    said = configuration
    named: dict[str, list[Any]] = {
        "entities": [each.slug for each in said.entities],
        "sources": [
            *((each.slug, API_SOURCE) for each in said.entities),
            *((each.entity, each.slug) for each in said.sources),
        ],
        "partners": [each.slug for each in said.partners],
        "profiles": [each.slug for each in said.profiles],
        "assignments": [
            (each.slug, seat.slug) for each in said.profiles for seat in each.assignments
        ],
    }
    return Identities(
        **{
            kind: {name: next(passing) for name in names} | getattr(known, kind)
            for kind, names in named.items()
        }
    )
