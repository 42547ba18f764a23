"""A lead broker of some size: three kinds of leads, eight sources, forty partners, one busy day."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from headgate.channels.contract import Sent, ShownRequest
from headgate.domain.deliveries import Outcome
from headgate.domain.ids import AccountId, LeadId
from headgate.services import configuration
from headgate.services.delivery import Report, record_outcomes
from headgate.services.errands import claim_errands
from headgate.services.identity import fresh_id
from headgate.services.intake import receive_leads
from headgate.services.people import api_keys
from headgate.services.rates import Rates
from headgate.services.routing import Leases
from headgate.services.submissions import Submission
from headgate.storage.keys import KeyScope

SLUG = "brokerage"
ENTITIES = ("solar", "roofing", "heating")
PARTNERS = 40
MOMENTS = 48  # of the day, half an hour apart
_SEATS = 8
_PROFILES_EACH = 4
_SOURCES = ("website", "landing", "affiliate")
_CITIES = ("Springfield", "Saint-Jean-sur-Richelieu", "Bad Königshofen im Grabfeld", "Rome")
_STATUSES = ["New", "Contacted", "Qualified", "Won", "Lost"]


def set_up(*, now: datetime) -> AccountId:
    applied = configuration.apply_configuration(
        source=msgspec.json.encode(_document()),
        account_slug=None,
        trusted=True,
        made_by="bench",
        now=now,
    )
    return applied.account.id


def live_a_day(account_id: AccountId, leads: int, *, until: datetime) -> None:
    """Have so many leads come in the day before `until`, and partners answer at once."""
    dice = random.Random(SLUG)  # noqa: S311
    callers = {
        entity: [
            api_keys.digest_of(
                api_keys.create_key(
                    account_id=account_id,
                    scope=KeyScope.INTAKE,
                    source=f"{source}-{entity}",
                    entity=entity,
                    name=source,
                    now=until,
                )
            )
            for source in _SOURCES
        ]
        for entity in ENTITIES
    }
    for moment in range(MOMENTS):
        # In the midst of the half hour, so that copies a little apart are of the same hour.
        now = until - timedelta(minutes=30 * (MOMENTS - moment) - 15)
        numbers = range(leads * moment // MOMENTS, leads * (moment + 1) // MOMENTS)
        submissions = [
            Submission(
                id=LeadId(fresh_id(now)),
                caller=dice.choice(callers[entity]),
                entity=entity,
                fields=_person(number, dice),
                received_at=now,
                status=dice.choice(_STATUSES),
                distribute=dice.random() > 0.02,
            )
            for number in numbers
            for entity in [dice.choice(ENTITIES)]
        ]
        receive_leads(submissions=submissions, rates=Rates(), leases=Leases(0), now=now)
        _answer(dice, now)


def _answer(dice: random.Random, now: datetime) -> None:
    """Have most partners accept, and some refuse or be out of order."""
    while errands := claim_errands(limit=500, busy_partners=(), now=now):
        reports = [
            Report(
                errand=each,
                at=now,
                ended_at=now + timedelta(milliseconds=90),
                sent=dice.choices(_ANSWERS, weights=(85, 13, 2))[0],
                shown=ShownRequest(
                    method="POST", url="https://partner.example/", headers={}, body="{}"
                ),
                body=b"{}",
            )
            for each in errands
        ]
        record_outcomes(reports=reports, leases=Leases(0), now=now)


_ANSWERS = (
    Sent(outcome=Outcome.DELIVERED, ms=90, written=True, status=200, answer="accepted"),
    Sent(outcome=Outcome.REFUSED, ms=90, written=True, status=422, answer="no more today"),
    Sent(outcome=Outcome.AMBIGUOUS, ms=90, written=True, status=500, answer="sorry"),
)


def _person(number: int, dice: random.Random) -> dict[str, Any]:
    return {
        "first_name": dice.choice(("Maximiliane", "Ada", "Jean-Baptiste", "Guadalupe")),
        "last_name": dice.choice(("Example-Placeholder", "Specimen", "Testcase von Muster")),
        "email": f"somebody.rather.long.{number}@mail.example.com",
        "phone": f"+1 213 555 01{number % 100:02}",
        "zip": f"{dice.randrange(10, 100)}{dice.randrange(1000):03}",
        "city": dice.choice(_CITIES),
        "property_type": dice.choice(("house", "condo", "rented")),
        "budget": 10_000 + dice.randrange(90_000),
    }


def _document() -> dict[str, Any]:
    return {
        "version": 1,
        "account": {
            "slug": SLUG,
            "name": "Brokerage",
            "timezone": "Europe/Berlin",
            "currency": "USD",
            "billing": {"name": "Brokerage LLC", "city": "Denver", "country": "US"},
        },
        "entities": [_entity(slug) for slug in ENTITIES],
        "sources": [
            {
                "slug": f"{source}-{entity}",
                "entity": entity,
                "name": f"{source.capitalize()} for {entity}",
                "cost": "4.00",
            }
            for entity in ENTITIES
            for source in _SOURCES
        ],
        "forms": [
            {
                "slug": f"ask-{entity}",
                "entity": entity,
                "source": f"website-{entity}",
                "title": f"Ask for {entity}",
                "fields": ["first_name", "last_name", "email", "phone", "zip"],
            }
            for entity in ENTITIES
        ],
        "partners": [_partner(number) for number in range(PARTNERS)],
        "profiles": list(_profiles()),
    }


def _entity(slug: str) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": f"{slug.capitalize()} leads",
        "fields": [
            {"key": "first_name", "label": "First name", "type": "text"},
            {"key": "last_name", "label": "Last name", "type": "text"},
            {"key": "email", "type": "email"},
            {"key": "phone", "type": "phone", "region": "US"},
            {"key": "zip", "label": "ZIP code", "type": "postcode"},
            {"key": "city", "type": "text"},
            {
                "key": "property_type",
                "type": "choice",
                "options": {"house": "House", "condo": "Condominium", "rented": "Rented flat"},
            },
            {"key": "budget", "type": "number"},
        ],
        "statuses": _STATUSES,
        "duplicates": {"match": ["email"], "within_days": 30},
    }


def _partner(number: int) -> dict[str, Any]:
    # A third is full before the day ends, so that verdicts, alerts and forecasts tell of caps.
    caps = [{"per": "day", "leads": 20}] if number % 3 == 0 else []
    return {
        "slug": f"partner-{number}",
        "name": f"Sonnenenergie Niederbayern-Oberpfalz {number} mbH & Co. KG",
        "billing": {"name": f"Partner {number} Inc.", "city": "Denver", "country": "US"},
        "caps": [*caps, {"per": "month", "leads": 90_000}],
        "hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "06:00-22:00"),
        "delivery": {"channel": "portal"}
        if number == 1
        else {"channel": "webhook", "url": f"https://{number}.partner.example/", "retry": "none"},
    }


def _profiles() -> Iterator[dict[str, Any]]:
    for place, entity in enumerate(ENTITIES):
        for number in range(_PROFILES_EACH):
            first = (place * _PROFILES_EACH + number) * 3
            yield {
                "slug": f"{entity}-{number}",
                "entity": entity,
                "name": f"{entity.capitalize()}, choice {number + 1}",
                "enabled": True,
                "strategy": ("first_match", "round_robin", "weighted", "best_price")[number],
                "price": "18.00",
                "rules": {
                    "all": [{"field": "budget", "op": "gte", "value": 12_000 + 1_000 * number}]
                },
                "assignments": [_seat(first + seat, seat) for seat in range(_SEATS)],
            }


def _seat(partner: int, seat: int) -> dict[str, Any]:
    zips = [str(10 + (partner * 7 + each * 11) % 90) for each in range(15)]
    return {
        "partner": f"partner-{partner % PARTNERS}",
        "priority": _SEATS - seat,
        "caps": [{"per": "hour", "leads": 900}],
        "rules": {
            "all": [
                {"field": "zip", "op": "starts_with", "value": zips},
                {"field": "property_type", "op": "in", "value": ["house", "condo"]},
            ]
        },
    }
