"""SIGTERM to each process while it works: what it began is done, and then it ends, well within its limit."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import psycopg
import pytest
from django.db import connection as database

from billing.facts import CustomerFacts
from billing.services import environments
from billing.services.customers import customers
from billing.tests.factories import EnvironmentFactory
from devstack.process import free_port
from integrations.models import InboundEvent, Process, ProcessLease
from integrations.providers.stripe.tests.bursts.processes import COMMANDS, started
from integrations.providers.stripe.tests.bursts.sender import Sender
from integrations.testing import make_connection
from integrations.tests.workers import database_url, empty_broker, until

SECRET = "whsec_of_the_stopping"
WAITING = "SELECT DISTINCT application_name FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
# Seconds: fewer than docker and systemd give.
LIMIT = 20.0


@pytest.fixture(autouse=True)
def _clean_broker() -> Iterator[None]:
    empty_broker()
    yield
    empty_broker()


@contextmanager
def everything_locked() -> Iterator[None]:
    """Whoever writes customers or events waits meanwhile."""
    with psycopg.connect(database_url()) as db:
        db.execute("LOCK TABLE billing_customer, integrations_inboundevent IN EXCLUSIVE MODE")
        yield


def waiting() -> set[str]:
    """Which processes wait for a lock."""
    with database.cursor() as cursor:
        cursor.execute(WAITING)
        return {name for (name,) in cursor.fetchall()}


def says(log: Path, words: str) -> bool:
    return words in log.read_text()


def event(number: int) -> dict[str, object]:
    customer = {"id": f"cus_{number}", "object": "customer", "name": "Ada", "metadata": {}, "livemode": False}
    now = int(time.time())
    return {
        "id": f"evt_{number}",
        "object": "event",
        "type": "customer.created",
        "created": now,
        "livemode": False,
        "data": {"object": customer | {"created": now}},
    }


@pytest.mark.django_db(transaction=True)
def test_what_was_begun_is_done(tmp_path):
    environment = EnvironmentFactory()
    connection = make_connection(environment.pk, "stripe", secret=SECRET)
    ada = customers.create(environment_id=environment.pk, facts=CustomerFacts(name="Ada"))
    _, key = environments.create_api_key(environment=environment, name="Shop", scope="write")
    web, webhooks = free_port(), free_port()
    commands = {
        "web": f"gunicorn --config deploy/gunicorn/web.py --bind 127.0.0.1:{web} --workers 1",
        "webhooks": f"gunicorn --config deploy/gunicorn/webhooks.py --bind 127.0.0.1:{webhooks} --workers 1",
        "worker": COMMANDS["worker"],
        "beat": COMMANDS["beat"],
    }
    sender = Sender(webhooks, f"/v1/integrations/stripe/webhook/{connection.pk}", SECRET)
    # What holds a lock here holds it for longer than a process would wait.
    options = "-c%20lock_timeout%3D60s%20-c%20statement_timeout%3D60s"
    patient = {"DATABASE_URL": f"{database_url()}?options={options}", "SWEEP_SECONDS": "3600"}
    with started(tmp_path, os.environ | patient, commands) as running, ThreadPoolExecutor() as pool:
        kinds = Process.objects.order_by("kind").values_list("kind", flat=True)
        until(lambda: list(kinds.all()) == ["beat", "web", "webhooks", "worker"], "each says that it lives")
        until(
            ProcessLease.objects.filter(name="beat").exclude(lease_holder="").exists,
            "beat works",
            tmp_path / "beat.log",
        )
        os.killpg(running["worker"].pid, signal.SIGSTOP)
        sender.send([event(1)])
        with everything_locked():
            os.killpg(running["worker"].pid, signal.SIGCONT)
            headers = {"Authorization": f"Bearer {key}"}
            url = f"http://127.0.0.1:{web}/v1/customers/{ada.pk}"
            answer = pool.submit(httpx.patch, url, json={"name": "Ada II"}, headers=headers, timeout=60)
            posted = pool.submit(sender.send, [event(2)])
            working = {"flexsync-web", "flexsync-webhooks", "flexsync-worker"}
            until(lambda: waiting() >= working, "all work")
            for process in running.values():
                process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            for name in ("web", "webhooks"):
                log = tmp_path / f"{name}.log"
                until(partial(says, log, "Handling signal: term"), f"{name} is told", log)
        seconds = {}
        for name, process in running.items():
            assert process.wait(60) == 0, name
            seconds[name] = round(time.monotonic() - began, 1)
        assert max(seconds.values()) < LIMIT, seconds
    assert answer.result().json()["name"] == "Ada II"
    posted.result()
    assert (sender.acked, sender.broken) == (["evt_1", "evt_2"], [])
    assert InboundEvent.objects.get(provider_event_id="evt_1").state == "applied"
    assert ProcessLease.objects.get(name="beat").lease_holder == ""
