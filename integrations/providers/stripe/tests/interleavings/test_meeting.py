"""A push and an event of the same customer meet: no event is missed between a decision and its call."""

from threading import Thread
from time import monotonic, sleep

import pytest
from django.db import connection as database
from django.db import connections, transaction
from django.utils import timezone

from integrations.inbox import processing
from integrations.models import Conflict, InboundEvent
from integrations.providers.stripe.testing import store_signed

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 20


def wait_until_it_waits():
    """Returns once another transaction waits for an advisory lock."""
    deadline = monotonic() + SECONDS
    with database.cursor() as cursor:
        while monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
            sleep(0.02)
    raise AssertionError("The push did not wait for the event.")


@pytest.fixture
def meet(both, stripe_api):
    """Decides what to send while the newest event is being applied, whose transaction ends afterwards."""

    def push():
        both.push()
        connections.close_all()

    def meet():
        newest = stripe_api.v1.events.list({"limit": 1}).data[0].to_dict()
        event_id = store_signed(both.connection, newest, timezone.now())
        pushing = Thread(target=push)
        with transaction.atomic():
            processing.process(event_id, timezone.now())
            pushing.start()
            wait_until_it_waits()
        pushing.join(SECONDS)
        assert InboundEvent.objects.get(pk=event_id).state == "applied"

    return meet


def test_the_provider_s_value_stays_on_both_sides(both, meet):
    both.owned_by("provider")
    both.edit_here(name="ours")
    both.edit_there(name="theirs", email="theirs@example.com")
    meet()
    both.settle()
    assert both.there("name", "email") == both.here("name", "email") == ["theirs", "theirs@example.com"]
    conflicts = Conflict.objects.values_list("field", "ours", "theirs", "winner")
    assert list(conflicts) == [("name", "ours", "theirs", "provider")]
