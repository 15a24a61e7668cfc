"""A real worker while its broker is killed, emptied and full: it goes on, without a supervisor's help."""

import pytest
from celery import current_app
from kombu import Connection

from integrations.models import InboundEvent
from integrations.queue import dispatch
from integrations.tests.brokers import broker
from integrations.tests.test_webhook import PERSON, post
from integrations.tests.workers import empty_broker, until, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def own_broker(tmp_path):
    with broker(tmp_path) as running:
        yield running
    empty_broker()


def send(url):
    with Connection(url) as connection:
        current_app.send_task(dispatch.PROCESS_INBOX, connection=connection, retry=False, ignore_result=True)


def killed(own_broker, running):
    own_broker.kill()
    until(lambda: b"Connection to broker lost" in running.log.read_bytes(), "it is noticed", running.log)
    own_broker.start()


def emptied(own_broker, running):
    running.freeze()
    send(own_broker.url)
    own_broker.empty()
    running.thaw()


def full(own_broker, running):
    """A message that came before cannot be noted as begun."""
    running.freeze()
    send(own_broker.url)
    own_broker.fill()
    running.thaw()
    until(lambda: b"OutOfMemory" in running.log.read_bytes(), "it is refused", running.log)
    own_broker.fill(is_full=False)


def test_the_worker_outlives_each(connection, server, tmp_path, own_broker):
    environment = {"REDIS_URL": own_broker.url, "ACME_FOLDER": str(tmp_path)}
    with worker(tmp_path, include=["integrations.tests.acme_worker"], environment=environment) as running:
        for fault in (killed, emptied, full):
            fault(own_broker, running)
            post(PERSON | {"id": f"evt_{fault.__name__}"})
            send(own_broker.url)
            pending = InboundEvent.objects.filter(state="pending")
            until(lambda: not pending.exists(), f"applied after it was {fault.__name__}", running.log)  # noqa: B023
        assert running.process.is_alive()
