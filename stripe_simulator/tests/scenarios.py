"""Scenarios that use every operation through the official SDK, one per resource."""

from . import factories
from .subscriptions import subscribe


def accounts(client, server):
    client.v1.accounts.retrieve_current()


def customers(client, server):
    service, created = client.v1.customers, factories.customer_with_card(client)
    service.retrieve(created.id)
    service.list({"limit": 1})
    service.search({"query": "email:'ada@example.com'"})
    listed = service.payment_methods.list(created.id).data[0]
    service.payment_methods.retrieve(created.id, listed.id)
    ledger = service.balance_transactions
    entry = ledger.create(created.id, {"amount": -500, "currency": "usd"})
    ledger.update(created.id, entry.id, {"description": "Goodwill"})
    ledger.retrieve(created.id, entry.id)
    ledger.list(created.id)
    tax_id = service.tax_ids.create(created.id, {"type": "eu_vat", "value": "DE123456789"})
    service.tax_ids.retrieve(created.id, tax_id.id)
    service.tax_ids.list(created.id)
    service.tax_ids.delete(created.id, tax_id.id)
    service.delete(created.id)


def products_and_prices(client, server):
    product, price = client.v1.products.create({"name": "Lamp"}), factories.price(client)
    client.v1.products.update(product.id, {"description": "It glows"})
    client.v1.products.retrieve(product.id)
    client.v1.products.list()
    client.v1.products.search({"query": "active:'true'"})
    client.v1.products.delete(product.id)
    client.v1.prices.update(price.id, {"nickname": "monthly"})
    client.v1.prices.retrieve(price.id)
    client.v1.prices.list({"product": price.product})
    client.v1.prices.search({"query": f"product:'{price.product}'"})


def coupons_and_tax_rates(client, server):
    coupon = client.v1.coupons.create({"percent_off": 10})
    client.v1.coupons.update(coupon.id, {"name": "Ten"})
    client.v1.coupons.retrieve(coupon.id)
    client.v1.coupons.list()
    code = client.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}})
    client.v1.promotion_codes.update(code.id, {"active": False})
    client.v1.promotion_codes.retrieve(code.id)
    client.v1.promotion_codes.list()
    client.v1.coupons.delete(coupon.id)
    rate = client.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": True})
    client.v1.tax_rates.update(rate.id, {"active": False})
    client.v1.tax_rates.retrieve(rate.id)
    client.v1.tax_rates.list()


def payment_methods(client, server):
    service, owner = client.v1.payment_methods, factories.customer(client)
    method = service.create({"type": "card", "card": {"token": "tok_visa"}})
    service.attach(method.id, {"customer": owner.id})
    service.update(method.id, {"billing_details": {"name": "Ada"}})
    service.retrieve(method.id)
    service.list({"customer": owner.id})
    service.detach(method.id)


def payment_intents_and_charges(client, server):
    service, params = client.v1.payment_intents, {"amount": 900, "currency": "usd"}
    intent = service.create(params | {"capture_method": "manual"})
    service.update(intent.id, {"description": "Order 7"})
    service.confirm(intent.id, {"payment_method": "pm_card_visa"})
    service.capture(intent.id)
    service.cancel(service.create(params).id)
    service.list()
    service.search({"query": "status:'succeeded'"})
    charge = service.retrieve(intent.id).latest_charge
    client.v1.charges.update(charge, {"description": "Order 7"})
    client.v1.charges.retrieve(charge)
    client.v1.charges.list()
    client.v1.charges.search({"query": "amount>100"})
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 400})
    client.v1.refunds.update(refund.id, {"metadata": {"why": "broken"}})
    client.v1.refunds.retrieve(refund.id)
    client.v1.refunds.list()
    client.v1.balance_transactions.retrieve(client.v1.balance_transactions.list().data[0].id)
    client.v1.balance.retrieve()


def setup_intents(client, server):
    service = client.v1.setup_intents
    intent = service.create({"description": "For later"})
    service.update(intent.id, {"metadata": {"a": "b"}})
    service.confirm(intent.id, {"payment_method": "pm_card_visa"})
    service.cancel(service.create().id)
    service.retrieve(intent.id)
    service.list()


def disputes(client, server):
    service, params = client.v1.disputes, {"amount": 900, "currency": "usd", "confirm": True}
    for _ in range(2):
        client.v1.payment_intents.create(params | {"payment_method": "pm_card_createDispute"})
    first, second = service.list().data
    service.update(first.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True})
    service.close(second.id)
    service.retrieve(first.id)


