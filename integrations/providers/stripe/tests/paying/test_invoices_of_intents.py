"""A payment that does not name its invoice is looked up, and no other one: through the real webhook."""

import pytest

from billing.events import Kind
from billing.models import Customer, Invoice, Payment
from integrations.models import InboundEvent
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import charge, fresh, stripe_id_of

pytestmark = pytest.mark.django_db(transaction=True)
DECLINED = "4000000000000002"


@pytest.fixture
def pipelines(pipelines):
    """No intent says which invoice it pays."""
    pipelines.simulator.settings(order_reference="")
    return pipelines


@pytest.fixture
def look_ups(pipelines):
    """How often FlexSync has asked which invoice an intent pays."""
    return lambda: len(pipelines.simulator.requests("invoice_payments.list"))


def pay_directly(stripe_api, customer):
    """A payment for no invoice, as another program of the business makes it."""
    given = {"amount": 900, "currency": "usd", "customer": customer, "confirm": True}
    method = {"payment_method": "pm_card_visa", "off_session": True}
    return stripe_api.v1.payment_intents.create(given | method)


@pytest.mark.parametrize("switched_on", [True, False])
def test_a_decline_on_the_hosted_page_is_linked_whatever_the_switches(
    pipelines, connection, invoice, look_ups, switched_on
):
    connection.payment_inbound_enabled = connection.invoice_inbound_enabled = switched_on
    connection.save()
    for times in (1, 2):
        assert (
            pipelines.simulator.pay_invoice(stripe_id_of(Kind.INVOICE, invoice.id), DECLINED).status_code
            == 402
        )
        pipelines.settle()
        payment = Payment.objects.get()
        assert (payment.invoice_id, payment.status) == (invoice.id, "failed"), times
    assert fresh(invoice).payment_status == "failed"
    assert look_ups() == 1, "the second decline is of a payment that is known"


def test_a_reference_to_the_invoice_costs_no_call(pipelines, customer, look_ups):
    pipelines.simulator.settings(order_reference="{invoice}")
    invoice = builders.invoice(customer)
    pipelines.settle()
    pipelines.simulator.pay_invoice(stripe_id_of(Kind.INVOICE, invoice.id))
    pipelines.settle()
    assert (Payment.objects.get().invoice_id, look_ups()) == (invoice.id, 0)


def test_a_charge_of_flexsync_costs_no_call(pipelines, connection, invoice, card, look_ups):
    card()
    assert charge(connection, invoice).status == "succeeded"
    pipelines.settle()
    assert (fresh(invoice).payment_status, look_ups()) == ("succeeded", 0)


def test_a_payment_for_no_invoice_stays_so(pipelines, stripe_api, connection, invoice, look_ups):
    intent = pay_directly(stripe_api, stripe_id_of(Kind.CUSTOMER, invoice.customer_id))
    pipelines.settle()
    payment = Payment.objects.get()
    assert (payment.gateway_payment_id, payment.invoice_id, look_ups()) == (intent.id, None, 1)


def test_a_payment_of_a_stranger_costs_no_call(pipelines, stripe_api, connection, look_ups):
    connection.customer_inbound_enabled = connection.payment_inbound_enabled = False
    connection.save()
    pay_directly(stripe_api, stripe_api.v1.customers.create({"name": "Grace"}).id)
    pipelines.settle()
    assert InboundEvent.objects.get(type="payment_intent.succeeded").state == "ignored"
    assert (Customer.objects.filter(name="Grace").count(), look_ups()) == (0, 0)


def test_an_imported_invoices_payment_takes_its_placeholders_place(pipelines, stripe_api, invoice, look_ups):
    invoices, customer = stripe_api.v1.invoices, stripe_id_of(Kind.CUSTOMER, invoice.customer_id)
    made = invoices.create({"customer": customer, "currency": "usd"}).id
    invoices.add_lines(made, {"lines": [{"amount": 700, "description": "Renewal"}]})
    invoices.finalize_invoice(made)
    pipelines.simulator.pay_invoice(made)
    pipelines.settle()
    imported = Invoice.objects.get(is_external=True)
    payment = Payment.objects.get()
    assert (payment.invoice_id, payment.amount) == (imported.id, imported.total)
    assert payment.gateway_payment_id.startswith("pi_")
