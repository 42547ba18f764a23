"""What is saved is in force for every lead accepted afterwards, in every process."""

from typing import Any

import pytest
from house import Account, House, OpenAccount, fates
from partners import Partners
from set_ups import buyer, configuration, offer

TIMES = 10


@pytest.fixture
def buyers(partners: Partners) -> list[dict[str, Any]]:
    return [buyer(slug, partners.url("accept", slug)) for slug in ("first", "second")]


class TestAnApply:
    def test_decides_the_very_next_lead(
        self, open_account: OpenAccount, buyers: list[dict[str, Any]]
    ) -> None:
        account = open_account(partners=buyers, profiles=[offer("all", "first")])

        went = []
        for number in range(TIMES):
            partner = ("first", "second")[number % 2]
            assert account.apply(partners=buyers, profiles=[offer("all", partner)]).status == 200
            went.append(account.post(name="Ann", wait=20)["deliveries"][0]["partner"])

        assert went == ["first", "second"] * (TIMES // 2)

    def test_from_the_command_line_does_so_too(
        self, house: House, open_account: OpenAccount, buyers: list[dict[str, Any]]
    ) -> None:
        account = open_account(partners=buyers, profiles=[offer("all", "first")])
        changed = configuration(account.slug, profiles=[offer("all", "second")])
        before = account.post(name="Ann", wait=20)

        house.does("apply", "-", "--yes", stdin=changed)
        after = account.post(name="Bob", wait=20)

        assert fates(before) == {"first": "delivered"}
        assert fates(after) == {"second": "delivered"}

    def test_keeps_the_count_of_a_cap_whose_limit_moves(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        def parts(limit: int) -> dict[str, Any]:
            caps = [{"per": "day", "leads": limit}]
            return {
                "partners": [buyer("only", partners.url("accept", "only"), caps=caps)],
                "profiles": [offer("all", "only")],
            }

        account = open_account(**parts(3))
        states = [account.post(name="Ann", wait=20)["state"] for _ in range(2)]
        for limit in (1, 3, 3):
            account.apply(**parts(limit))
            states.append(account.post(name="Ann", wait=20)["state"])

        expected = ["delivered", "delivered", "unmatched", "delivered", "unmatched"]
        assert states == expected

    def test_of_a_new_cap_begins_with_what_the_rows_say(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            partners=[buyer("only", partners.url("accept", "only"))],
            profiles=[offer("all", "only")],
        )
        account.post(name="Ann", wait=20)
        caps = [{"per": "week", "leads": 2}]

        account.apply(partners=[buyer("only", partners.url("accept", "only"), caps=caps)])

        states = [account.post(name="Ann", wait=20)["state"] for _ in range(2)]
        assert states == ["delivered", "unmatched"]

    def test_that_is_based_on_an_older_version_is_refused(
        self, house: House, open_account: OpenAccount, buyers: list[dict[str, Any]]
    ) -> None:
        account = open_account(partners=buyers, profiles=[offer("all", "first")])
        exported = house.does("export", "--account", account.slug)
        account.apply(partners=buyers, profiles=[offer("all", "second")])

        refused = house.run("apply", "-", "--yes", stdin=exported)

        assert refused.returncode == 1
        assert "based on version 1" in refused.stderr
        assert fates(account.post(name="Ann", wait=20)) == {"second": "delivered"}


class TestARevokedKey:
    def test_fails_at_once(self, house: House, open_account: OpenAccount) -> None:
        account = open_account(sources=[{"slug": "site", "entity": "solar", "name": "Site"}])
        key = house.does(
            *("apikey", "create", "--account", account.slug, "--scope", "intake"),
            *("--source", "site", "--name", "to be revoked"),
        ).strip()
        with house.caller(key) as caller:
            before = caller.call("POST", "/api/v1/leads", lead())

            revoke(house, account, "to be revoked")
            after = caller.call("POST", "/api/v1/leads", lead())
            reading = caller.call("GET", f"/api/v1/leads/{before.json['id']}")

        assert (before.status, after.status, reading.status) == (201, 401, 401)


class TestASourcesKey:
    def test_sees_nothing_but_its_own_view(
        self, house: House, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            sources=[
                {"slug": "site", "entity": "solar", "name": "Site"},
                {"slug": "other", "entity": "solar", "name": "Other"},
            ],
            partners=[buyer("only", partners.url("accept", "only"))],
            profiles=[offer("all", "only")],
        )
        keys = [key_of(house, account, slug) for slug in ("site", "other")]
        with house.caller(keys[0]) as mine, house.caller(keys[1]) as theirs:
            posted = mine.call("POST", "/api/v1/leads?wait=20", lead())
            path = f"/api/v1/leads/{posted.json['id']}"
            read = mine.call("GET", path)
            foreign = theirs.call("GET", path)
            decision = mine.call("GET", f"{path}/decision")

        assert set(posted.json) == set(read.json) == {
            "id", "entity", "state", "received_at", "outcome",
        }  # fmt: skip
        assert posted.json["outcome"]["sold"] is True
        assert (read.status, foreign.status, decision.status) == (200, 404, 403)


def lead() -> dict[str, Any]:
    return {"entity": "solar", "fields": {"name": "Ann"}}


def key_of(house: House, account: Account, source: str) -> str:
    return house.does(
        *("apikey", "create", "--account", account.slug, "--scope", "intake", "--source", source)
    ).strip()


def revoke(house: House, account: Account, name: str) -> None:
    listed = house.does("apikey", "list", "--account", account.slug).splitlines()
    number = next(line for line in listed if name in line).split()[0]
    house.does("apikey", "revoke", number, "--account", account.slug)
