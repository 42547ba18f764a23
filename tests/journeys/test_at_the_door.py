"""Leads at the door: posted twice, by the same person, at the same instant, or malformed.

HEADGATE_TEST_REQUESTS is how many requests meet on a twentieth as many idempotency keys.
"""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from house import Account, Answer, OpenAccount, fates
from partners import Partners, body_of
from set_ups import buyer, offer

CLIENTS = 20
REQUESTS = int(os.environ.get("HEADGATE_TEST_REQUESTS", "500"))
KEYS = REQUESTS // 20


@pytest.fixture
def account(open_account: OpenAccount, partners: Partners) -> Account:
    return open_account(
        partners=[buyer("only", partners.url("accept", "only"))], profiles=[offer("all", "only")]
    )


def source(on_duplicate: str) -> list[dict[str, Any]]:
    return [{"slug": "api", "entity": "solar", "name": "API", "on_duplicate": on_duplicate}]


def at_once(account: Account, call: Callable[..., Answer], count: int) -> list[Answer]:
    """Make `count` calls from many clients at the same time; each is told its number."""

    def make(client: int) -> list[Answer]:
        with account.house.caller(account.key) as caller:
            return [call(caller, number) for number in range(client, count, CLIENTS)]

    with ThreadPoolExecutor(CLIENTS) as clients:
        return [answer for some in clients.map(make, range(CLIENTS)) for answer in some]


class TestAnIdempotencyKey:
    def test_answers_with_the_lead_as_it_is_now(self, account: Account) -> None:
        first = account.try_to_post(idempotency_key="k", name="Ann", wait=20)

        again = account.try_to_post(idempotency_key="k", name="Ann")

        assert (first.status, again.status) == (201, 200)
        assert again.json["id"] == first.json["id"]
        assert again.json["state"] == "delivered"

    def test_compares_what_was_meant(self, account: Account) -> None:
        account.try_to_post(idempotency_key="k", name="Ann")

        spaced = account.call(
            "POST",
            "/leads",
            b'{ "fields": {"name":"Ann"}, "entity": "solar" }',
            Idempotency_Key="k",
        )
        other = account.try_to_post(idempotency_key="k", name="Bob")

        assert (spaced.status, other.status) == (200, 422)
        assert account.count("/leads") == 1

    def test_is_not_bound_by_a_refused_lead(self, account: Account) -> None:
        refused = account.try_to_post(idempotency_key="k", email="not an address")
        mended = account.try_to_post(idempotency_key="k", email="ann@example.com")

        assert (refused.status, mended.status) == (422, 201)

    def test_stores_one_lead_however_many_ask(self, account: Account, partners: Partners) -> None:
        def call(caller: Any, number: int) -> Answer:
            key = f"key-{number % KEYS}"
            return caller.call(
                "POST",
                "/api/v1/leads",
                {"entity": "solar", "fields": {"name": key}},
                Idempotency_Key=key,
            )

        answers = at_once(account, call, REQUESTS)

        statuses = Counter(answer.status for answer in answers)
        assert statuses[201] == KEYS
        assert statuses[201] + statuses[200] + statuses[409] == REQUESTS
        ids = {answer.json["id"] for answer in answers if answer.status != 409}
        assert len(ids) == KEYS == account.count("/leads")
        for lead_id in ids:
            account.when(lead_id, "delivered")
        sent = [body_of(each)["lead_id"] for each in partners.received_by("only")]
        assert {sent.count(lead_id) for lead_id in ids} == {1}


class TestTheSamePerson:
    @pytest.mark.parametrize(
        ("on_duplicate", "state", "names_earlier"),
        [
            ("reject", "duplicate", True),
            ("flag", "delivered", True),
            ("update", "duplicate", True),
            ("allow", "delivered", False),
        ],
    )
    def test_is_met_as_the_source_says(
        self,
        open_account: OpenAccount,
        partners: Partners,
        on_duplicate: str,
        state: str,
        names_earlier: bool,
    ) -> None:
        account = open_account(
            sources=source(on_duplicate),
            partners=[buyer("only", partners.url("accept", "only"))],
            profiles=[offer("all", "only")],
        )
        first = account.post(name="Ann", email="ann@example.com", wait=20)

        second = account.post(name="Anna", email="ANN@example.com", wait=20)

        assert second["state"] == state
        stored = account.lead(second["id"])
        assert stored["duplicate_of"] == (first["id"] if names_earlier else None)
        now = "Anna" if on_duplicate == "update" else "Ann"
        assert account.lead(first["id"])["fields"]["name"] == now

    def test_wins_once_at_the_same_instant(self, account: Account, partners: Partners) -> None:
        def call(caller: Any, number: int) -> Answer:
            fields = {"name": "Ann", "email": "ann@example.com"}
            return caller.call(
                "POST", "/api/v1/leads?wait=20", {"entity": "solar", "fields": fields}
            )

        answers = at_once(account, call, CLIENTS)

        states = Counter(answer.json["state"] for answer in answers)
        assert states == {"delivered": 1, "duplicate": CLIENTS - 1}

    def test_is_nobody_without_an_address(self, account: Account) -> None:
        leads = [account.post(name="Ann", email=" ", wait=20) for _ in range(2)]

        assert [fates(lead) for lead in leads] == [{"only": "delivered"}] * 2


def lead(**parts: Any) -> dict[str, Any]:
    return {"entity": "solar", "fields": {"name": "Ann"}, **parts}


class TestAMalformedLead:
    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 400),
            (b"{", 400),
            (b"\xff\xfe", 400),
            (b'{"entity": "solar", "fields": {"budget": NaN}}', 400),
            (b'{"entity": "solar", "fields": {"budget": 1e999999}}', 422),
            (b"[" * 50_000, 400),
            (b"[]", 422),
            (b'"text"', 422),
            (b'{"entity": "solar", "fields": {"name": "a\\u0000b"}}', 422),
            (b'{"entity": "solar", "fields": {"name": "\\ud800"}}', 422),
            (lead(fields={"name": {"first": "Ann"}}), 422),
            (lead(fields={"name": "x" * 1_001}), 422),
            (lead(fields={"name": 5}), 422),
            (lead(fields={"email": "nobody"}), 422),
            (lead(fields={"budget": "much"}), 422),
            (lead(fields={"shoe_size": "44"}), 422),
            (lead(fields="Ann"), 422),
            (lead(status="Sold"), 422),
            (lead(test="maybe"), 422),
            (lead(colour="red"), 422),
            ({"fields": {}}, 422),
            (lead(entity="wind"), 404),
            (lead(source="nowhere"), 404),
            (lead(fields={"name": "x" * 1_000_000}), 413),
        ],
        ids=lambda given: str(given)[:40],
    )
    def test_is_refused_and_leaves_nothing(self, account: Account, body: Any, status: int) -> None:
        answer = account.call("POST", "/leads", body)

        assert answer.status == status, answer
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["status"] == status
        assert {"type", "title", "detail"} <= set(answer.json)
        assert account.count("/leads") == 0

    @pytest.mark.parametrize(
        ("key", "status"), [("", 401), ("hg_wrong", 401), ("x" * 5_000, 401), ("é", 401)]
    )
    def test_needs_a_key(self, account: Account, key: str, status: int) -> None:
        with account.house.caller(key) as caller:
            answer = caller.call("POST", "/api/v1/leads", lead())

        assert answer.status == status
        assert account.count("/leads") == 0

    def test_is_of_a_type_that_is_known(self, account: Account) -> None:
        answer = account.call("POST", "/leads", b"<lead/>", media="application/xml")

        assert answer.status == 415
