"""A lead reaches people over the presets of the webhook channel, and their secrets reach nobody."""

from typing import Any

import pytest
from house import OpenAccount
from partners import Partners
from set_ups import offer

LEAD = {"name": "Ann", "email": "ann@example.com", "ssn": "078-05-1120"}


def bot(partners: Partners) -> dict[str, Any]:
    server = partners.url("answer/200/%7B%22ok%22%3Atrue%7D", "bot").partition("?")[0]
    options = {"token": "123:secret", "chat_id": "-100", "api_url": f"{server}?to=bot&path="}
    return {"slug": "bot", "delivery": {"channel": "telegram", **options}}


def team(partners: Partners, said: str) -> dict[str, Any]:
    url = partners.url(f"answer/200/{said}", f"s3cret-{said}")
    return {"slug": "team", "delivery": {"channel": "slack", "url": url}}


class TestAMessage:
    @pytest.mark.parametrize(("said", "state"), [("ok", "delivered"), ("no_text", "rejected")])
    def test_ends_as_its_service_says(
        self, open_account: OpenAccount, partners: Partners, said: str, state: str
    ) -> None:
        account = open_account(partners=[team(partners, said)], profiles=[offer("all", "team")])

        lead = account.post(wait=20, **LEAD)

        assert [each["state"] for each in lead["deliveries"]] == [state]
        message = partners.received_by(f"s3cret-{said}")[-1]  # others sent there before
        assert b"New lead: Solar leads" in message.body
        assert b"078-05-1120" not in message.body

    def test_is_shown_without_its_secrets(
        self, open_account: OpenAccount, partners: Partners
    ) -> None:
        account = open_account(
            partners=[bot(partners), team(partners, "ok")],
            profiles=[offer("all", "bot", "team", strategy="send_to_all")],
        )

        lead = account.post(wait=20, **LEAD)

        told = str(account.lead(lead["id"])) + account.call("GET", "/config").body.decode()
        assert {each["state"] for each in lead["deliveries"]} == {"delivered"}
        assert "/bot•••/sendMessage" in told
        assert "123:secret" not in told
        assert "s3cret" not in told
