"""A call that removes a key of metadata, and whose answer was lost: it counts like one that sets a value."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.inbox.context import LOOKED_AT
from integrations.models import Conflict, EntityMapping

pytestmark = pytest.mark.django_db


@pytest.fixture
def removed(both, simulator):
    """FlexSync has removed the key, which a person at Stripe had just changed, and has no answer."""
    both.owned_by("provider")
    both.edit_here(metadata={"size": "small"})
    both.push()
    both.hear()
    # Not in the second of what was heard, or the object would be read.
    time.sleep(1.1)
    both.edit_here(metadata={})
    both.edit_there(metadata={"size": "large"})
    simulator.faults.add("customers.update", "reset_after")
    assert both.push() == "sending"
    return both


def of_persons(events):
    return [event for event in events if not event["request"]["idempotency_key"].startswith("flexsync-")]


def test_the_event_of_another_change_waits_for_the_answer(removed):
    mapping = EntityMapping.objects.get(entity_id=removed.customer.pk)
    # Its other calls are not of this minute: the event is no older than what is known.
    mapping.metadata.pop(LOOKED_AT, None)
    mapping.sent_at = timezone.now() - timedelta(hours=1)
    mapping.save()
    (event,) = removed.hear(of_persons)
    event.refresh_from_db()
    assert event.state == "pending" and "Waits for the answer" in event.reason


def test_the_call_is_repeated_under_its_key(removed, simulator):
    removed.push_again(timezone.now() + timedelta(hours=1))
    calls = simulator.requests("customers.update")[-2:]
    assert calls[0]["idempotency_key"] == calls[1]["idempotency_key"]


def test_what_it_replaced_is_settled(removed):
    removed.settle()
    assert removed.here("metadata") == [{"size": "large"}]
    assert removed.there("metadata")[0]["size"] == "large"
    assert [(one.ours, one.theirs, one.winner) for one in Conflict.objects.all()] == [
        (None, "large", "provider")
    ]
