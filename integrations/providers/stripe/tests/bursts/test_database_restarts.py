"""A burst of events while the database crashes and restarts: all are applied, none twice."""

import os
import time
from threading import Thread

import psycopg
import pytest

from benchmarks.mix import mix
from devstack.process import free_port
from integrations.providers.stripe.handlers.events import STALE
from integrations.providers.stripe.tests.bursts.cluster import cluster
from integrations.providers.stripe.tests.bursts.processes import deployed, manage
from integrations.providers.stripe.tests.bursts.sender import Sender
from integrations.tests.workers import empty_broker, until

# Seven events for each customer; `make nightly` sends 10,000.
EVENTS = int(os.environ.get("BURST", "700"))
SECRET = "whsec_of_a_burst"
CONNECT = f"""
from billing.models import Environment
from integrations.testing import make_connection
environment = Environment.objects.create(id="env_prod", name="Burst")
print(make_connection(environment.id, "stripe", secret="{SECRET}").id)
"""
EVENT = "integrations_inboundevent"
# The rows of each customer: the invoice is paid once.
ONCE = ["customer", "plan", "subscription", "invoice", "payment"]


@pytest.fixture
def database(tmp_path):
    with cluster(tmp_path / "cluster") as running:
        yield running


@pytest.fixture
def environment(database):
    empty_broker()
    given = {"DATABASE_URL": database.url, "STRIPE_API_BASE": "http://127.0.0.1:9", "SWEEP_SECONDS": "1"}
    environment = os.environ | given
    manage(environment, "migrate", "--verbosity", "0")
    yield environment
    empty_broker()


def one(database, sql):
    with psycopg.connect(database.url) as db:
        return db.execute(sql).fetchone()[0]


def test_all_are_applied_and_none_twice(tmp_path, database, environment):
    customers = EVENTS // 7
    events = list(mix(customers))
    connection_id = manage(environment, "shell", "--no-imports", "--command", CONNECT)
    port = free_port()
    sender = Sender(port, f"/v1/integrations/stripe/webhook/{connection_id}", SECRET)
    with deployed(tmp_path, environment, port):
        sender.send(events[: EVENTS // 3])
        sending = Thread(target=sender.send, args=[events[EVENTS // 3 :]])
        sending.start()
        until(lambda: len(sender.acked) > EVENTS // 2, "half is acknowledged", tmp_path / "webhooks.log")
        database.crash()
        sending.join()
        waiting = f"SELECT count(*) FROM {EVENT} WHERE state = 'pending'"
        deadline = time.monotonic() + 60 + EVENTS / 20
        while one(database, waiting):
            assert time.monotonic() < deadline, one(database, waiting)
            time.sleep(0.2)
    assert "503" in sender.broken
    assert "500" not in sender.broken
    assert len(sender.acked) == 7 * customers
    assert one(database, f"SELECT count(*) FROM {EVENT}") == 7 * customers
    # A first state that was sent again may come after the second.
    lost = f"SELECT count(*) FROM {EVENT} WHERE state <> 'applied' AND reason <> '{STALE.reason}'"
    assert one(database, lost) == 0
    newest = "SELECT count(*) FROM billing_customer WHERE metadata ->> 'rev' = '2'"
    assert one(database, newest) == customers
    counts = {name: one(database, f"SELECT count(*) FROM billing_{name}") for name in ONCE}
    assert counts == dict.fromkeys(ONCE, customers)
    unequal = "SELECT count(*) FROM billing_invoice WHERE amount_paid <> total OR amount_remaining <> 0"
    assert one(database, unequal) == 0
