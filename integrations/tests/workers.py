"""A real Celery worker for a test: its own process, the test's database and broker, and it can be killed."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import connection

from integrations.tests import warm

TIMEOUT_SECONDS = 30.0
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Worker:
    """A running worker; what it wrote is in ``log``."""

    process: ForkServerProcess
    log: Path

    def kill(self) -> None:
        """kill -9 of the worker and of the processes it started."""
        os.killpg(self._group, signal.SIGKILL)
        self.process.join()

    def freeze(self) -> None:
        """Freezes the worker and the processes it started, as a lost network or a suspended machine does."""
        os.killpg(self._group, signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it continue where it was, as if no time had passed."""
        os.killpg(self._group, signal.SIGCONT)

    def wait_for_exit(self) -> None:
        """Returns once the worker has ended by itself."""
        self.process.join(TIMEOUT_SECONDS)
        assert not self.process.is_alive()

    @property
    def _group(self) -> int:
        """The process group that the worker leads."""
        assert self.process.pid
        return self.process.pid


@contextmanager
def worker(
    folder: Path,
    *,
    include: Sequence[str] = (),
    environment: dict[str, str] | None = None,
    pool: str = "solo",
) -> Iterator[Worker]:
    """Runs a worker for the length of the block, ready for tasks; ``include``: modules that it imports.

    The test must commit what the worker is to see: mark it ``django_db(transaction=True)``.
    """
    log = folder / f"worker-{time.monotonic_ns()}.log"
    process = _start(log, [f"--include={','.join(include)}"] if include else [], pool, environment or {})
    running = Worker(process, log)
    try:
        until(lambda: b" ready." in log.read_bytes() or not process.is_alive(), "the worker is ready", log)
        assert process.is_alive(), log.read_text()[-3000:]
        yield running
    finally:
        if process.is_alive():
            running.kill()


@contextmanager
def beat(folder: Path, **environment: str) -> Iterator[Worker]:
    """Runs a beat for the length of the block, with a lease of a second, which sweeps five times a second."""
    log = folder / f"beat-{time.monotonic_ns()}.log"
    log.touch()
    own = {"DATABASE_URL": database_url(), "BEAT_LEASE_SECONDS": "1", "SWEEP_SECONDS": "0.2"}
    process = warm.celery(
        ["-A", "flexsync", "beat", "--loglevel", "INFO", "--pidfile="],
        folder=ROOT,
        environment=os.environ | own | environment,
        log=log,
    )
    running = Worker(process, log)
    try:
        yield running
    finally:
        if process.is_alive():
            running.kill()


def _start(log: Path, more: list[str], pool: str, environment: dict[str, str]) -> ForkServerProcess:
    options = ["--pool", pool, "--concurrency", "1", "--loglevel", "INFO"]
    options += ["--without-gossip", "--without-mingle", "--without-heartbeat", *more]
    # Django's checks take a quarter of the start; `make check` and the demo's worker run them.
    own = {"DATABASE_URL": database_url(), "CELERY_SKIP_CHECKS": "1"}
    log.touch()
    return warm.celery(
        ["-A", "flexsync", "worker", *options],
        folder=ROOT,
        environment=os.environ | own | environment,
        log=log,
    )


def database_url() -> str:
    """The URL of the database that this test uses."""
    given = urlsplit(os.environ["DATABASE_URL"])
    return given._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def empty_broker() -> None:
    """Deletes every waiting task, and what the rate limiter knows."""
    redis.Redis.from_url(settings.REDIS_URL).flushdb()


def until(condition: Callable[[], object], claim: str, log: Path | None = None) -> None:
    """Waits until ``condition`` holds; fails with the end of ``log``."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        output = log.read_text(errors="replace")[-3000:] if log else ""
        assert time.monotonic() < deadline, f"Not within {TIMEOUT_SECONDS:.0f} s: {claim}. {output}"
        time.sleep(0.05)
