"""The work that the benchmarks do: leads of twelve fields, for three partners by rules."""

from collections.abc import Iterator
from typing import Any

from headgate import clock
from headgate.services import configuration
from headgate.services.people import api_keys
from headgate.storage.keys import KeyScope

_CASES = (
    ("10115", "house", "verified"),
    ("90210", "condo", "new"),
    ("33101", "house", "verified"),
    ("90001", "house", "verified"),
    ("10247", "house", "verified"),
    ("10115", "condo", "new"),
)


def set_up(partners_url: str) -> str:
    """Apply a configuration whose partners listen below `partners_url`; return an admin key."""
    applied = configuration.apply_configuration(
        source=_CONFIGURATION.replace("PARTNERS_URL", partners_url).encode(),
        account_slug=None,
        trusted=True,
        made_by="bench",
        now=clock.now(),
    )
    return api_keys.create_key(
        account_id=applied.account.id,
        scope=KeyScope.ADMIN,
        source=None,
        entity=None,
        name="bench",
        now=clock.now(),
    )


def leads(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        postcode, property_type, status = _CASES[number % len(_CASES)]
        yield {
            "ref": f"bench-{number}",
            "page": "landing-7",
            "campaign": "autumn",
            "first_name": "Maria",
            "last_name": f"Keller{number % 997}",
            "email": f"maria.{number}@example.com",
            "phone": f"+1202{2_000_000 + number % 7_000_000:07d}",
            "zip": postcode,
            "city": "Springfield",
            "property_type": property_type,
            "budget": 350_000 + number % 1_000,
            "submitted_at": "2026-11-23T15:00:00Z",
            "status": status,
        }


_CONFIGURATION = """
version: 1
account: {slug: bench, name: Bench, timezone: UTC, currency: USD}
entities:
  - slug: lead
    name: Leads
    fields:
      - {key: ref, type: text}
      - {key: page, type: text}
      - {key: campaign, type: text}
      - {key: first_name, type: text}
      - {key: last_name, type: text}
      - {key: email, type: email}
      - {key: phone, type: text}
      - {key: zip, type: postcode}
      - {key: city, type: text}
      - {key: property_type, type: choice, options: {house: House, condo: Condo}}
      - {key: budget, type: number}
      - {key: submitted_at, type: datetime}
    statuses: [new, verified, rejected]
partners:
  - slug: a
    name: A
    caps: [{per: day, leads: 100000000}]
    delivery: {channel: webhook, url: "PARTNERS_URL/a"}
  - slug: b
    name: B
    caps: [{per: hour, leads: 100000000}, {per: month, spend: "9000000.00"}]
    delivery: {channel: webhook, url: "PARTNERS_URL/b"}
  - slug: c
    name: C
    delivery: {channel: webhook, url: "PARTNERS_URL/c"}
profiles:
  - slug: main
    entity: lead
    name: Main
    enabled: true
    price: "1.00"
    assignments:
      - partner: a
        priority: 3
        rules:
          all:
            - {field: zip, op: starts_with, value: "10"}
            - {field: property_type, op: equals, value: house}
            - {field: status, op: equals, value: verified}
      - partner: b
        priority: 2
        rules:
          all:
            - {field: zip, op: starts_with, value: "90"}
            - {field: property_type, op: in, value: [condo, house]}
            - {field: status, op: not_equals, value: rejected}
      - partner: c
        priority: 1
        rules: {all: [{field: status, op: not_equals, value: rejected}]}
"""
