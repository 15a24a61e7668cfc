"""The first invoice of a subscription."""

import pytest
import stripe

from . import factories
from .subscriptions import subscribe


class TestTheFirstInvoice:
    def test_is_paid_at_once(self, client):
        subscription = subscribe(client, expand=["latest_invoice"])
        invoice = subscription.latest_invoice
        assert (invoice.status, invoice.total, invoice.billing_reason) == (
            "paid",
            1000,
            "subscription_create",
        )
        assert invoice.parent.subscription_details.subscription == subscription.id
        line = invoice.lines.data[0]
        assert line.parent.subscription_item_details.subscription_item == subscription["items"].data[0].id
        assert line.period.end == subscription["items"].data[0].current_period_end

    def test_makes_it_active_by_an_update(self, client):
        subscribe(client)
        updates = client.v1.events.list({"type": "customer.subscription.updated"}).data
        assert updates[0].data.previous_attributes["status"] == "incomplete"

    def test_needs_a_payment_method(self, client):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            subscribe(client, owner=factories.customer(client))
        assert caught.value.code == "resource_missing"
        assert client.v1.subscriptions.list({"status": "all"}).data == []

    def test_may_be_paid_later(self, client, server):
        owner = factories.customer(client)
        subscription = subscribe(client, owner=owner, payment_behavior="default_incomplete")
        assert subscription.status == "incomplete"
        server.pay_invoice(subscription.latest_invoice)
        assert client.v1.subscriptions.retrieve(subscription.id).status == "active"

    def test_that_declines_leaves_it_incomplete_or_refuses_it(self, client):
        owner = factories.customer_with_card(client, "pm_card_chargeCustomerFail")
        assert subscribe(client, owner=owner).status == "incomplete"
        with pytest.raises(stripe.CardError):
            subscribe(client, owner=owner, payment_behavior="error_if_incomplete")
        assert len(client.v1.subscriptions.list({"status": "all"}).data) == 1

    def test_that_is_sent_waits_as_a_draft(self, client):
        owner = factories.customer(client)
        subscription = subscribe(client, owner=owner, collection_method="send_invoice", days_until_due=7)
        assert subscription.status == "active"
        assert client.v1.invoices.retrieve(subscription.latest_invoice).status == "draft"
