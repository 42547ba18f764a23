"""A client that posts as fast as answers come, and a partner that only counts, on loopback."""

import asyncio
import json
import sys
import time

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"


class Counting(asyncio.Protocol):
    """Answers every request with 200 and counts it; `GET /count` tells how many."""

    count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self.rest = b""

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while True:
            head, separator, body = self.rest.partition(b"\r\n\r\n")
            if not separator:
                return
            length = 0
            for line in head.split(b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    length = int(line[15:])
            if len(body) < length:
                return
            self.rest = body[length:]
            if head.startswith(b"GET /count"):
                text = str(Counting.count).encode()
                length_text = str(len(text)).encode()
                self.transport.write(
                    b"HTTP/1.1 200 OK\r\nContent-Length: " + length_text + b"\r\n\r\n" + text
                )
            else:
                Counting.count += 1
                self.transport.write(_ANSWER)


async def count(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Counting, "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


async def post_all(
    port: int, path: str, key: str, bodies: list[bytes], *, connections: int
) -> list[float]:
    """Post every body, and return how long each took to be answered, in seconds."""
    waiting, took = iter(bodies), list[float]()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in waiting:
            started = time.perf_counter()
            writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            if not answer.startswith(b"HTTP/1.1 2"):
                raise RuntimeError(answer.decode())
            took.append(time.perf_counter() - started)
        writer.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    return took


async def counted(port: int) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /count HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    answer = await reader.readuntil(b"\r\n\r\n")
    length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    found = int(await reader.readexactly(length))
    writer.close()
    return found


def encoded(leads: list[dict[str, object]]) -> list[bytes]:
    return [json.dumps(lead).encode() for lead in leads]


if __name__ == "__main__":
    asyncio.run(count(int(sys.argv[1])))
