"""PostgreSQL and Redis: killed, frozen, restarted, emptied, full, on a full disk, without connections."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING

import psycopg
import redis

from benchmarks.faults.disks import Disk
from benchmarks.faults.fault import HELD, Fault, held
from integrations.tests.brokers import Broker

if TYPE_CHECKING:
    from integrations.providers.stripe.tests.bursts.cluster import Cluster

# Redis keeps what it holds on its disk, in one of its two ways.
KEEPING = {"snapshots": {"save": "1 1"}, "append-only file": {"appendonly": "yes"}}
FORGETTING = {"save": "", "appendonly": "no"}
# A megabyte of the log that PostgreSQL writes first.
WRITE_AHEAD = "SELECT pg_logical_emit_message(true, 'full', repeat('x', 1000000))"


def of_postgres(database: "Cluster", disk: Disk) -> Iterator[Fault]:
    """All of them."""
    yield Fault("PostgreSQL: immediate stop, start", database.crash)
    yield Fault(f"PostgreSQL: SIGSTOP for {HELD:.0f} s", partial(held, database.freeze, database.thaw))
    yield Fault("PostgreSQL: restart", database.restart)
    yield Fault(f"PostgreSQL: no connections for {HELD:.0f} s", partial(_exhaust, database.url))
    tables = partial(held, partial(_fill_tables, database.url, disk), disk.free)
    yield Fault(f"PostgreSQL: full disk for {HELD:.0f} s", tables, left_out=disk.refusal)
    log = partial(held, partial(_fill_log, database.url, disk), partial(_revive, database, disk))
    yield Fault(f"PostgreSQL: full disk for {HELD:.0f} s, no WAL either", log, left_out=disk.refusal)


def of_redis(cache: Broker, disk: Disk) -> Iterator[Fault]:
    """All of them."""
    client = redis.Redis.from_url(cache.url)
    yield Fault(f"Redis: kill -9, {HELD:.0f} s later start", partial(held, cache.kill, cache.start))
    yield Fault(f"Redis: SIGSTOP for {HELD:.0f} s", partial(held, cache.freeze, cache.thaw))
    yield Fault("Redis: kill -9, start", partial(held, cache.kill, cache.start, seconds=0.0))
    yield Fault("Redis: FLUSHALL", cache.empty)
    yield Fault(f"Redis: slow for {HELD:.0f} s", partial(_slow, cache))
    full, empty = cache.fill, partial(cache.fill, is_full=False)
    yield Fault(f"Redis: full for {HELD:.0f} s", partial(held, full, empty))
    refuses, accepts = partial(_allow, client, 1), partial(_allow, client, 10000)
    yield Fault(f"Redis: no connections for {HELD:.0f} s", partial(held, refuses, accepts))
    for way in KEEPING:
        yield Fault(
            f"Redis: full disk for {HELD:.0f} s ({way})",
            partial(held, partial(_fill_disk, client, disk, way), disk.free),
            after=partial(_forget, client, disk),
            left_out=disk.refusal,
        )


def _exhaust(url: str) -> None:
    """Takes every connection that is free, and each that is given back."""
    with ExitStack() as taken:
        deadline = time.monotonic() + HELD
        while time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                taken.enter_context(psycopg.connect(url, autocommit=True, connect_timeout=2))
                continue
            time.sleep(0.05)


def _fill_tables(url: str, disk: Disk) -> None:
    """No table can grow any more."""
    disk.fill()
    try:
        with psycopg.connect(url) as db:
            db.execute(
                "CREATE TABLE proof AS SELECT repeat(md5(n::text), 100) FROM generate_series(1, 9999) n"
            )
    except psycopg.errors.DiskFull:
        return
    raise AssertionError("The disk is not full.")


def _fill_log(url: str, disk: Disk) -> None:
    """Uses up what is left of the log, until the server has to end."""
    disk.fill()
    with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as db:
        for _ in range(1000):
            db.execute(WRITE_AHEAD)
        raise AssertionError("The log found a place.")


def _revive(database: "Cluster", disk: Disk) -> None:
    disk.free()
    database.revive()


def _slow(cache: Broker) -> None:
    """It answers nobody for most of each second."""
    for _ in range(int(HELD)):
        cache.slow(900)
        time.sleep(1)


def _allow(client: redis.Redis, most: int) -> None:
    """Lets this many connect, and ends the connections that there are."""
    client.config_set("maxclients", most)
    client.client_kill_filter(_type="normal", skipme=True)


def _fill_disk(client: redis.Redis, disk: Disk, way: str) -> None:
    """Until it refuses to write because it cannot keep what it is told."""
    _configure(client, KEEPING[way])
    while client.info("persistence")["aof_rewrite_in_progress"]:
        time.sleep(0.02)
    disk.fill()
    for number in range(1000):
        try:
            client.set("full", f"{number}" * 1000, ex=60)
        except redis.ResponseError as refusal:
            assert "MISCONF" in str(refusal), refusal
            return
        time.sleep(0.02)
    raise AssertionError("The disk is not full.")


def _forget(client: redis.Redis, disk: Disk) -> None:
    """It begins with nothing again, as a broker does."""
    _configure(client, FORGETTING)
    for kept in disk.folder.rglob("*.rdb"):
        kept.unlink()


def _configure(client: redis.Redis, settings: dict[str, str]) -> None:
    for name, text in settings.items():
        client.config_set(name, text)
