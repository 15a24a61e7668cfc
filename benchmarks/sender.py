"""Sends webhooks over several connections from one event loop, which leaves the machine to FlexSync."""

import asyncio
import time
from collections.abc import Iterator, Sequence

from benchmarks.events import Post

CONNECTIONS = 16
HOST = "127.0.0.1"


def load(port: int, path: str, waiting: Sequence[Post]) -> tuple[float, list[float]]:
    """Returns events acknowledged per second, and the seconds that each took.

    The requests are built before the clock starts. Raises AssertionError for a response other than 200.
    """
    requests = [_request(port, path, *post) for post in waiting]
    times: list[float] = []
    begun = time.perf_counter()
    asyncio.run(_send(port, requests, times))
    return len(requests) / (time.perf_counter() - begun), times


def _request(port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Host: {HOST}:{port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _send(port: int, requests: Sequence[bytes], times: list[float]) -> None:
    left = iter(requests)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(CONNECTIONS):
            tasks.create_task(_keep_sending(port, left, times))


async def _keep_sending(port: int, left: Iterator[bytes], times: list[float]) -> None:
    """Uses one connection, opened again when the server closes it."""
    reader, writer = await asyncio.open_connection(HOST, port)
    for request in left:
        begun = time.perf_counter()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        body = await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0]))
        times.append(time.perf_counter() - begun)
        assert head.split(b" ", 2)[1] == b"200", (head, body)
        if b"connection: close" in head:
            writer.close()
            reader, writer = await asyncio.open_connection(HOST, port)
    writer.close()
