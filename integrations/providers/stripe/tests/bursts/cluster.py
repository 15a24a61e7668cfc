"""A separate PostgreSQL for a trial, which can crash and restart at the same address."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from devstack import postgres
from devstack.account import launcher, own, user_for
from devstack.process import free_port, start, stop


class Cluster:
    """A running server; durable, because what it confirmed must be there after a crash."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o711)
        uid = user_for(folder)
        own(folder, uid)
        needs = [postgres.programs() / "postgres", folder]
        postgres.create_cluster(folder, uid, launcher(uid, needs=needs))
        self._log, port = folder / "log", free_port()
        settings = postgres.CONTAINED | {"port": str(port), "max_connections": "100"}
        options = [f"--{name}={value}" for name, value in settings.items()]
        self._command = [*launcher(uid, needs=needs, last_signal="INT"), str(needs[0]), *options]
        self._command += ["-D", str(folder / "data")]
        self._server = f"postgres://{postgres.NAME}:{(folder / 'password').read_text()}@127.0.0.1:{port}/"
        self.url = self._server + postgres.NAME
        self._start()
        postgres.create_database(self.url)

    def crash(self) -> None:
        """Stops the server without a shutdown ("immediate") and starts it again: it recovers from its log."""
        self._process.send_signal(postgres.AT_ONCE)
        self._process.wait()
        self._start()

    def restart(self) -> None:
        """Stops the server in order, which ends all sessions, and starts it again."""
        self.stop()
        self._start()

    def revive(self) -> None:
        """Starts the server again if it has ended by itself."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
            self._start()

    def freeze(self) -> None:
        """Nothing of the server moves any more, until it is thawed."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on as if no time had passed."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        server = psutil.Process(self._process.pid)
        for process in (server, *server.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def stop(self) -> None:
        """Ends the server for good."""
        stop(self._process, soft=postgres.FAST, hard=postgres.AT_ONCE)

    def _start(self) -> None:
        accepts = partial(postgres.accepts_connections, self._server + "postgres")
        self._process = start(
            self._command,
            log=self._log,
            is_ready=accepts,
            soft=postgres.FAST,
            hard=postgres.AT_ONCE,
        )


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Runs one in ``folder``, which it makes, for the length of the block."""
    running = Cluster(folder)
    try:
        yield running
    finally:
        running.stop()
