"""Balances that run low: an alert once, and a mail to the partner that wants to know."""

from datetime import datetime

import pytest
from invoiced_world import BY, CONFIGURATION, InvoicedWorld

from headgate.services import alerts, balances
from headgate.services.invoices import partner_mails

pytestmark = pytest.mark.usefixtures("database", "installation")
SMTP = b"email: {smtp: {host: 127.0.0.1, port: 2525, security: none, sender: a@acme.example}}\n"


def with_threshold(now: datetime, said: bytes) -> InvoicedWorld:
    source = CONFIGURATION.replace(
        b"email: accounts@first.example}", b"email: accounts@first.example, " + said + b"}"
    )
    ahead = source.replace(b"    name: First\n", b"    name: First\n    prepaid: true\n")
    world = InvoicedWorld(now, ahead + SMTP)
    top_up(world, "40.00")
    return world


def top_up(world: InvoicedWorld, amount: str) -> None:
    balances.top_up(
        account_id=world.account_id,
        partner="first",
        amount=amount,
        reference=None,
        by=BY,
        now=world.now,
    )


def alerted(world: InvoicedWorld) -> list[str]:
    changes = alerts.find_changes(sender_lost=False, now=world.now)
    alerts.write_changes(changes=changes, now=world.now)
    page = alerts.list_alerts(account_id=world.account_id, is_open=True, before=None, limit=9)
    return [each.text for each in page.items if each.kind == "low_balance"]


class TestALowBalance:
    def test_is_an_alert_once_it_is_below_the_threshold(self, now: datetime) -> None:
        world = with_threshold(now, b'low_balance: "20.00"')
        world.sell(2)

        at_the_threshold = alerted(world)
        world.sell(1)
        below = alerted(world)

        assert at_the_threshold == []
        assert below == ["First has 10.00 EUR left of what it paid ahead, less than 20.00."]
        assert partner_mails.take_letters(now=now) == []

    def test_is_over_when_it_is_topped_up_and_alerts_anew(self, now: datetime) -> None:
        world = with_threshold(now, b'low_balance: "20.00"')
        world.sell(3)
        alerted(world)

        top_up(world, "10.00")
        over = alerted(world)
        world.sell(1)

        assert over == []
        assert len(alerted(world)) == 1

    def test_is_told_to_the_partner_once_a_crossing(self, now: datetime) -> None:
        world = with_threshold(now, b'low_balance: "20.00", tell_low_balance: true')
        world.sell(3)

        alerted(world)
        (letter,) = partner_mails.take_letters(now=now)
        alerted(world)

        assert letter.request.recipients == ("accounts@first.example",)
        assert b"10.00 EUR is left of your balance with Acme GmbH." in letter.request.message
        assert partner_mails.take_letters(now=now) == []

    def test_is_nothing_without_a_threshold(self, now: datetime) -> None:
        world = with_threshold(now, b"reverse_charge: false")
        world.sell(4)

        assert alerted(world) == []
