"""Extra items beside those of a subscription."""

from . import factories
from .subscriptions import DAY, refetched, subscribe


class TestExtraItems:
    def test_are_on_the_first_invoice(self, client):
        setup = factories.price(client, 700, interval=None)
        subscription = subscribe(client, add_invoice_items=[{"price": setup.id}], expand=["latest_invoice"])
        assert subscription.latest_invoice.total == 1700

    def test_wait_for_the_next_one_when_added_later(self, client, server):
        subscription, extra = subscribe(client), factories.price(client, 700, interval=None)
        client.v1.subscriptions.update(subscription.id, {"add_invoice_items": [{"price": extra.id}]})
        assert len(client.v1.invoice_items.list({"pending": True}).data) == 1
        server.advance_clock(32 * DAY)
        assert refetched(client, subscription).latest_invoice.total == 1700

    def test_that_are_pending_for_the_customer_come_along(self, client, server):
        subscription, other = subscribe(client), subscribe(client)
        item = {"customer": subscription.customer, "currency": "usd", "quantity": 3}
        client.v1.invoice_items.create({**item, "unit_amount_decimal": "0.5"})
        mine = {**item, "subscription": subscription.id, "unit_amount_decimal": "100"}
        assert (
            client.v1.invoice_items.create(mine).parent.subscription_details.subscription == subscription.id
        )
        server.advance_clock(32 * DAY)
        assert refetched(client, subscription).latest_invoice.total == 1302
        assert refetched(client, other).latest_invoice.total == 1000

    def test_come_first_and_the_newest_before_the_others(self, client):
        owner = factories.customer_with_card(client)
        for amount in (1, 2):
            client.v1.invoice_items.create({"customer": owner.id, "currency": "usd", "amount": amount})
        prices = factories.price(client, 100), factories.price(client, 200)
        invoice = subscribe(client, *prices, owner=owner, expand=["latest_invoice"]).latest_invoice
        assert [line.amount for line in invoice.lines.data] == [2, 1, 200, 100]

    def test_are_billed_at_the_end_on_request(self, client):
        subscription = subscribe(client)
        item = {"customer": subscription.customer, "currency": "usd", "amount": 250}
        client.v1.invoice_items.create(item)
        client.v1.subscriptions.cancel(subscription.id, {"invoice_now": True})
        assert refetched(client, subscription).latest_invoice.total == 250
