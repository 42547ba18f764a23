"""Hosted forms over a real database, filled in as a browser without scripts would do it."""

import html
import itertools
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import altcha
from desk import Answer, Desk
from time_machine import travel

from headgate import clock
from headgate.services import configuration
from headgate.web.forms.room import Forms

ORIGIN = "https://acme.example"
SET_UP = """
version: 1
account: {slug: acme, name: Acme, timezone: America/Los_Angeles, currency: USD}
entities:
  - slug: solar
    name: Solar
    fields:
      - {key: first_name, label: First name, type: text, required: true}
      - {key: email, type: email}
      - {key: note, type: textarea}
      - {key: kind, type: choice, options: {house: House, condo: Condo}}
      - {key: wishes, type: multichoice, options: {roof: Roof, battery: Battery}}
      - {key: owner, type: boolean}
      - {key: home, type: address}
      - {key: campaign, type: text}
      - {key: origin, type: text}
      - {key: ssn, type: text, encrypted: true}
    statuses: [New, Won]
    duplicates: {match: [email], within_days: 30}
sources:
  - {slug: site, entity: solar, name: Site}
partners: [{slug: sunpeak, name: SunPeak, delivery: {channel: inbox}}]
profiles:
  - {slug: all, entity: solar, name: All, enabled: true, assignments: [{partner: sunpeak}]}
forms:
  - slug: quote
    entity: solar
    source: site
    title: Get a quote
    fields:
      - first_name
      - {key: email, label: Your e-mail, help: We never share it}
      - note
      - kind
      - wishes
      - owner
      - home
      - {key: campaign, hidden: true, value: {param: utm_source}}
      - {key: origin, hidden: true, value: spring}
    consent: {text: I agree to be called., required: true}
    thank_you: We will call you.
    origins: ["https://acme.example"]
"""
_addresses = itertools.count(1)


class Booth(Desk):
    """One visit comes from an address of its own, and takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self._api = Forms(self)  # type: ignore[assignment]

    def __enter__(self) -> "Booth":
        super().__enter__()
        self.set_up()
        return self

    def set_up(self, before: str = "", after: str = "") -> None:
        """Put the set-up in force, with one change."""
        assert before in SET_UP, before

        def apply() -> None:
            configuration.apply_configuration(
                source=SET_UP.replace(before, after, 1).encode() if before else SET_UP.encode(),
                account_slug="acme",
                trusted=True,
                made_by="test",
                now=clock.now(),
            )

        self.run(apply)

    def open(self, query: str = "", **headers: str) -> str:
        answer = self.visit("GET", f"/f/acme/quote{query}", headers=headers)
        assert answer.status == 200, answer.body
        return answer.body.decode()

    def fill_in(self, page: str | None = None, *, query: str = "", **said: Any) -> Answer:
        """Send Ann's form from a page that was open for a while; None leaves a value out."""
        values = {"first_name": "Ann", "email": "ann@example.com", "_consent": "yes"}
        values |= hidden_values(self.open(query) if page is None else page)
        values |= {name.replace("__", "."): value for name, value in said.items()}
        body = {name: value for name, value in values.items() if value is not None}
        return self.post(urlencode(body, doseq=True).encode(), query=query)

    def post(
        self, body: bytes, *, query: str = "", after_seconds: float = 10, **headers: str
    ) -> Answer:
        form = {"content-type": "application/x-www-form-urlencoded", **headers}
        with travel(clock.now() + timedelta(seconds=after_seconds), tick=True):
            return self.visit("POST", f"/f/acme/quote{query}", body, headers=form)

    def visit(
        self, method: str, path: str, body: object = None, *, headers: dict[str, str] | None = None
    ) -> Answer:
        number = next(_addresses)
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        return self.call(method, path, body, key=None, headers=headers, client=address)

    def leads(self) -> list[Any]:
        """Return the rows of all leads, the oldest first."""
        from headgate.storage import models

        return self.run(lambda: list(models.Lead.objects.order_by("id")))


def hidden_values(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found}


def proof_of(page: str) -> str:
    """Do the work that the page asks for."""
    import json

    found = re.search(r'<headgate-proof challenge="([^"]+)"', page)
    assert found, page
    challenge = altcha.Challenge.from_dict(json.loads(html.unescape(found[1])))
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()
