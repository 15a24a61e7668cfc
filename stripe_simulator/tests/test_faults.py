"""Faults on demand."""

import pytest
import stripe
from stripe import StripeClient

from stripe_simulator.requests.faults import Faults
from stripe_simulator.testing import SimulatorServer

from . import factories
from .conftest import client_of


def create(client, key=None):
    return client.v1.customers.create({"name": "Ada"}, {"idempotency_key": key} if key else None)


def count(client):
    return len(client.v1.customers.list().data)


def outcome(client):
    try:
        return create(client).id
    except stripe.APIError as error:
        return error.http_status


class TestAFault:
    def test_429_has_no_effect_and_is_not_kept(self, client, server):
        server.faults.add("customers.create", "429")
        with pytest.raises(stripe.RateLimitError) as caught:
            create(client, "k1")
        assert caught.value.headers["retry-after"] == "1"
        assert create(client, "k1").name == "Ada"
        assert count(client) == 1

    @pytest.mark.parametrize(("seconds", "header"), [(0, None), (7, "7")])
    def test_429_has_the_seconds_to_wait(self, client, server, seconds, header):
        server.faults.add("customers.create", "429", seconds=seconds)
        with pytest.raises(stripe.RateLimitError) as caught:
            create(client)
        assert caught.value.headers.get("retry-after") == header

    def test_500_before_has_no_effect_and_is_kept(self, client, server):
        server.faults.add("customers.create", "500_before")
        for _ in range(2):
            with pytest.raises(stripe.APIError) as caught:
                create(client, "k1")
            assert caught.value.http_status == 500
        assert count(client) == 0

    def test_500_after_has_its_effect_and_is_kept(self, client, server):
        server.faults.add("customers.create", "500_after")
        for _ in range(2):
            with pytest.raises(stripe.APIError):
                create(client, "k1")
        assert count(client) == 1

    def test_reset_after_loses_the_response_but_the_key_has_it(self, client, server):
        server.faults.add("customers.create", "reset_after")
        with pytest.raises(stripe.APIConnectionError):
            create(client, "k1")
        assert count(client) == 1
        assert create(client, "k1").id == client.v1.customers.list().data[0].id

    def test_reset_before_loses_the_request(self, client, server):
        server.faults.add("customers.create", "reset_before")
        with pytest.raises(stripe.APIConnectionError):
            create(client, "k1")
        assert count(client) == 0

    def test_timeout_sends_no_response_though_it_was_carried_out(self, server, client):
        server.faults.add("customers.create", "timeout")
        impatient = StripeClient(
            "sk_test_demo",
            base_addresses={"api": server.base_url},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=0.3),
        )
        with pytest.raises(stripe.APIConnectionError):
            create(impatient, "k1")
        assert count(client) == 1

    def test_is_injected_from_the_nth_call_on_and_so_many_times(self, client, server):
        server.faults.add("customers.create", "500_before", nth=2, times=2)
        outcomes = []
        for _ in range(4):
            try:
                outcomes.append(create(client).object)
            except stripe.APIError as error:
                outcomes.append(error.http_status)
        assert outcomes == ["customer", 500, 500, "customer"]
        assert server.faults.all()[0]["fired"] == 2

    def test_by_chance_is_the_same_with_the_same_seed(self):
        runs = []
        for _ in range(2):
            with SimulatorServer(seed=7) as server:
                client = client_of(server, "sk_test_demo")
                server.faults.add("customers.create", "500_before", times=-1, chance=0.4)
                runs.append([outcome(client) for _ in range(12)])
        assert runs[0] == runs[1]
        assert {500} < set(runs[0])

    def test_is_injected_into_one_operation_only(self, client, server):
        server.faults.add("products.create", "500_before")
        assert factories.customer(client).name == "Ada"

    def test_can_be_removed(self, client, server):
        server.faults.add("*", "429", times=100)
        server.faults.clear()
        assert count(client) == 0

    def test_of_a_client_that_retries_is_survived(self, server):
        server.faults.add("customers.create", "reset_after")
        retrying = StripeClient(
            "sk_test_demo", base_addresses={"api": server.base_url}, max_network_retries=2
        )
        assert create(retrying).name == "Ada"
        assert count(retrying) == 1

    def test_that_is_unknown_is_refused(self, server):
        for operation, effect in [("customers.create", "explode"), ("unicorns.create", "429")]:
            with pytest.raises(Exception, match="400"):
                server.faults.add(operation, effect)

    def test_can_be_given_on_the_command_line(self):
        faults = Faults()
        faults.add_text("invoices.add_lines=500_after@2")
        assert [faults.fault_for("invoices.add_lines", "demo") is not None for _ in range(3)] == [
            False,
            True,
            False,
        ]
        with pytest.raises(ValueError, match="no effect"):
            faults.add_text("invoices.add_lines=explode")