def drafts(client, server):
    service, invoice = client.v1.invoices, factories.draft(client, 100, 200, 300)
    first, second, third = (line.id for line in invoice.lines.data)
    service.update(invoice.id, {"description": "June"})
    service.line_items.update(invoice.id, first, {"description": "Changed"})
    service.update_lines(invoice.id, {"lines": [{"id": second, "amount": 250}]})
    service.remove_lines(invoice.id, {"lines": [{"id": third, "behavior": "delete"}]})
    service.line_items.list(invoice.id)
    service.retrieve(invoice.id)
    service.list()
    service.search({"query": "status:'draft'"})
    service.delete(invoice.id)


def invoice_items(client, server):
    service = client.v1.invoice_items
    item = service.create({"customer": factories.customer(client).id, "amount": 100, "currency": "usd"})
    service.update(item.id, {"description": "Changed"})
    service.retrieve(item.id)
    service.list()
    service.delete(item.id)


def open_invoices(client, server):
    service, owner = client.v1.invoices, factories.customer_with_card(client)
    paid = service.pay(factories.open_invoice(client, owner=owner).id)
    payment = client.v1.invoice_payments.list({"invoice": paid.id}).data[0]
    client.v1.invoice_payments.retrieve(payment.id)
    service.void_invoice(factories.open_invoice(client).id)
    service.mark_uncollectible(factories.open_invoice(client).id)
    service.send_invoice(factories.draft(client, 5, collection_method="send_invoice", days_until_due=9).id)
    intent = client.v1.payment_intents.create({"amount": 100, "currency": "usd", "customer": owner.id})
    service.attach_payment(factories.open_invoice(client, owner=owner).id, {"payment_intent": intent.id})


def payment_records(client, server):
    service, owner = client.v1.payment_records, factories.customer(client)
    record = service.report_payment(factories.reported(owner, 300))
    client.v1.invoices.attach_payment(
        factories.open_invoice(client, owner=owner).id, {"payment_record": record.id}
    )
    given_back = {"outcome": "refunded", "processor_details": {"type": "custom"}}
    service.report_refund(record.id, given_back)
    service.retrieve(record.id)
    service.list()


def credit_notes(client, server):
    service, params = client.v1.credit_notes, {"invoice": factories.open_invoice(client).id, "amount": 300}
    service.preview(params)
    service.preview_lines.list(params)
    note = service.create(params)
    service.update(note.id, {"memo": "Sorry"})
    service.line_items.list(note.id)
    service.retrieve(note.id)
    service.list()
    service.void_credit_note(note.id)


def subscriptions(client, server):
    service, subscription = client.v1.subscriptions, subscribe(client)
    service.update(subscription.id, {"description": "Gold"})
    service.pause(subscription.id)
    service.resume(subscription.id)
    service.retrieve(subscription.id)
    service.list()
    service.search({"query": "status:'active'"})
    items = client.v1.subscription_items
    item = items.create({"subscription": subscription.id, "price": factories.price(client).id})
    items.update(item.id, {"quantity": 2})
    items.retrieve(item.id)
    items.list({"subscription": subscription.id})
    items.delete(item.id)
    service.cancel(subscription.id)


def pages(client, server):
    service, session = client.v1.checkout.sessions, factories.session(client)
    service.update(session.id, {"metadata": {"a": "b"}})
    service.line_items.list(session.id)
    service.retrieve(session.id)
    service.list()
    service.expire(session.id)
    client.v1.billing_portal.sessions.create({"customer": factories.customer(client).id})


def events_and_webhooks(client, server):
    service = client.v1.webhook_endpoints
    endpoint = service.create({"url": "http://127.0.0.1:9/hook", "enabled_events": ["coupon.created"]})
    service.update(endpoint.id, {"disabled": True})
    service.retrieve(endpoint.id)
    service.list()
    service.delete(endpoint.id)
    client.v1.events.retrieve(client.v1.events.list().data[0].id)


def clocks(client, server):
    service = client.v1.test_helpers.test_clocks
    clock = service.create({"frozen_time": 1_800_000_000})
    service.advance(clock.id, {"frozen_time": 1_800_000_060})
    service.retrieve(clock.id)
    service.list()
    service.delete(clock.id)


SCENARIOS = [
    accounts, customers, products_and_prices, coupons_and_tax_rates, payment_methods, payment_intents_and_charges,
    setup_intents, disputes, drafts, invoice_items, open_invoices, payment_records, credit_notes, subscriptions,
    pages, events_and_webhooks, clocks,
]  # fmt: skip
