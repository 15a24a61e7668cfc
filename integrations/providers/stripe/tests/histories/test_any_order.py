"""In any order and with repetitions, the rows end as in the ordered history, and as Stripe has them."""

import os
from itertools import count
from random import Random
from typing import Any

import pytest

from billing.models import Environment
from integrations.providers.stripe.tests.histories import snapshot
from integrations.providers.stripe.tests.histories.acts import Acts
from integrations.providers.stripe.tests.histories.delivery import dead, deliver, workers
from integrations.providers.stripe.tests.histories.shop import Shop
from integrations.providers.stripe.tests.random_histories import play
from integrations.testing import make_connection
from integrations.tests.declared_states import only_declared_changes

# `make nightly` tries 5,000, with another seed each night.
EXAMPLES = int(os.environ.get("HISTORIES", "200"))
SEED = int(os.environ.get("HISTORY_SEED", "1"))
# How many acts the histories of each part have, and of ten histories how many are such.
LENGTHS = {2: 3, 3: 3, 4: 3, 14: 1}
labels = count(1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("length", LENGTHS)
def test_the_end_does_not_depend_on_the_order(simulator: Any, length: int) -> None:
    class History(Acts):
        def __init__(self) -> None:
            super().__init__()
            self.shop = Shop(simulator, f"history{length}x{next(labels)}")

        def teardown(self) -> None:
            events = self.shop.events()
            ordered, mixed = connect(self.shop), connect(self.shop)
            deliver(ordered, events)
            deliver(mixed, shuffled(events, self.chance), crew)
            assert dead(ordered) == dead(mixed) == []
            here = snapshot.here(mixed)
            assert here == snapshot.here(ordered)
            assert_equals(here, snapshot.there(self.shop))

    with only_declared_changes(), workers(2) as crew:
        play(History, examples=EXAMPLES * LENGTHS[length] // 10, length=length, seed_of=f"{SEED}-{length}")


def connect(shop: Shop) -> Any:
    """A connection to the shop's account in a new environment."""
    environment = Environment.objects.create(name=f"History {next(labels)}")
    return make_connection(environment.id, "stripe", credentials={"secret_key": shop.key})


def shuffled(events: list[dict[str, Any]], chance: Random) -> list[dict[str, Any]]:
    """Each event at least once, in any order."""
    again = [event for event in events if chance.random() < 0.3]
    mixed = [*events, *again]
    chance.shuffle(mixed)
    return mixed


def assert_equals(here: snapshot.Snapshot, there: snapshot.Snapshot) -> None:
    """What Stripe still has is the same here; what else is here was deleted there."""
    for resource, expected in there.items():
        assert {provider_id: here[resource].get(provider_id) for provider_id in expected} == expected
