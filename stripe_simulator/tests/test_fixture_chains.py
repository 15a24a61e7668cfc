"""Chains of calls as the fixtures of Stripe's command line make them, each from start to end."""

from . import factories


def test_a_customer_with_a_card_pays_an_invoice(client):
    customer = client.v1.customers.create({"payment_method": "pm_card_visa", "email": "ada@example.com"})
    method = client.v1.customers.payment_methods.list(customer.id).data[0]
    settings = {"invoice_settings": {"default_payment_method": method.id}}
    client.v1.customers.update(customer.id, settings)
    client.v1.invoice_items.create({"customer": customer.id, "amount": 2000, "currency": "usd"})
    params = {"customer": customer.id, "pending_invoice_items_behavior": "include"}
    invoice = client.v1.invoices.create(params)
    invoice = client.v1.invoices.finalize_invoice(invoice.id)
    assert (invoice.status, invoice.amount_due) == ("open", 2000)
    invoice = client.v1.invoices.pay(invoice.id)
    assert (invoice.status, invoice.amount_paid) == ("paid", 2000)
    expected = ["charge.succeeded", "payment_intent.succeeded", "invoice_payment.paid", "invoice.updated",
            "invoice.paid", "invoice.payment_succeeded"]  # fmt: skip
    assert factories.event_types(client)[-len(expected) :] == expected


def test_a_card_that_is_attached_pays_an_invoice(client):
    customer = client.v1.customers.create()
    method = client.v1.payment_methods.attach("pm_card_mastercard", {"customer": customer.id})
    invoice = client.v1.invoices.create({"customer": customer.id})
    item = {"customer": customer.id, "invoice": invoice.id, "amount": 700}
    client.v1.invoice_items.create(item)
    client.v1.invoices.finalize_invoice(invoice.id)
    paid = client.v1.invoices.pay(invoice.id, {"payment_method": method.id})
    assert (paid.status, paid.total) == ("paid", 700)


def test_a_subscription_with_an_inline_price_starts(client):
    customer, product = factories.customer_with_card(client), client.v1.products.create({"name": "Gold"})
    data = {"currency": "usd", "product": product.id, "unit_amount": 1500, "recurring": {"interval": "month"}}
    items = [{"price_data": data, "quantity": 2}]
    params = {"customer": customer.id, "items": items, "expand": ["latest_invoice"]}
    subscription = client.v1.subscriptions.create(params)
    assert (subscription.status, subscription.latest_invoice.amount_paid) == ("active", 3000)
    assert subscription["items"].data[0].price.product == product.id


def test_a_charge_is_refunded(client):
    intent = client.v1.payment_intents.create(
        {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    )
    refund = client.v1.refunds.create({"charge": intent.latest_charge})
    assert (refund.status, refund.amount) == ("succeeded", 2000)
    assert client.v1.charges.retrieve(intent.latest_charge).refunded
    assert factories.event_types(client)[-2:] == ["charge.refunded", "refund.created"]


def test_a_charge_is_disputed_and_the_dispute_is_lost(client):
    intent = client.v1.payment_intents.create(
        {"amount": 2000, "currency": "usd", "payment_method": "pm_card_createDispute", "confirm": True}
    )
    dispute = client.v1.disputes.list({"payment_intent": intent.id}).data[0]
    assert (dispute.status, dispute.amount) == ("needs_response", 2000)
    dispute = client.v1.disputes.close(dispute.id)
    assert dispute.status == "lost"
    assert factories.event_types(client)[-1] == "charge.dispute.closed"
