"""Who copies a payment or a page at Stripe copies its metadata: the copy is money of its own."""

import pytest
from stripe import CardError

from billing.models import Payment
from integrations.models import InboundEvent
from integrations.providers.stripe.tests.excess.steps import open_page, pay
from integrations.providers.stripe.tests.paying.steps import fresh, stripe_invoice, transfer
from integrations.providers.stripe.translate.metadata import INVOICE_ID, PAYMENT_ID

pytestmark = pytest.mark.django_db(transaction=True)


def copied(stripe_api, invoice, payment, amount=5400, method="pm_card_visa"):
    """A PaymentIntent with the payment's metadata, made by hand; None where it is declined."""
    customer = stripe_invoice(stripe_api, invoice).customer
    params = {"amount": amount, "currency": "usd", "customer": customer}
    params |= {"metadata": {PAYMENT_ID: payment.pk, INVOICE_ID: invoice.pk}}
    if method is None:
        made = stripe_api.v1.payment_intents.create(params)
        return stripe_api.v1.payment_intents.cancel(made.id)
    method = stripe_api.v1.payment_methods.attach(method, {"customer": customer}).id
    try:
        return stripe_api.v1.payment_intents.create({**params, "payment_method": method, "confirm": True})
    except CardError:
        return None


def received(invoice):
    """The amounts that count for the invoice, and those that count for none; no event has failed."""
    assert not InboundEvent.objects.exclude(state__in=("applied", "ignored")).exists()
    found = Payment.objects.filter(customer=invoice.customer, status="succeeded")
    return tuple(sorted(found.filter(invoice=of).values_list("amount", flat=True)) for of in (invoice, None))


def test_copies_before_the_page_is_paid(connection, stripe_api, pipelines, invoice):
    page = open_page(connection, invoice)
    copied(stripe_api, invoice, page, method="pm_card_chargeCustomerFail")
    copied(stripe_api, invoice, page, method=None)
    copied(stripe_api, invoice, page)
    copied(stripe_api, invoice, page, amount=400)
    pipelines.settle()
    assert (fresh(invoice).amount_paid, fresh(page).status) == (0, "pending")
    pay(pipelines, page)
    pipelines.settle()
    assert received(invoice) == ([54], [4, 54])
    assert fresh(invoice).payment_status == "succeeded"
    assert stripe_invoice(stripe_api, invoice).amount_remaining == 0


def test_a_copy_of_what_has_come(connection, stripe_api, pipelines, invoice):
    page = open_page(connection, invoice)
    pay(pipelines, page)
    pipelines.settle()
    assert len(pipelines.simulator.requests("checkout.sessions.retrieve")) <= 1
    other = copied(stripe_api, invoice, page)
    pipelines.settle()
    assert received(invoice) == ([54], [54])
    assert Payment.objects.get(invoice=None).gateway_payment_id == other.id


def test_a_copied_page(connection, stripe_api, pipelines, invoice):
    page = open_page(connection, invoice)
    names = {PAYMENT_ID: page.pk, INVOICE_ID: invoice.pk}
    item = {"currency": "usd", "unit_amount": 5400, "product_data": {"name": "Seats"}}
    copy = stripe_api.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "customer": stripe_invoice(stripe_api, invoice).customer,
            "line_items": [{"quantity": 1, "price_data": item}],
            "success_url": "https://shop.example/ok",
            "metadata": names,
            "payment_intent_data": {"metadata": names},
        }
    )
    assert pipelines.simulator.pay_checkout_session(copy.id, "4242424242424242").status_code == 303
    pay(pipelines, page)
    pipelines.settle()
    assert received(invoice) == ([54], [54])


def test_a_copy_of_a_transfer(stripe_api, pipelines, invoice):
    copied(stripe_api, invoice, transfer(invoice, 14), amount=4000)
    pipelines.settle()
    assert received(invoice) == ([14], [40])
    assert (
        stripe_invoice(stripe_api, invoice).amount_remaining == fresh(invoice).amount_remaining * 100 == 4000
    )
