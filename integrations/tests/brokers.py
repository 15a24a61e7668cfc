"""A broker of a trial's own: it can be killed, frozen, emptied and filled, and comes back at its address."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from devstack.account import launcher
from devstack.process import free_port, start
from devstack.valkey import HARD, SOFT, accepts_commands, program


class Broker:
    """A running Valkey without a password, which keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        """Starts it, empty."""
        address = ["--bind", "127.0.0.1", "--port", str(self._port), "--dir", str(self._folder)]
        self._process = start(
            # It ends with this process, however that ends.
            [
                *launcher(os.geteuid(), needs=[], last_signal="TERM"),
                *[str(program()), *address, "--save", "", "--appendonly", "no"],
            ],
            log=self._folder / "broker.log",
            is_ready=lambda: accepts_commands(self.url),
            soft=SOFT,
            hard=HARD,
        )

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """It accepts connections, and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It answers what came meanwhile."""
        self._process.send_signal(signal.SIGCONT)

    def empty(self) -> None:
        """Deletes all that it holds."""
        self._client().flushall()

    def fill(self, *, is_full: bool = True) -> None:
        """It refuses whatever needs memory, or not any more."""
        self._client().config_set("maxmemory", 1 if is_full else 0)

    def slow(self, milliseconds: int) -> None:
        """It answers nobody for so long, once."""
        self._client().client_pause(milliseconds)

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)


@contextmanager
def broker(folder: Path) -> Iterator[Broker]:
    """Runs one for the length of the block."""
    running = Broker(folder)
    try:
        yield running
    finally:
        running.kill()
