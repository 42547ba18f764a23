"""A body that is too long is refused while it comes, and files are for members."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from headgate.web import bodies
from headgate.web.bodies import FILE_LIMIT, PAGE_LIMIT, Bounded

PIECE = 1024 * 1024
MEMBER = (b"cookie", b"headgate_session=x")


def pieces(length: int) -> Iterator[dict[str, Any]]:
    for sent in range(0, length, PIECE):
        body = b"x" * min(PIECE, length - sent)
        yield {"type": "http.request", "body": body, "more_body": sent + PIECE < length}


async def read_all(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def status_of(path: str, length: int, *headers: tuple[bytes, bytes]) -> int:
    coming = pieces(length)
    sent: list[Any] = []

    async def receive() -> Any:
        return next(coming)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "headers": list(headers)}
    asyncio.run(Bounded(read_all)(scope, receive, send))
    return int(sent[0]["status"])


class TestABody:
    @pytest.mark.parametrize(
        ("path", "length", "headers", "status"),
        [
            ("/sign-in", PAGE_LIMIT, (), 200),
            ("/sign-in", PAGE_LIMIT + 1, (), 413),
            ("/imports/new", PAGE_LIMIT + 1, (), 413),
            ("/imports/new", PAGE_LIMIT + 1, (MEMBER,), 200),
            ("/settings/suppressions/on/dnc/file", PAGE_LIMIT + 1, (MEMBER,), 200),
            ("/leads", PAGE_LIMIT + 1, (MEMBER,), 413),
        ],
    )
    def test_has_the_length_that_its_page_takes(
        self, path: str, length: int, headers: tuple[Any, ...], status: int
    ) -> None:
        assert status_of(path, length, *headers) == status

    def test_of_a_file_has_a_limit_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bodies, "FILE_LIMIT", 2 * PIECE)

        assert status_of("/imports/new", 3 * PIECE, MEMBER) == 413
        assert FILE_LIMIT > PAGE_LIMIT
