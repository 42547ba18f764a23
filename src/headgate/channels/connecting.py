"""The guarded way to a server: every address is judged before it is connected to."""

import asyncio
import socket

from headgate.channels.addresses import BlockedAddress, Reach

# With more than one address, one that never answers must leave time for the next.
_SECONDS_AT_ONE_ADDRESS = 5.0


async def connect(host: str, port: int, reach: Reach) -> socket.socket:
    """Return a socket that is connected to one of the host's addresses.

    :raises OSError: none can be reached, or none may be.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    failure: OSError = BlockedAddress()
    for number, (family, kind, protocol, _, address) in enumerate(found, start=1):
        if not reach.permits(str(address[0]), port):
            continue
        is_last = number == len(found)
        try:
            async with asyncio.timeout(None if is_last else _SECONDS_AT_ONE_ADDRESS):
                return await _connected(family, kind, protocol, address)
        except OSError as error:  # a TimeoutError is one
            failure = error
    raise failure


async def _connected(
    family: int, kind: int, protocol: int, address: tuple[object, ...]
) -> socket.socket:
    line = socket.socket(family, kind, protocol)
    try:
        line.setblocking(False)
        await asyncio.get_running_loop().sock_connect(line, address)
    except BaseException:
        line.close()
        raise
    return line
