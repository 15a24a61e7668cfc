"""Plain amounts on lines, and the prices that Stripe makes for them behind the scenes."""

from decimal import Decimal

import pytest

from . import factories

TYPES = {"types": ["product.created", "price.created"]}


def with_events(server):
    server.settings(plain_amount_events=True)


class TestAPlainAmount:
    def test_causes_no_events_unless_that_is_set(self, client):
        factories.draft(client, 100)
        assert client.v1.events.list(TYPES).data == []

    def test_sends_events_with_the_key_of_the_request(self, client, server):
        with_events(server)
        invoice = factories.draft(client)
        lines = {"lines": [{"amount": 100, "description": "A"}, {"amount": -5, "description": "B"}]}
        options = {"idempotency_key": "key-of-the-lines"}
        shown = client.v1.invoices.add_lines(invoice.id, lines, options)
        events = client.v1.events.list(TYPES).data[::-1]
        assert [event.type for event in events] == ["product.created", "price.created", "price.created"]
        assert {event.request.idempotency_key for event in events} == {"key-of-the-lines"}
        assert {event.data.object["active"] for event in events} == {True}
        used = [line.pricing.price_details.price for line in shown.lines.data]
        assert [event.data.object["id"] for event in events[1:]] == used

    def test_uses_its_price_again(self, client, server):
        with_events(server)
        owner = factories.customer(client)
        for _ in range(2):
            client.v1.invoice_items.create({"customer": owner.id, "amount": 250, "currency": "usd"})
        assert len(client.v1.events.list(TYPES).data) == 2

    @pytest.mark.parametrize("amount", ["0.5", "12"])
    def test_has_a_price_that_can_be_retrieved_and_is_in_no_list(self, client, server, amount):
        with_events(server)
        given = {"customer": factories.customer(client).id, "currency": "usd", "quantity": 3}
        item = client.v1.invoice_items.create(given | {"unit_amount_decimal": amount})
        price = client.v1.prices.retrieve(item.pricing.price_details.price)
        assert (price.unit_amount_decimal, price.active) == (Decimal(amount), True)
        assert (client.v1.prices.list().data, client.v1.products.list().data) == ([], [])
