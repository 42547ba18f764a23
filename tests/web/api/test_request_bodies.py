"""Bodies arrive whole, in pieces, too slowly, or not at all."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from headgate.web.api import http
from headgate.web.errors import Problem


def request(*pieces: bytes, then: str = "the end", length: str | None = None) -> http.Request:
    """Return a request whose body comes in these pieces; `then` it ends, stalls or is cut off."""
    messages: Iterator[Any] = iter(
        [
            {"type": "http.request", "body": piece, "more_body": then != "the end" or more}
            for piece, more in zip(pieces, [True] * (len(pieces) - 1) + [False], strict=True)
        ]
    )

    async def receive() -> Any:
        message = next(messages, None)
        if message is not None:
            return message
        if then == "cut off":
            return {"type": "http.disconnect"}
        return await asyncio.Event().wait()

    headers = [] if length is None else [(b"content-length", length.encode())]
    scope = {"method": "POST", "path": "/", "headers": headers, "query_string": b""}
    return http.Request(scope, receive, ())


class TestABody:
    def test_is_put_together_from_its_pieces(self) -> None:
        assert asyncio.run(request(b"ab", b"", b"c").body(3)) == b"abc"

    @pytest.mark.parametrize("pieces", [(b"abcd",), (b"ab", b"cd"), (b"abcd", b"efgh", b"i")])
    def test_is_refused_past_its_limit(self, pieces: tuple[bytes, ...]) -> None:
        with pytest.raises(Problem) as refused:
            asyncio.run(request(*pieces).body(3))

        assert refused.value.status == 413

    def test_is_not_read_for_ever(self) -> None:
        endless = request(*[b"a" * http.MOST_DISCARDED] * 2, then="stalls")

        with pytest.raises(Problem) as refused:
            asyncio.run(endless.body(3))

        assert refused.value.status == 413

    def test_that_is_cut_off_is_no_body(self) -> None:
        with pytest.raises(Problem) as refused:
            asyncio.run(request(b"ab", then="cut off").body(3))

        assert refused.value.status == 400

    def test_that_stalls_is_given_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(http, "BODY_SECONDS", 0.01)

        with pytest.raises(Problem) as refused:
            asyncio.run(request(b"ab", then="stalls").body(3))

        assert refused.value.status == 408
