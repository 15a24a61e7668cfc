"""`python -m devstack --home test -- python -m benchmarks.faults`: each fault, with traffic on both roads.

Every process is killed, frozen past its lease and told to stop, PostgreSQL and Redis are killed, frozen,
restarted, emptied, filled, and have no connection to give. Leases are short: two seconds for beat, five for
the outbox. `--only worker` takes those whose name contains it.
"""

import json
import os
import signal
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from subprocess import Popen

import psutil  # type: ignore[import-untyped]
import psycopg
import redis

from benchmarks.faults_traffic import Traffic
from benchmarks.outbound import say
from benchmarks.stripe_account import running as simulator
from devstack.process import free_port
from integrations.tests.brokers import Broker, broker

PROCESSES = ("web", "webhooks", "worker", "beat")
# Seconds: how long something is frozen, away or full; of traffic before each; until a trial is given up.
HELD, BEFORE, MOST = 8.0, 3.0, 120.0
SHORT = {"OUTBOX_LEASE_SECONDS": "5", "BEAT_LEASE_SECONDS": "2", "SWEEP_SECONDS": "1", "API_RATE_LIMIT": ""}
SHOP = """
import json
from benchmarks.events import SECRET
from billing.models import Environment
from billing.services import environments
from integrations.testing import make_connection
environment = Environment.objects.create(id="env_prod", name="Faults")
secret_key = "sk_test_faults"
made = make_connection(environment.pk, "stripe", secret=SECRET, credentials={"secret_key": secret_key})
_, key = environments.create_api_key(environment=environment, name="Shop", scope="write")
print(json.dumps({"connection": made.pk, "key": key, "secret_key": secret_key}))
"""
Fault = Callable[[], None]


