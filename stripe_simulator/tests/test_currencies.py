"""Which currencies of a customer exclude each other."""

import pytest

from . import factories
from .payments import refused
from .subscriptions import subscribe


def pending_item(client, owner, currency):
    params = {"customer": owner.id, "amount": 100, "currency": currency}
    return client.v1.invoice_items.create(params)


def euros(client):
    return factories.price(client, 900, currency="eur")


class TestASubscription:
    def test_excludes_one_in_another_currency_until_it_ends(self, client):
        owner = factories.customer_with_card(client)
        first = subscribe(client, factories.price(client), owner=owner)
        subscribe(client, factories.price(client), owner=owner)
        events = factories.event_types(client)
        error = refused(lambda: subscribe(client, euros(client), owner=owner))
        assert error.message == (
            "You cannot combine currencies on a single customer. This customer has an active subscription,"
            " subscription schedule, discount, quote, or invoice item with currency usd"
        )
        assert factories.event_types(client)[len(events) :] == ["product.created", "price.created"]
        for subscription in client.v1.subscriptions.list({"customer": owner.id}).data:
            client.v1.subscriptions.cancel(subscription.id)
        assert subscribe(client, euros(client), owner=owner).currency == "eur"
        assert client.v1.subscriptions.retrieve(first.id).currency == "usd"

    def test_is_excluded_by_a_pending_item_in_another_currency(self, client):
        owner = factories.customer_with_card(client)
        item = pending_item(client, owner, "usd")
        assert "with currency usd" in refused(lambda: subscribe(client, euros(client), owner=owner)).message
        client.v1.invoice_items.delete(item.id)
        assert subscribe(client, euros(client), owner=owner).status == "active"

    def test_changes_the_customers_currency_and_keeps_the_balance_in_the_former_one(self, client):
        owner = factories.customer_with_card(client)
        client.v1.customers.update(owner.id, {"balance": -500})
        subscription = subscribe(client, euros(client), owner=owner, expand=["latest_invoice"])
        assert subscription.latest_invoice.amount_due == 900
        shown = client.v1.customers.retrieve(owner.id, {"expand": ["invoice_credit_balance"]})
        assert (shown.currency, shown.balance) == ("eur", 0)
        assert shown.invoice_credit_balance.to_dict() == {"usd": 500}
        changes = client.v1.events.list({"type": "customer.updated"}).data
        former = [event.data["previous_attributes"].to_dict() for event in changes]
        assert {"balance": -500, "currency": "usd"} in former

    @pytest.mark.parametrize("known", [True, False])
    def test_on_a_checkout_page_is_excluded_as_well(self, client, known):
        owner = factories.customer_with_card(client)
        if known:
            subscribe(client, factories.price(client), owner=owner)
        item = {"price": euros(client).id, "quantity": 1}
        params = {"mode": "subscription", "customer": owner.id, "line_items": [item]}
        if known:
            assert "cannot combine" in refused(lambda: factories.session(client, **params)).message
        else:
            assert factories.session(client, **params).currency == "eur"


class TestAnInvoice:
    def test_may_be_in_any_currency(self, client):
        owner = factories.customer_with_card(client)
        subscribe(client, factories.price(client), owner=owner)
        pending_item(client, owner, "eur")
        pending_item(client, owner, "usd")
        include = {"pending_invoice_items_behavior": "include"}
        draft = client.v1.invoices.create({"customer": owner.id, "currency": "eur"} | include)
        assert [line.currency for line in draft.lines.data] == ["eur"]
        assert client.v1.invoices.finalize_invoice(draft.id).status == "open"
        assert client.v1.customers.retrieve(owner.id).currency == "usd"

    def test_overpaid_in_another_currency_credits_the_balance_in_it(self, client):
        owner = factories.customer(client, balance=-10)
        invoice = factories.open_invoice(client, 1000, owner=owner, currency="eur")
        params = {"amount": 1200, "currency": "eur", "customer": owner.id, "confirm": True}
        intent = client.v1.payment_intents.create(params | {"payment_method": "pm_card_visa"})
        client.v1.invoices.attach_payment(invoice.id, {"payment_intent": intent.id})
        assert client.v1.invoices.retrieve(invoice.id).amount_overpaid == 200
        shown = client.v1.customers.retrieve(owner.id, {"expand": ["invoice_credit_balance"]})
        assert shown.invoice_credit_balance.to_dict() == {"usd": 10, "eur": 200}
        entry = client.v1.customers.balance_transactions.list(owner.id).data[0]
        assert (entry.type, entry.invoice, entry.amount) == ("invoice_overpaid", invoice.id, -200)
