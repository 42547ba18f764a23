"""Configurations in few words: partners by what they do, profiles by who sits in them."""

import json
from typing import Any

SOLAR = {
    "slug": "solar",
    "name": "Solar leads",
    "fields": [
        {"key": "name", "type": "text"},
        {"key": "email", "type": "email"},
        {"key": "zip", "type": "postcode"},
        {"key": "budget", "type": "number"},
        {"key": "ssn", "type": "text", "encrypted": True},
    ],
    "statuses": ["New", "Won"],
    "duplicates": {"match": ["email"], "within_days": 30},
}


def configuration(slug: str, **parts: Any) -> str:
    """Return a whole file for an account; JSON is YAML."""
    account = {"slug": slug, "name": slug, "timezone": "UTC", "currency": "USD"}
    return json.dumps({"version": 1, "account": account, "entities": [SOLAR], **parts})


def buyer(slug: str, url: str, **more: Any) -> dict[str, Any]:
    """Return a partner that is delivered to at once, tried thrice; `delivery` adds settings."""
    delivery = {
        "channel": "webhook",
        "url": url,
        "timeout_seconds": 2,
        "retry": [0, 0],
        **more.pop("delivery", {}),
    }
    return {"slug": slug, "name": slug, "delivery": delivery, **more}


def offer(slug: str, *seats: Any, strategy: str = "first_match", **more: Any) -> dict[str, Any]:
    """Return an enabled profile; a seat is an assignment, or the partner of a plain one."""
    assignments = [
        {"partner": seat, "priority": 100 - place} if isinstance(seat, str) else seat
        for place, seat in enumerate(seats)
    ]
    return {
        "slug": slug,
        "entity": "solar",
        "name": slug,
        "enabled": True,
        "strategy": strategy,
        "price": "10.00",
        "assignments": assignments,
        **more,
    }
