"""A whole deployment on servers of its own: proxy, web, webhooks, worker, beat, each under a supervisor."""

import json
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from time import sleep
from typing import Any

from benchmarks.faults import of_processes, of_servers
from benchmarks.faults.disks import disk
from benchmarks.faults.fault import Fault
from benchmarks.faults.traffic import Places, Traffic
from benchmarks.pace import HOST, NAME
from benchmarks.stripe_account import running as simulator
from devstack.nginx import Proxy, prepared
from devstack.process import free_port
from devstack.restart import FIRST_SECONDS
from integrations.tests.brokers import broker

# Short leases; what Stripe allows a live account; and comparisons that need not wait for long.
SHORT = {"OUTBOX_LEASE_SECONDS": "5", "BEAT_LEASE_SECONDS": "2", "SWEEP_SECONDS": "1", "API_RATE_LIMIT": ""}
SHORT |= {"STRIPE_CALLS_PER_SECOND": "100", "COMPARISON_SETTLE_SECONDS": "2"}
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


@dataclass(frozen=True)
class Stack:
    """``parts``: the supervisor of each process; ``faults``: all that can happen to it."""

    traffic: Traffic
    parts: Mapping[str, "Popen[bytes]"]
    faults: list[Fault]
    environment: Mapping[str, str]
    database: str


@contextmanager
def deployed() -> Iterator[Stack]:
    """Runs it during the block. Trials and the tests' own parts read settings when they are imported."""
    os.environ |= {"DJANGO_SETTINGS_MODULE": "flexsync.settings", "LOG_LEVEL": "WARNING"} | SHORT
    os.environ["ALLOWED_HOSTS"] = f"{NAME},{HOST}"
    import django

    django.setup()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o711)
        yield _deployed(stack, folder)


def _deployed(stack: ExitStack, folder: Path) -> Stack:
    from integrations.providers.stripe.tests.bursts.cluster import cluster
    from integrations.providers.stripe.tests.bursts.processes import manage, started

    disks = {name: stack.enter_context(disk(folder / name)) for name in ("postgresql", "redis")}
    database = stack.enter_context(cluster(disks["postgresql"].folder / "cluster"))
    cache = stack.enter_context(broker(disks["redis"].folder))
    stripe = f"http://{HOST}:{free_port()}"
    stack.enter_context(simulator(int(stripe.rpartition(":")[2]), folder / "stripe.json"))
    # The tests' processes are ready once their log says so.
    servers = {"DATABASE_URL": database.url, "REDIS_URL": cache.url, "STRIPE_API_BASE": stripe}
    environment = os.environ | servers | {"LOG_LEVEL": "INFO"}
    manage(environment, "migrate", "--verbosity", "0")
    shop = json.loads(manage(environment, "shell", "--no-imports", "--command", SHOP))
    places = {name: f"{HOST}:{free_port()}" for name in ("web", "webhooks")}
    proxy = prepared(folder / "nginx", name=NAME, **places)
    parts = stack.enter_context(started(folder, environment, _commands(proxy, **places)))
    # What ends sooner than that is not started again.
    sleep(FIRST_SECONDS)
    faults = [
        *of_processes.faults(parts),
        *of_servers.of_postgres(database, disks["postgresql"]),
        *of_servers.of_redis(cache, disks["redis"]),
    ]
    traffic = Traffic(_places(proxy, shop, stripe, database.url))
    return Stack(traffic, parts, faults, environment, database.url)


def _commands(proxy: Proxy, web: str, webhooks: str) -> dict[str, str]:
    """Each under a supervisor, as docker and systemd are."""
    from integrations.providers.stripe.tests.bursts.processes import COMMANDS

    again = f"devstack.restart {sys.executable} -m"
    gunicorn = f"{again} gunicorn --config deploy/gunicorn"
    return {
        "proxy": f"devstack.restart {shlex.join(proxy.command)}",
        "web": f"{gunicorn}/web.py --bind {web}",
        "webhooks": f"{gunicorn}/webhooks.py --bind {webhooks}",
        "worker": f"{again} celery -A flexsync worker --concurrency 2 --loglevel INFO",
        "beat": f"{again} {COMMANDS['beat']}",
    }


def _places(proxy: Proxy, shop: Mapping[str, Any], stripe: str, database: str) -> Places:
    webhook = f"/v1/integrations/stripe/webhook/{shop['connection']}"
    return Places(proxy, webhook, shop["key"], stripe, shop["secret_key"], database)