def main() -> None:
    """Prints a line for each fault; ends with 1 where anything was lost or doubled."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    # What a signal ends is cleaned up all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.environ |= {"DJANGO_SETTINGS_MODULE": "flexsync.settings", "LOG_LEVEL": "WARNING"} | SHORT
    # Trials and the tests' own parts read settings when they are imported.
    import django

    django.setup()
    with ExitStack() as stack:
        traffic, faults = _stack(stack, Path(stack.enter_context(tempfile.TemporaryDirectory())))
        say("| fault | lost | doubled | seconds until normal |\n|---|---|---|---|")
        wrong = [trial(traffic, name, fault) for name, fault in faults.items() if options.only in name]
    sys.exit(any(wrong))


def trial(traffic: Traffic, name: str, fault: Fault) -> bool:
    """Prints what became of it; tells whether anything was lost or doubled."""
    with traffic.flowing():
        time.sleep(BEFORE)
        fault()
        since, began = datetime.now(UTC), time.monotonic()
        _wait(partial(traffic.is_normal, since))
        seconds = time.monotonic() - began
    _wait(traffic.is_done)
    lost, doubled = traffic.verdict()
    say(f"| {name} | {lost} | {doubled} | {seconds:.1f} |")
    return bool(lost or doubled)


def _stack(stack: ExitStack, folder: Path) -> tuple[Traffic, dict[str, Fault]]:
    from integrations.providers.stripe.tests.bursts.cluster import cluster
    from integrations.providers.stripe.tests.bursts.processes import manage, started

    folder.chmod(0o711)
    database = stack.enter_context(cluster(folder / "cluster"))
    cache = stack.enter_context(broker(folder))
    port = free_port()
    stack.enter_context(simulator(port, folder / "stripe.json"))
    servers = {"DATABASE_URL": database.url, "REDIS_URL": cache.url}
    # The tests' processes are ready once their log says so.
    environment = os.environ | servers | {"STRIPE_API_BASE": f"http://127.0.0.1:{port}", "LOG_LEVEL": "INFO"}
    manage(environment, "migrate", "--verbosity", "0")
    shop = json.loads(manage(environment, "shell", "--no-imports", "--command", SHOP))
    web, webhooks = free_port(), free_port()
    running = stack.enter_context(started(folder, environment, _commands(web, webhooks)))
    traffic = Traffic(
        web=f"http://127.0.0.1:{web}",
        webhooks=f"http://127.0.0.1:{webhooks}/v1/integrations/stripe/webhook/{shop['connection']}",
        key=shop["key"],
        site=f"http://127.0.0.1:{port}",
        secret_key=shop["secret_key"],
        database=database.url,
    )
    return traffic, _of_processes(running) | _of_servers(database, cache)


def _commands(web: int, webhooks: int) -> dict[str, str]:
    """Each under a supervisor, as docker and systemd are."""
    from integrations.providers.stripe.tests.bursts.processes import COMMANDS

    again = f"devstack.restart {sys.executable} -m"
    gunicorn = f"{again} gunicorn --config deploy/gunicorn"
    return {
        "web": f"{gunicorn}/web.py --bind 127.0.0.1:{web}",
        "webhooks": f"{gunicorn}/webhooks.py --bind 127.0.0.1:{webhooks}",
        "worker": f"{again} celery -A flexsync worker --concurrency 2 --loglevel INFO",
        "beat": f"{again} {COMMANDS['beat']}",
    }


def _of_processes(running: Mapping[str, "Popen[bytes]"]) -> dict[str, Fault]:
    found: dict[str, Fault] = {}
    for name in PROCESSES:
        found[f"{name}: kill -9"] = partial(_signal, running[name], signal.SIGKILL)
        found[f"{name}: SIGSTOP for {HELD:.0f} s"] = partial(_freeze, running[name])
        found[f"{name}: SIGTERM"] = partial(_signal, running[name], signal.SIGTERM, first_only=True)
    return found


def _of_servers(database: "object", cache: Broker) -> dict[str, Fault]:
    from integrations.providers.stripe.tests.bursts.cluster import Cluster

    assert isinstance(database, Cluster)
    client = redis.Redis.from_url(cache.url)
    return {
        "PostgreSQL: immediate stop, start": database.crash,
        f"PostgreSQL: SIGSTOP for {HELD:.0f} s": partial(_held, database.freeze, database.thaw),
        "PostgreSQL: restart": database.restart,
        f"PostgreSQL: no connections for {HELD:.0f} s": partial(_exhaust, database.url),
        f"Redis: kill -9, {HELD:.0f} s later start": partial(_held, cache.kill, cache.start),
        f"Redis: SIGSTOP for {HELD:.0f} s": partial(_held, cache.freeze, cache.thaw),
        "Redis: kill -9, start": partial(_held, cache.kill, cache.start, seconds=0.0),
        "Redis: FLUSHALL": cache.empty,
        f"Redis: slow for {HELD:.0f} s": partial(_slow, cache),
        f"Redis: full for {HELD:.0f} s": partial(_held, cache.fill, partial(cache.fill, is_full=False)),
        f"Redis: no connections for {HELD:.0f} s": partial(
            _held, partial(_refuse, client, 1), partial(_refuse, client, 10000)
        ),
    }


def _held(begin: Fault, end: Fault, *, seconds: float = HELD) -> None:
    begin()
    time.sleep(seconds)
    end()


def _slow(cache: Broker) -> None:
    """It answers nobody for most of each second."""
    for _ in range(int(HELD)):
        cache.slow(900)
        time.sleep(1)


def _family(supervisor: "Popen[bytes]") -> list[psutil.Process]:
    """What the supervisor runs, and the processes of that."""
    found: list[psutil.Process] = psutil.Process(supervisor.pid).children(recursive=True)
    return found


def _signal(supervisor: "Popen[bytes]", number: int, *, first_only: bool = False) -> None:
    for process in _family(supervisor)[: 1 if first_only else None]:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _freeze(supervisor: "Popen[bytes]") -> None:
    frozen = _family(supervisor)
    for process in frozen:
        process.suspend()
    time.sleep(HELD)
    for process in frozen:
        with suppress(psutil.NoSuchProcess):
            process.resume()


def _exhaust(url: str) -> None:
    """Takes every connection that is free, and each that is given back."""
    with ExitStack() as taken:
        deadline = time.monotonic() + HELD
        while time.monotonic() < deadline:
            with suppress(psycopg.OperationalError):
                taken.enter_context(psycopg.connect(url, autocommit=True, connect_timeout=2))
                continue
            time.sleep(0.05)


def _refuse(client: redis.Redis, most: int) -> None:
    """Lets this many connect, and ends the connections that there are."""
    client.config_set("maxclients", most)
    client.client_kill_filter(_type="normal", skipme=True)


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MOST
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)


if __name__ == "__main__":
    main()
