"""Requests at a steady pace from one event loop, each on a connection of its own."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from devstack.nginx import Proxy

HOST = "127.0.0.1"
# The host that the proxy answers to.
NAME = "billing.example.com"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Streams]]


def straight(port: int) -> Connect:
    """Connects to a process."""
    return partial(asyncio.open_connection, HOST, port)


def through(proxy: Proxy, source: str = HOST) -> Connect:
    """Connects to the proxy, as a client whose address is ``source``, one of this machine's."""
    return partial(
        asyncio.open_connection,
        HOST,
        proxy.https,
        ssl=proxy.trusting(),
        server_hostname=NAME,
        local_addr=(source, 0),
    )


@dataclass
class Answers:
    """``seconds``: of each request from when it was due; ``statuses``: how many answers had which."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


def request(port: int, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Returns the bytes of a request after which the connection is closed."""
    named = {"Host": f"{HOST}:{port}", "Content-Length": str(len(body)), "Connection": "close"} | headers
    lines = [f"{name}: {value}" for name, value in named.items()]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + body


async def send(connect: Connect, sent: bytes, answers: Answers, *, due: float, timeout: float) -> str:
    """Sends the request and notes its answer's status, or what came in place of one; returns it."""
    try:
        status = await asyncio.wait_for(_status(connect, sent), timeout)
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as failure:
        status = type(failure).__name__
    answers.seconds.append(time.monotonic() - due)
    answers.statuses[status] += 1
    return status


async def steadily(
    connect: Connect, requests: Iterable[bytes], answers: Answers, *, rate: float, timeout: float
) -> None:
    """Sends ``rate`` requests a second, however slowly they are answered; takes each when it is due."""
    begun, waiting = time.monotonic(), iter(requests)
    async with asyncio.TaskGroup() as tasks:
        for number in count():
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if (sent := next(waiting, None)) is None:
                break
            tasks.create_task(send(connect, sent, answers, due=due, timeout=timeout))


async def again_and_again(connect: Connect, sent: Iterator[bytes], answers: Answers, *, pause: float) -> None:
    """Sends one request after the other until it is cancelled; pauses after an answer other than 200."""
    for one in sent:
        status = await send(connect, one, answers, due=time.monotonic(), timeout=120.0)
        if status != "200":
            await asyncio.sleep(pause)


async def _status(connect: Connect, sent: bytes) -> str:
    reader, writer = await connect()
    try:
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.read()
        return head.split(b" ", 2)[1].decode()
    finally:
        writer.close()
