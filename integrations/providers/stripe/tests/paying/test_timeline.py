"""The story of a customer, an invoice and a payment, told in order, with who did what."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client

from billing.models import Customer, Environment, Payment
from billing.services import environments
from billing.tests.admin.pages import press
from integrations.providers.stripe.tests.paying.steps import body, finish, refund, stripe_id_of

LINES = [{"description": "Seats", "quantity": "2", "unit_amount": "6.25"}]
IN_STRIPE = "Test stripe"
# Who, and what of it, oldest first: other entries stand between them.
OF_THE_CUSTOMER = [
    ("change", "Customer was made", "API key shop ("),
    ("push", f"Customer was sent to {IN_STRIPE}", ""),
    ("mapping", "Customer is cus_", ""),
    ("event", "Event customer.updated of cus_", f"{IN_STRIPE}, by event evt_"),
    ("change", "Customer: phone changed", f"{IN_STRIPE}, by event evt_"),
    ("change", "Invoice INV-000001 was made", "API key shop ("),
    ("change", "Invoice INV-000001 is now finalized", "API key shop ("),
    ("push", f"Invoice INV-000001 was sent to {IN_STRIPE}", ""),
    ("payment", "Payment of 12.50 EUR was made", f"{IN_STRIPE}, by event evt_"),
    ("refund", "Refund of 5.00 EUR was made", "FlexSync"),
    ("push", f"The refund of payment of 12.50 EUR was sent to {IN_STRIPE}", ""),
    ("refund", "Refund of 5.00 EUR is now succeeded", f"{IN_STRIPE}, in its answer to sync_"),
    ("payment", "Payment of 12.50 EUR is now partially refunded", f"{IN_STRIPE}, in its answer to sync_"),
    ("change", "Customer is now archived", "ada, in the admin"),
]


@pytest.fixture
def operator(db):
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))
    return client


def told(api, address, **query):
    """All entries, oldest first."""
    return body(api.get(f"{address}/timeline", params={"limit": 200, **query}), 200)["items"][::-1]


def the_one(items, title):
    [found] = [one for one in items if one["title"].startswith(title)]
    return found


def require_in_order(items, expected):
    left = iter(items)
    for kind, title, who in expected:
        assert any(
            one["kind"] == kind and one["title"].startswith(title) and one["who"].startswith(who)
            for one in left
        ), (title, [(one["kind"], one["title"], one["who"]) for one in items])


def test_each_step_is_told_in_order_with_who(api, pipelines, stripe_api, operator):
    customer = body(api.post("/customers", json={"name": "Grace", "email": "grace@example.com"}), 201)["id"]
    pipelines.settle()
    stripe_id = stripe_id_of("customer", customer)
    card = stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": stripe_id}).id
    chosen = {"invoice_settings": {"default_payment_method": card}, "phone": "+31 10 123"}
    stripe_api.v1.customers.update(stripe_id, chosen)
    pipelines.settle()
    pipelines.simulator.faults.add("invoices.create", "500_before")
    draft = {"customer_id": customer, "currency": "EUR", "lines": LINES}
    invoice = body(api.post("/invoices", json=draft), 201)["id"]
    body(api.post(f"/invoices/{invoice}/finalize", headers={"X-Request-ID": "req-of-ours"}), 200)
    finish(pipelines)
    payment = Payment.objects.get()
    refund(payment, Decimal(5))
    pipelines.settle()
    press(operator, Customer.objects.get(), "archive")

    of_customer, of_invoice = told(api, f"/customers/{customer}"), told(api, f"/invoices/{invoice}")
    require_in_order(of_customer, OF_THE_CUSTOMER)
    require_in_order(of_invoice, [one for one in OF_THE_CUSTOMER if "INV-" in one[1] or "of 12" in one[1]])
    require_in_order(told(api, f"/payments/{payment.pk}"), OF_THE_CUSTOMER[8:13])
    finalized = the_one(of_invoice, "Invoice INV-000001 is now finalized")
    assert (finalized["request_id"], finalized["row_id"]) == ("req-of-ours", invoice)
    assert finalized["changes"]["amount_due"] == ["0.00", "12.50"]
    assert "amount due: from 0.00 to 12.50" in finalized["details"]
    sent = the_one(of_invoice, "Invoice INV-000001 was sent")
    assert sent["details"][0] == "2 attempts"
    assert len(sent["provider_request_ids"]) == 3
    assert all(f"({one})" in " ".join(sent["details"]) for one in sent["provider_request_ids"])
    by = the_one(of_invoice, "Payment of 12.50 EUR was made")["who"]
    [paid] = [one for one in of_invoice if (one["kind"], one["who"]) == ("event", by)]
    assert paid["details"] == ["changed payment of 12.50 EUR, invoice INV-000001"]

    pages, before = [], ""
    while not pages or before:
        query = {"limit": 4} | ({"before": before} if before else {})
        page = body(api.get(f"/customers/{customer}/timeline", params=query), 200)
        pages, before = [*pages, *page["items"]], page["next"]
    assert pages == of_customer[::-1]
    some = told(api, f"/customers/{customer}", kind="refund,push")
    assert some == [one for one in of_customer if one["kind"] in ("refund", "push")]
    assert told(api, f"/customers/{customer}", kind="event")
    for wrong in ({"before": "x"}, {"kind": "gossip"}, {"limit": 0}):
        assert list(body(api.get(f"/customers/{customer}/timeline", params=wrong), 400)["details"]) == [
            *wrong
        ]
    elsewhere = Environment.objects.create(name="Elsewhere")
    _, key = environments.create_api_key(environment=elsewhere, name="other", scope="read")
    address = f"/customers/{customer}/timeline"
    body(api.get(address, headers={"Authorization": f"Bearer {key}"}), 404)
