"""kill -9 of a poller between the answer to a page and its commit: the next one goes on at that page."""

import os
import signal

import pytest
from django.db import connections

from integrations.models import InboundEvent
from integrations.reconcile.catch_up import polling
from integrations.webhooks import event_store

CUSTOMERS, KILLED_AT = 230, 2


@pytest.mark.django_db(transaction=True)
def test_the_next_poller_goes_on_at_the_page(polls, stripe_api, clock, simulator):
    for number in range(CUSTOMERS):
        stripe_api.v1.customers.create({"name": f"Number {number}"})
    simulator.advance_clock(120)
    assert _killed(polls.connection.pk, clock) == signal.SIGKILL
    stored, asked = InboundEvent.objects.count(), len(simulator.requests("events.list"))
    assert stored == 100
    assert polls.after(seconds=30) == stored
    assert polls.after(seconds=100) == CUSTOMERS
    cursors = [call["params"].get("starting_after") for call in simulator.requests("events.list")[asked:]]
    # The page that was lost with its commit, the last one, and those of the other types.
    assert cursors[0] is not None and cursors[1] is not None and not any(cursors[2:])
    assert polls.row.missed == CUSTOMERS


def _killed(connection_id, clock):
    """Polls in a process of its own, which dies while it stores a page; returns the signal."""
    connections.close_all()
    child = os.fork()
    if not child:
        _die_at_page(KILLED_AT)
        polling.poll(connection_id, clock)
        os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def _die_at_page(number):
    """The page is stored, and its transaction never ends."""
    insert, pages = event_store.insert_polled, []

    def dying(*args):
        pages.append(insert(*args))
        if len(pages) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return pages[-1]

    event_store.insert_polled = dying
