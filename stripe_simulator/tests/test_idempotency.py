"""Idempotency keys."""

import threading

import pytest
import stripe

from . import factories


def create(client, key, **params):
    return client.v1.customers.create({"name": "Ada", **params}, {"idempotency_key": key})


class TestAnIdempotencyKey:
    def test_replays_the_first_response(self, client):
        first, again = create(client, "k1"), create(client, "k1")
        assert first.id == again.id
        assert again.last_response.headers["idempotent-replayed"] == "true"
        assert again.last_response.headers["original-request"] == first.last_response.request_id
        assert len(client.v1.customers.list().data) == 1

    def test_with_other_parameters_is_refused(self, client):
        create(client, "k1")
        with pytest.raises(stripe.IdempotencyError) as caught:
            create(client, "k1", email="a@b.c")
        assert caught.value.http_status == 400
        assert "same parameters" in str(caught.value)

    def test_at_another_endpoint_is_refused(self, client):
        create(client, "k1")
        with pytest.raises(stripe.IdempotencyError) as caught:
            client.v1.products.create({"name": "Ada"}, {"idempotency_key": "k1"})
        assert "same endpoint" in str(caught.value)

    def test_is_not_spent_by_refused_parameters(self, client):
        with pytest.raises(stripe.InvalidRequestError):
            create(client, "k1", emial="x")
        assert create(client, "k1").name == "Ada"

    def test_keeps_an_error_of_a_request_that_was_carried_out(self, client):
        invoice = factories.open_invoice(client)
        for replayed in (None, "true"):
            with pytest.raises(stripe.InvalidRequestError) as caught:
                client.v1.invoices.finalize_invoice(invoice.id, options={"idempotency_key": "k"})
            assert caught.value.headers.get("idempotent-replayed") == replayed

    def test_is_kept_for_a_day(self, client, server):
        first = create(client, "k1")
        server.advance_clock(25 * 3600)
        assert create(client, "k1").id != first.id

    def test_belongs_to_one_account(self, client, server):
        from .conftest import client_of

        first = create(client, "k1")
        assert create(client_of(server, "sk_test_other"), "k1", email="x@y.z").id != first.id

    def test_in_use_is_a_conflict(self, client, server):
        server.faults.add("customers.create", "slow", seconds=0.6)
        slow = threading.Thread(target=create, args=(client, "k1"))
        slow.start()
        wait_until_seen(server)
        with pytest.raises(stripe.APIError) as caught:
            create(client, "k1")
        slow.join()
        assert caught.value.http_status == 409
        assert caught.value.headers["stripe-should-retry"] == "true"
        assert len(client.v1.customers.list().data) == 1

    def test_may_not_be_longer_than_255_characters(self, client):
        with pytest.raises(stripe.InvalidRequestError):
            create(client, "k" * 256)


def wait_until_seen(server):
    while not server.requests("customers.create"):
        pass
