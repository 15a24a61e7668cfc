"""What /metrics tells of webhooks, events and syncs, whichever process is asked."""

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


def said(name):
    """The metric's lines, labels and value."""
    text = Client().get("/metrics").content.decode()
    found = re.findall(rf"^flexsync_{name}(?:{{(.*)}})? (\S+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in found}


def test_webhooks_are_counted_when_they_are_stored(connection):
    for number in range(3):
        post(PERSON | {"id": f"evt_{number}"})
        post(PERSON | {"id": f"evt_{number}"})
    assert said("webhooks_stored_last_minute") == {"": 3}
    assert said("inbox_events") == {'state="pending"': 3, 'state="dead"': 0}


def test_webhooks_are_counted_when_they_are_refused(connection):
    post(PERSON, secret="whsec_of_somebody_else")
    post(PERSON, headers={})
    post(b"[]")
    assert said("webhooks_refused_total") == {'code="invalid_signature"': 2, 'code="invalid_payload"': 1}


def test_events_are_counted_by_type_and_outcome(connection):
    for number, trouble in enumerate(["", "", "rejected"]):
        store(connection, event(number, id=f"peo_{number}", trouble=trouble))
    worker.drain()
    assert said("events_settled_last_minute") == {
        'outcome="applied",type="person.changed"': 2,
        'outcome="dead",type="person.changed"': 1,
    }
    assert said("inbox_events") == {'state="pending"': 0, 'state="dead"': 1}


def test_the_oldest_event_that_waits_is_told_by_its_age(connection):
    assert said("inbox_oldest_seconds") == {"": 0}
    store(connection, event(1), timezone.now() - timedelta(minutes=5))
    assert 300 <= said("inbox_oldest_seconds")[""] < 320


def test_what_happened_long_ago_is_history(connection):
    store(connection, event(1), timezone.now() - timedelta(minutes=5))
    assert said("webhooks_stored_last_minute") == {"": 0}
