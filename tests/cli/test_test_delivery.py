"""`headgate test-delivery`: a made-up lead on its way to a partner."""

import asyncio
import json
from pathlib import Path

from commands import Headgate

from headgate.channels.mock_partner import MockPartner


def sent_to(headgate: Headgate, file: Path, behaviour: str) -> tuple[int, dict[str, object]]:
    """Run the command against a partner that behaves so; return its code and what it printed."""

    async def serve() -> tuple[int, dict[str, object]]:
        async with MockPartner() as partner:
            url = partner.url(behaviour)
            webhook = f"{{channel: webhook, url: '{url}'}}"
            changed = file.read_text(encoding="utf-8").replace("{channel: inbox}", webhook)
            file.write_text(changed, encoding="utf-8")
            await asyncio.to_thread(headgate.does, "apply", str(file), "--yes")
            networks = {"HEADGATE_ALLOW_PRIVATE_NETWORKS": "127.0.0.0/8"}
            ended = await asyncio.to_thread(headgate.run, "test-delivery", "box", **networks)
            return ended.code, json.loads(ended.out)

    return asyncio.run(serve())


class TestTestDelivery:
    def test_prints_request_and_answer(self, headgate: Headgate, configuration: Path) -> None:
        code, told = sent_to(headgate, configuration, "/accept")

        assert (code, told["outcome"], told["status"]) == (0, "delivered", 200)
        assert "Test Lead" in str(told["request"])

    def test_fails_where_the_partner_did_not_take_it(
        self, headgate: Headgate, configuration: Path
    ) -> None:
        code, told = sent_to(headgate, configuration, "/status/422")

        assert (code, told["outcome"]) == (1, "refused")

    def test_says_that_an_inbox_is_sent_nothing(self, configured: Headgate) -> None:
        out = configured.does("test-delivery", "box")

        assert "Nothing is sent" in json.loads(out)["meaning"]

    def test_names_an_unknown_partner(self, configured: Headgate) -> None:
        ended = configured.run("test-delivery", "nobody")

        assert ended.code == 1
        assert "nobody" in ended.err
