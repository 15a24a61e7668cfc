"""What /metrics says of webhooks, events and syncs, whichever process serves it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from integrations.inbox import worker
from integrations.testing import store
from integrations.tests.test_inbox import event
from integrations.tests.test_webhook import PERSON, post
from integrations.tests.workers import empty_broker


@pytest.fixture(autouse=True)
def _clean_broker():
    empty_broker()
    yield
    empty_broker()


def metric(name):
    """The metric's lines, labels and value."""
    text = Client().get("/metrics").content.decode()
    found = re.findall(rf"^flexsync_{name}(?:{{(.*)}})? (\S+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in found}


def test_webhooks_are_counted_when_they_are_stored(connection):
    for number in range(3):
        post(PERSON | {"id": f"evt_{number}"})
        post(PERSON | {"id": f"evt_{number}"})
    assert metric("webhooks_stored_last_minute") == {"": 3}
    assert metric("inbox_events") == {'state="pending"': 3, 'state="dead"': 0}


def test_webhooks_are_counted_when_they_are_refused(connection):
    post(PERSON, secret="whsec_of_another_connection")
    post(PERSON, headers={})
    post(b"[]")
    assert metric("webhooks_refused_total") == {'code="invalid_signature"': 2, 'code="invalid_payload"': 1}


def test_events_are_counted_by_type_and_outcome(connection):
    for number, trouble in enumerate(["", "", "rejected"]):
        store(connection, event(number, id=f"peo_{number}", trouble=trouble))
    worker.drain()
    assert metric("events_settled_last_minute") == {
        'outcome="applied",type="person.changed"': 2,
        'outcome="dead",type="person.changed"': 1,
    }
    assert metric("inbox_events") == {'state="pending"': 0, 'state="dead"': 1}


def test_the_age_of_the_oldest_waiting_event_is_measured(connection):
    assert metric("inbox_oldest_seconds") == {"": 0}
    store(connection, event(1), timezone.now() - timedelta(minutes=5))
    assert 300 <= metric("inbox_oldest_seconds")[""] < 320


def test_events_of_long_ago_are_not_counted(connection):
    store(connection, event(1), timezone.now() - timedelta(minutes=5))
    assert metric("webhooks_stored_last_minute") == {"": 0}
