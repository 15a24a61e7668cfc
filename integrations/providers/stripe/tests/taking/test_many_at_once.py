"""Twenty threads charge two invoices at once while pages are paid: no deadlock, and nobody pays twice."""

import time
from itertools import count
from threading import Thread

import pytest
from django.db import OperationalError
from django.db import connection as database

from billing.errors import Conflict
from billing.models import Payment
from integrations.errors import SyncError
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import charge, finish, fresh, stripe_invoice
from integrations.providers.stripe.tests.taking.both_sides import TOTAL, money_taken
from integrations.providers.stripe.tests.test_round_trips import open_checkout

pytestmark = pytest.mark.django_db(transaction=True)
THREADS, SECONDS = 20, 2


@pytest.fixture
def pairs(pipelines, connection, invoice, card):
    """Two invoices for each second, finalized and pushed; the second of each has a page open."""
    card()
    pipelines.simulator.settings(first_attempt_seconds=3600)
    made = [invoice, *(builders.invoice(invoice.customer) for _ in range(2 * SECONDS - 1))]
    pipelines.settle()
    pages = {row.pk: open_checkout(connection, row) for row in made[1::2]}
    return [(made[at], made[at + 1], pages[made[at + 1].pk]) for at in range(0, len(made), 2)]


def test_each_is_paid_once(pipelines, stripe_api, connection, pairs):
    deadlocks, numbers = [], count()

    def customer_pays(page):
        pipelines.simulator.pay_checkout_session(page.gateway_session_id)

    def charge_either(first, second):
        try:
            charge(connection, (first, second)[next(numbers) % 2])
        except (Conflict, SyncError):
            pass
        except OperationalError as deadlock:
            deadlocks.append(str(deadlock))
        finally:
            database.close()

    for first, second, page in pairs:
        began = time.monotonic()
        threads = [Thread(target=charge_either, args=(first, second)) for _ in range(THREADS)]
        threads.append(Thread(target=customer_pays, args=(page,)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
            assert not thread.is_alive()
        time.sleep(max(0.0, 1 - (time.monotonic() - began)))
    finish(pipelines)
    assert deadlocks == []
    invoices = [row for first, second, _page in pairs for row in (first, second)]
    for row in invoices:
        assert (fresh(row).payment_status, row.amount_remaining) == ("succeeded", 0)
        found = stripe_invoice(stripe_api, row)
        assert (found.status, found.amount_overpaid) == ("paid", 0)
    assert money_taken(stripe_api) == TOTAL * len(invoices)
    assert not Payment.objects.filter(status__in=["pending", "processing"]).exists()
