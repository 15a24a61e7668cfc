"""Requests at a steady pace from one event loop, each on a connection of its own, as a proxy sends them."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"


@dataclass
class Answers:
    """``seconds``: of each request from when it was due; ``statuses``: how many answers had which."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


def request(port: int, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Returns the bytes of a request after which the connection is closed."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}:{port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()] + ["Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def send(port: int, sent: bytes, answers: Answers, *, due: float, timeout: float) -> str:
    """Sends the request and notes its answer's status, or what came in place of one; returns it."""
    try:
        status = await asyncio.wait_for(_status(port, sent), timeout)
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as failure:
        status = type(failure).__name__
    answers.seconds.append(time.monotonic() - due)
    answers.statuses[status] += 1
    return status


async def steadily(
    port: int, requests: Sequence[bytes], answers: Answers, *, rate: float, timeout: float
) -> None:
    """Sends ``rate`` requests a second, however slowly they are answered."""
    begun = time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for number, sent in enumerate(requests):
            due = begun + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            tasks.create_task(send(port, sent, answers, due=due, timeout=timeout))


async def again_and_again(port: int, sent: Iterator[bytes], answers: Answers, *, pause: float) -> None:
    """Sends one request after the other until it is cancelled; pauses after an answer other than 200."""
    for one in sent:
        status = await send(port, one, answers, due=time.monotonic(), timeout=120.0)
        if status != "200":
            await asyncio.sleep(pause)


async def _status(port: int, sent: bytes) -> str:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(sent)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.read()
        return head.split(b" ", 2)[1].decode()
    finally:
        writer.close()
