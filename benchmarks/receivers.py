"""Receivers of webhooks in their own process, which answer late or with errors, and note what they get."""

import asyncio
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TextIO

from benchmarks.outbound import say

FIRST_PORT = 8170


@dataclass
class Receivers:
    """What they got is in ``log``: a line of receiver, event, object, sequence, status and time for each."""

    urls: list[str]
    log: Path
    begun: float

    def lines(self) -> list[list[str]]:
        """What they got so far."""
        return [line.split() for line in self.log.read_text().splitlines()]

    def taken(self, receiver: int) -> int:
        """How many different events a receiver has taken."""
        return len({line[1] for line in self.lines() if int(line[0]) == receiver and line[4] == "204"})

    def report(self, names: Sequence[str], changes: int) -> None:
        """Prints for each receiver how many changes it took, how often again, in which order, how fast."""
        for receiver, name in enumerate(names):
            got = [line for line in self.lines() if int(line[0]) == receiver and line[4] == "204"]
            first = {line[1]: line for line in reversed(got)}
            by_object: dict[str, list[int]] = defaultdict(list)
            for line in got:
                if int(line[3]) not in by_object[line[2]]:
                    by_object[line[2]].append(int(line[3]))
            ordered = all(found == sorted(found) for found in by_object.values())
            times = [float(line[5]) for line in first.values()]
            seconds = max(times) - min(times)
            say(
                f"{name}: {len(first)} of {changes}, {len(got) - len(first)} again, "
                f"{'in order' if ordered else 'OUT OF ORDER'}, {len(first) / seconds:.0f}/s in {seconds:.1f} s"
            )


@contextmanager
def receivers(kinds: Sequence[tuple[float, float]]) -> Iterator[Receivers]:
    """One for each of ``kinds``: the seconds that it takes, and the share of errors."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        log.touch()
        process = get_context("spawn").Process(target=_serve, args=(kinds, str(log)), daemon=True)
        process.start()
        urls = [f"http://127.0.0.1:{FIRST_PORT + number}/" for number in range(len(kinds))]
        time.sleep(2)
        try:
            yield Receivers(urls, log, time.monotonic())
        finally:
            process.terminate()
            process.join()


def _serve(kinds: Sequence[tuple[float, float]], log: str) -> None:
    with Path(log).open("a", buffering=1) as lines:
        asyncio.run(_serve_all(kinds, lines))


async def _serve_all(kinds: Sequence[tuple[float, float]], log: TextIO) -> None:
    handlers = [partial(_handle, log, number, *kind) for number, kind in enumerate(kinds)]
    servers = [
        await asyncio.start_server(handler, "127.0.0.1", FIRST_PORT + number)
        for number, handler in enumerate(handlers)
    ]
    await asyncio.gather(*(server.serve_forever() for server in servers))


async def _handle(
    log: TextIO,
    receiver: int,
    seconds: float,
    errors: float,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    while head := await _head(reader):
        length = next(int(line[15:]) for line in head if line.lower().startswith(b"content-length:"))
        event = json.loads(await reader.readexactly(length))
        await asyncio.sleep(seconds)
        status = 500 if random.random() < errors else 204
        said = (event["id"], event["object_id"], event["sequence"], status, time.monotonic())
        log.write(f"{receiver} {' '.join(map(str, said))}\n")
        writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()


async def _head(reader: asyncio.StreamReader) -> list[bytes]:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return []
