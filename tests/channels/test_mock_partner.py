"""The partner to try an integration with."""

import asyncio
import json
from ipaddress import ip_network

import pytest

from headgate.channels.addresses import Reach
from headgate.channels.mock_behaviours import BEHAVIOURS
from headgate.channels.mock_partner import MockPartner
from headgate.channels.outbound_http import Exchange, OutboundHttp


def talk(*calls: tuple[str, str]) -> list[Exchange]:
    async def run() -> list[Exchange]:
        reach = Reach((ip_network("127.0.0.0/8"),))
        async with MockPartner() as partner, OutboundHttp(reach) as http:
            return [
                await http.exchange(
                    method,
                    partner.url(path),
                    (("webhook-id", "w-1"),),
                    b"" if method in ("GET", "DELETE") else b'{"a": 1}',
                    deadline_seconds=2,
                    needs_body=True,
                )
                for method, path in calls
            ]

    return asyncio.run(run())


class TestMockPartner:
    @pytest.mark.parametrize(
        ("path", "status", "body"),
        [
            ("/accept", 200, {"status": "accepted"}),
            ("/refuse", 422, {"status": "refused"}),
            ("/status/503", 503, {"status": "503"}),
            ("/slow/0.01", 200, {"status": "accepted"}),
            ("/price/12.50", 200, {"status": "accepted", "price": "12.50"}),
            ("/answer/201/%7B%22id%22%3A7%7D", 201, {"id": 7}),
        ],
    )
    def test_does_what_the_path_says(self, path: str, status: int, body: object) -> None:
        (found,) = talk(("POST", path))

        assert (found.status, json.loads(found.body)) == (status, body)

    def test_names_its_behaviours_to_who_asks_for_another(self) -> None:
        (found,) = talk(("POST", "/nonsense"))

        assert found.status == 404
        assert all(name in found.body.decode() for name in BEHAVIOURS)

    def test_breaks_first_and_knows_the_lead_later(self) -> None:
        first, second = talk(("POST", "/duplicate"), ("POST", "/duplicate"))

        assert (first.status, second.status) == (500, 409)

    def test_tells_what_it_received(self) -> None:
        *_, found = talk(("POST", "/accept?x=1"), ("GET", "/received"))

        (received,) = json.loads(found.body)
        assert received["method"] == "POST"
        assert received["path"] == "/accept?x=1"
        assert received["headers"]["webhook-id"] == "w-1"
        assert received["body"] == '{"a": 1}'

    def test_forgets_when_it_is_told_to(self) -> None:
        *_, found = talk(("POST", "/accept"), ("DELETE", "/received"), ("GET", "/received"))

        assert json.loads(found.body) == []
