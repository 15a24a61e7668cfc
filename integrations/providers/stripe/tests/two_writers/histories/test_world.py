"""The world knows what FlexSync's calls show it."""

import pytest

from integrations.providers.stripe.tests.money.moving_clock import moving_clock
from integrations.providers.stripe.tests.two_writers.histories.customers import Customers
from integrations.providers.stripe.tests.two_writers.histories.interruptions import watched
from integrations.providers.stripe.tests.two_writers.histories.world import World


@pytest.mark.django_db(transaction=True)
def test_the_answer_to_a_call_that_is_repeated_shows_nothing_of_now(simulator):
    with moving_clock(simulator) as clock:
        world = World(simulator, clock)
        with watched(world):
            customer = world.begin_here(Customers())
            world.push()
            world.edit_here(customer, {"email": "here@example.com"})
            world.faults["customers.update"] = "reset_after"
            world.push()
            world.edit_there(customer, {"name": "Grace"})
            world.faults["customers.retrieve"] = "reset_before"
            clock.wait(3600)
            world.push()
            assert world.calls[-2:] == ["customers.update", "customers.retrieve"]
            assert customer.fields["name"].learnt.value == "First"
            clock.wait(3600)
            world.push()
            assert customer.fields["name"].learnt.value == "Grace"
        world.close()
