"""Webhooks in the console: set up, their secret shown once, their log, and what is sent again."""

import re
from typing import Any

from reception import RON, Reception, text_of

from headgate import clock
from headgate.channels.contract import Sent
from headgate.domain.deliveries import Outcome
from headgate.services import setups
from headgate.services.events import sending, standing
from headgate.services.events.sending import Told

WAREHOUSE = "/settings/webhooks/on/warehouse"
SAID = {
    "slug": "Warehouse",
    "url": "https://warehouse.example/events",
    "audience": "staff",
    "enabled:flag": ["no", "yes"],
    "events:list": ["", "lead.received", "lead.delivered"],
}
GONE = Sent(outcome=Outcome.REFUSED, ms=5, written=True, status=410, error="410 Gone")


def version(reception: Reception) -> str:
    return str(setups.in_force(reception.account_id).version)


def post(reception: Reception, path: str, said: dict[str, Any] | None = None) -> Any:
    seen = {"_seen": version(reception)}
    return reception.at_the_desk().post(path, seen | (said or {}))


def add(reception: Reception, **said: Any) -> Any:
    return post(reception, "/settings/webhooks/new", SAID | said)


def secrets_in(answer: Any) -> list[str]:
    return re.findall(r"whsec_[0-9A-Za-z+/=]{40,}", answer.content.decode())


def webhook_of(reception: Reception) -> Any:
    return setups.in_force(reception.account_id).configuration.webhook("warehouse")


def answer(sent: Sent) -> None:
    due = sending.find_due(now=clock.now())
    tellings = sending.take_due(under_way=dict.fromkeys(due, 0), now=clock.now())
    sending.record_told(told=[Told(each, sent) for each in tellings], now=clock.now())


class TestTheList:
    def test_says_what_a_webhook_is_for_while_there_is_none(self, reception: Reception) -> None:
        assert "Nobody is told yet" in text_of(reception.at_the_desk(), "/settings/webhooks")

    def test_names_each_with_its_address(self, reception: Reception) -> None:
        add(reception)

        text = text_of(reception.at_the_desk(), "/settings/webhooks")

        assert f'href="{WAREHOUSE}"' in text
        assert "https://warehouse.example/events" in text


class TestAWebhook:
    def test_is_made_with_a_secret_that_is_shown_once(self, reception: Reception) -> None:
        made = add(reception)

        (secret,) = secrets_in(made)
        setup = setups.in_force(reception.account_id)
        assert setup.secret(webhook_of(reception).secret) == secret
        assert secrets_in(reception.at_the_desk().get(WAREHOUSE)) == []

    def test_keeps_its_secret_when_it_is_changed(self, reception: Reception) -> None:
        add(reception)
        before = webhook_of(reception)

        post(reception, f"{WAREHOUSE}/edit", SAID | {"events:list": ["", "invoice.paid"]})

        after = webhook_of(reception)
        assert (after.events, after.secret) == (("invoice.paid",), before.secret)

    def test_at_another_host_gets_a_new_secret(self, reception: Reception) -> None:
        add(reception)
        before = webhook_of(reception)

        moved = post(reception, f"{WAREHOUSE}/edit", SAID | {"url": "https://new.example/"})

        assert len(secrets_in(moved)) == 1
        assert webhook_of(reception).secret != before.secret

    def test_says_what_is_wrong_at_its_place(self, reception: Reception) -> None:
        refused = add(reception, audience="source", **{"events:list": ["", "invoice.paid"]})

        text = refused.content.decode()
        assert refused.status_code == 422
        assert "a source is not told of invoice.paid" in text
        assert "name the source&#x27;s own slugs" in text

    def test_of_another_account_is_not_found(self, reception: Reception) -> None:
        add(reception)

        assert reception.at_the_desk(RON).get(WAREHOUSE).status_code == 404

    def test_is_taken_out(self, reception: Reception) -> None:
        add(reception)

        post(reception, f"{WAREHOUSE}/archive")

        assert webhook_of(reception) is None


class TestReplacingASecret:
    def test_has_two_sign_until_the_old_one_is_ended(self, reception: Reception) -> None:
        (first,) = secrets_in(add(reception))

        (second,) = secrets_in(post(reception, f"{WAREHOUSE}/secret", {"do": "begin"}))
        both = webhook_of(reception)
        post(reception, f"{WAREHOUSE}/secret", {"do": "end"})
        after = webhook_of(reception)

        setup = setups.in_force(reception.account_id)
        assert [setup.secret(both.secret), setup.secret(both.old_secret)] == [second, first]
        assert (setup.secret(after.secret), after.old_secret) == (second, None)

    def test_twice_changes_nothing_more(self, reception: Reception) -> None:
        add(reception)
        post(reception, f"{WAREHOUSE}/secret", {"do": "begin"})
        before = webhook_of(reception)

        post(reception, f"{WAREHOUSE}/secret", {"do": "begin"})

        assert webhook_of(reception) == before


class TestTheLog:
    def test_shows_a_test_event_with_its_body(self, reception: Reception) -> None:
        add(reception)

        post(reception, f"{WAREHOUSE}/test")

        text = text_of(reception.at_the_desk(), WAREHOUSE)
        assert "Test event" in text
        assert "webhook.tested" in text

    def test_filters_by_state(self, reception: Reception) -> None:
        add(reception)
        post(reception, f"{WAREHOUSE}/test")

        assert "No such event." in text_of(reception.at_the_desk(), f"{WAREHOUSE}?state=failed")

    def test_sends_one_again(self, reception: Reception) -> None:
        add(reception)
        post(reception, f"{WAREHOUSE}/test")
        answer(Sent(Outcome.DELIVERED, 5, True, status=200))
        page = standing.list_events(
            account_id=reception.account_id, slug="warehouse", before=None, limit=9
        )

        post(reception, f"{WAREHOUSE}/again", {"event": page.items[0].id})

        assert len(sending.find_due(now=clock.now())) == 1

    def test_of_a_halted_webhook_offers_to_enable_it(self, reception: Reception) -> None:
        add(reception)
        post(reception, f"{WAREHOUSE}/test")
        answer(GONE)
        halted = text_of(reception.at_the_desk(), WAREHOUSE)

        post(reception, f"{WAREHOUSE}/enable")

        assert "It answered 410" in halted
        assert "It answered 410" not in text_of(reception.at_the_desk(), WAREHOUSE)

    def test_refuses_an_event_that_is_not_there(self, reception: Reception) -> None:
        add(reception)

        assert post(reception, f"{WAREHOUSE}/again", {"event": "nonsense"}).status_code == 404
