"""A webhook endpoint made by hand in the dashboard, with the documentation's events and switches alone."""

import pytest
from django.db import connections

from billing.events import Kind
from billing.models import Payment
from integrations.db.encryption import encrypt, last4
from integrations.models import EntityMapping, InboundEvent, SigningSecret
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.pipelines import Pipelines
from integrations.testing import make_connection

pytestmark = pytest.mark.django_db(transaction=True)

SWITCHED_ON = (
    "customer_outbound_enabled",
    "invoice_outbound_enabled",
    "subscription_inbound_enabled",
    "plan_inbound_enabled",
)
# The documentation's list; what it calls subscription.created is customer.subscription.created at Stripe.
LISTED = [
    "customer.created", "product.created", "product.updated", "product.deleted", "customer.subscription.created",
    "customer.subscription.updated", "customer.subscription.deleted", "payment_intent.succeeded",
    "payment_intent.payment_failed", "invoice.paid", "setup_intent.succeeded", "checkout.session.completed",
]  # fmt: skip
DECLINED = "4000000000000002"


@pytest.fixture
def connection(environment):
    return make_connection(
        environment.id, "stripe", on=SWITCHED_ON, credentials={"secret_key": builders.SECRET_KEY}
    )


@pytest.fixture
def pipelines(simulator, connection, live_server, stripe_api, monkeypatch):
    # The live server's threads outlive the test: they must not hold on to its database.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    url = f"{live_server.url}/v1/integrations/stripe/webhook/{connection.id}"
    made = stripe_api.v1.webhook_endpoints.create({"url": url, "enabled_events": LISTED})
    SigningSecret.objects.create(connection=connection, sealed=encrypt(made.secret), last4=last4(made.secret))
    return Pipelines(simulator)


# The field belongs to the business, which may leave it out or use it for its own references.
@pytest.mark.parametrize("reference", ["{invoice}", "", "order 7", "in_order7"])
def test_an_invoice_declined_and_then_paid_on_its_page_ends_paid_and_linked(pipelines, customer, reference):
    pipelines.simulator.settings(order_reference=reference)
    invoice = builders.invoice(customer)
    pipelines.settle()
    stripe_invoice = EntityMapping.objects.get(entity_type=Kind.INVOICE, entity_id=invoice.id)
    assert pipelines.simulator.pay_invoice(stripe_invoice.provider_entity_id, DECLINED).status_code == 402
    pipelines.settle()
    payment = Payment.objects.get()
    assert (payment.invoice_id, payment.status, payment.failure_code) == (
        invoice.id,
        "failed",
        "generic_decline",
    )
    pipelines.simulator.pay_invoice(stripe_invoice.provider_entity_id)
    pipelines.settle()
    payment, invoice = Payment.objects.get(), type(invoice).objects.get(pk=invoice.pk)
    assert (payment.invoice_id, payment.status, payment.amount) == (invoice.id, "succeeded", builders.TOTAL)
    assert (invoice.payment_status, invoice.amount_remaining) == ("succeeded", 0)
    linked = EntityMapping.objects.get(entity_type=Kind.PAYMENT, entity_id=payment.id)
    assert linked.provider_entity_id == payment.gateway_payment_id
    assert pipelines.unsettled() == []
    arrived = InboundEvent.objects.filter(state="applied").values_list("type", flat=True)
    assert (
        {"payment_intent.payment_failed", "payment_intent.succeeded", "invoice.paid"}
        <= set(arrived)
        <= set(LISTED)
    )
