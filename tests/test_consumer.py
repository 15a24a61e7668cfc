"""A worker's consumer when its broker is killed, with Celery's own for comparison."""

import pytest
from celery import Celery
from celery.worker import consumer as celerys
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError

from flexsync.consumer import Consumer
from integrations.tests.brokers import broker


@pytest.fixture
def own_broker(tmp_path):
    with broker(tmp_path) as running:
        yield running


def lose(consumer, own_broker):
    """Kills the broker in the moment that matters: a message is worked on, and the next is waited for."""
    app = Celery(broker=own_broker.url, set_as_current=False)
    app.conf.worker_enable_prefetch_count_reduction = False
    app.send_task("worked_on")
    connection = app.connection_for_read()
    app.amqp.TaskConsumer(connection, accept=["json"], callbacks=[lambda *_: None]).consume()
    connection.drain_events(timeout=5)
    control = Queue("control", Exchange("control", type="fanout"), auto_delete=True)
    connection.Consumer(control, channel=connection.channel(), callbacks=[lambda *_: None]).consume()
    connection.transport.cycle.on_poll_start()
    own_broker.kill()
    consumer.app, consumer.connection = app, connection
    consumer.on_connection_error_after_connected(OperationalError("lost"))


def test_celerys_own_consumer_would_end_the_worker(own_broker):
    """Once it does not, flexsync/consumer.py can go."""
    with pytest.raises(AttributeError, match="hostname"):
        lose(celerys.Consumer.__new__(celerys.Consumer), own_broker)


def test_the_consumer_gives_the_connection_up(own_broker):
    consumer = Consumer.__new__(Consumer)
    lose(consumer, own_broker)
    assert consumer.connection is None


def test_a_message_that_cannot_be_acknowledged_makes_room_for_the_next(own_broker):
    app = Celery(broker=own_broker.url, set_as_current=False)
    app.send_task("worked_on")
    connection, taken = app.connection_for_read(), []
    consumer = app.amqp.TaskConsumer(connection, accept=["json"], on_message=taken.append)
    consumer.qos(prefetch_count=1)
    consumer.consume()
    connection.drain_events(timeout=5)
    assert not consumer.channel.qos.can_consume()
    own_broker.kill()
    with pytest.raises(connection.connection_errors):
        taken[0].ack()
    assert consumer.channel.qos.can_consume()
