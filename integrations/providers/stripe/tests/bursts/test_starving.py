"""Webhooks are acknowledged while people wait for a slow Stripe, and a customer is locked by another.

The same for five minutes, with its times: `python -m benchmarks.starving`.
"""

import asyncio

import pytest

from benchmarks.starving import locked, trial, webhooks
from benchmarks.starving_shop import Shop
from integrations.inbox import worker
from integrations.models import InboundEvent
from integrations.tests.workers import database_url, empty_broker
from tests.served import served

SECONDS, RATE, PEOPLE = 20, 50, 30


@pytest.mark.django_db(transaction=True)
def test_all_are_acknowledged(simulator):
    empty_broker()
    shop = Shop(simulator.base_url)
    simulator.faults.add("*", "slow", times=-1, seconds=20.0)
    environment = {
        "DATABASE_URL": database_url(),
        "STRIPE_API_BASE": simulator.base_url,
        "LOG_LEVEL": "ERROR",
    }
    with (
        served("web", **environment) as web,
        served("webhooks", **environment) as taking,
        locked(database_url(), shop.customer),
    ):
        posts = list(webhooks(shop, taking.base_url.port, SECONDS * RATE))
        asked = list(shop.requests(web.base_url.port))
        answers, people = asyncio.run(
            trial(taking.base_url.port, posts, web.base_url.port, asked, people=PEOPLE, rate=RATE)
        )
        worker.drain()
        # Of the locked customer: whatever came of it waits, and keeps nothing else waiting.
        waiting = set(InboundEvent.objects.filter(state="pending").values_list("object_id", flat=True))
        assert waiting == {shop.at_stripe}
    assert answers.statuses == {"200": SECONDS * RATE}
    assert InboundEvent.objects.count() == SECONDS * RATE
    # More people came than may wait, and the customer's row was locked for all.
    assert people.statuses["503"] > PEOPLE
    empty_broker()
